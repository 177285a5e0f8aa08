/** Nodes of a flowchart: their shapes and what stands in them. */
import type { AgentLoop, LoopTool } from '../plan/agent-loop';
import { formatDuration } from '../plan/duration';
import type { Reminder, RepeatStep, Step } from '../plan/plan';

/** The node of a step, in the shape of its kind. */
export function shapeOf(step: Step): string {
  switch (step.kind) {
    case 'tool': {
      const providers = [
        ...step.chain.map(({ provider }) => provider),
        ...(step.mode === undefined ? [] : [step.mode]),
      ];
      return `[${quoted(`${step.name}\n${step.tool}\n${providers.join(' → ')}`)}]`;
    }
    case 'workflow':
      return `[[${quoted(`${step.name}\nworkflow ${step.workflow}${step.await ? '' : ', not awaited'}`)}]]`;
    case 'agent':
      return `[[${quoted(`${step.name}\nagent ${step.agent}\n${step.loop === undefined ? step.capability : thinkersOf(step.loop)}`)}]]`;
    case 'loop':
      return `[[${quoted(`${step.name}\nloop of ${step.agent}`)}]]`;
    case 'emit':
      return `>${quoted(`${step.name}\nemit ${step.type}`)}]`;
    case 'forEach':
      return `[[${quoted(`${step.name}\nfor each ${step.as} of ${step.list}`)}]]`;
    case 'repeat':
      return `{{${quoted(`${step.name}\n${endOf(step)}`)}}}`;
    case 'wait':
      return `(${quoted(`${step.name}\nwait ${step.forMs === undefined ? `until ${step.until ?? ''}` : formatDuration(step.forMs)}`)})`;
    case 'waitFor':
      return `[\\${quoted(`${step.name}\nwait for ${step.signal}${step.from.length === 0 ? '' : ` from ${step.from.join(', ')}`}`)}/]`;
    case 'set':
      return `[/${quoted(`${step.name}\nset ${Object.keys(step.values).join(', ')}`)}/]`;
    case 'parallel':
      return `[[${quoted(step.join === 'all' ? step.name : `${step.name}\njoin ${step.join}`)}]]`;
    case 'switch':
      return `{{${quoted(step.name)}}}`;
    case 'steps':
      return `[[${quoted(step.name)}]]`;
    case 'fail':
      return `>${quoted(`${step.name}\nfail ${step.type}`)}]`;
    case 'return':
      return `([${quoted(`${step.name}\nreturn`)}])`;
  }
}

/** Who answers, in the order of trying, and to whom it may go over. */
function thinkersOf({ think, handoff = [] }: AgentLoop): string {
  const thinkers = `a model by ${think.chain.map(({ provider }) => provider).join(' → ')}`;
  return handoff.length === 0 ? thinkers : `${thinkers}, or ${handoff.join(', ')}`;
}

/** What a model may call, in the shape of its kind. */
export function toolShape(name: string, { step }: LoopTool): string {
  if (step.kind === 'tool') return `[${quoted(name)}]`;
  return `[[${quoted(step.kind === 'agent' ? `${name}\nagent ${step.agent}` : `${name}\nworkflow ${step.workflow}`)}]]`;
}

/** What the arrow to it says. */
export function callLabel({ approval }: LoopTool): string {
  if (approval === undefined) return 'may call';
  return `may call if ${approval.roles.length === 0 ? 'somebody' : approval.roles.join(' or ')} agrees`;
}

function endOf(step: RepeatStep): string {
  const parts = [
    ...(step.while === undefined ? [] : [`while ${step.while}`]),
    ...(step.until === undefined ? [] : [`until ${step.until}`]),
    ...(step.max === undefined ? [] : [`at most ${step.max}`]),
  ];
  return `repeat ${parts.join(', ')}`;
}

/** `every 4h to lead`. */
export function labelOf({ afterMs, everyMs, to }: Reminder): string {
  const time = afterMs === undefined ? `every ${formatDuration(everyMs ?? 0)}` : `after ${formatDuration(afterMs)}`;
  return to.length === 0 ? time : `${time} to ${to.join(', ')}`;
}

/** Mermaid reads `#…;` as an entity; everything that could end the label becomes one. */
export function quoted(text: string): string {
  const shown = text.length > 120 ? `${text.slice(0, 117)}...` : text;
  const escaped = shown.replace(/[#"<>&`|;{}[\]\\]/g, (char) => `#${char.charCodeAt(0)};`).replaceAll('\n', '<br/>');
  return `"${escaped}"`;
}
