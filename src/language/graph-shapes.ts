/** Nodes of a flowchart: their shapes and what stands in them. */
import type { AgentLoop, LoopTool } from '../plan/agent-loop';
import { formatDuration } from '../plan/duration';
import type { Reminder, RepeatStep, Step, StepKind } from '../plan/plan';

/** What opens and closes a node in the shape of its kind. */
const BRACKETS: Readonly<Record<StepKind, readonly [string, string]>> = {
  tool: ['[', ']'],
  workflow: ['[[', ']]'],
  agent: ['[[', ']]'],
  loop: ['[[', ']]'],
  emit: ['>', ']'],
  forEach: ['[[', ']]'],
  repeat: ['{{', '}}'],
  wait: ['(', ')'],
  waitFor: ['[\\', '/]'],
  set: ['[/', '/]'],
  parallel: ['[[', ']]'],
  switch: ['{{', '}}'],
  steps: ['[[', ']]'],
  fail: ['>', ']'],
  return: ['([', '])'],
};

/** The node of a step, in the shape of its kind. */
export function shapeOf(step: Step): string {
  const [open, close] = BRACKETS[step.kind];
  return `${open}${quoted([step.name, ...linesOf(step)].join('\n'))}${close}`;
}

/** What is said of a step below its name. */
export function linesOf(step: Step): readonly string[] {
  switch (step.kind) {
    case 'tool': {
      const providers = [
        ...step.chain.map(({ provider }) => provider),
        ...(step.mode === undefined ? [] : [step.mode]),
      ];
      return [step.tool, providers.join(' → ')];
    }
    case 'workflow':
      return [`workflow ${step.workflow}${step.await ? '' : ', not awaited'}`];
    case 'agent':
      return [`agent ${step.agent}`, step.loop === undefined ? step.capability : thinkersOf(step.loop)];
    case 'loop':
      return [`loop of ${step.agent}`];
    case 'emit':
      return [`emit ${step.type}`];
    case 'forEach':
      return [`for each ${step.as} of ${step.list}`];
    case 'repeat':
      return [endOf(step)];
    case 'wait':
      return [`wait ${step.forMs === undefined ? `until ${step.until ?? ''}` : formatDuration(step.forMs)}`];
    case 'waitFor':
      return [`wait for ${step.signal}${step.from.length === 0 ? '' : ` from ${step.from.join(', ')}`}`];
    case 'set':
      return [`set ${Object.keys(step.values).join(', ')}`];
    case 'parallel':
      return step.join === 'all' ? [] : [`join ${step.join}`];
    case 'switch':
    case 'steps':
      return [];
    case 'fail':
      return [`fail ${step.type}`];
    case 'return':
      return ['return'];
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
