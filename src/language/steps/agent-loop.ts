/** What makes an `agent` step model-driven: its goal, who thinks, what may be called and where it ends. */
import type { AgentLoop, LoopLimits } from '../../plan/agent-loop';
import type { Template, ToolStep } from '../../plan/plan';
import type { Compilation } from '../compilation';
import { misfit } from '../fit';
import { isList, readFields, readLiteral, readNumber } from '../mapping';
import { compileConfig } from '../tool-config';
import type { Entry } from '../tree';
import { ANY, STRING } from '../type';
import type { Value } from '../value';
import { compileValue } from '../value';
import { LIMITS_WORDS, THINK_WORDS } from '../vocabulary';
import { compileLoopTools } from './agent-tools';
import type { StepParts } from './kind';
import { checkBound, readDuration } from './timeout';
import { compileCall } from './tool';

/** Keys of an `agent` step that only count beside a goal. */
export const LOOP_KEYS = ['instructions', 'think', 'tools', 'handoff', 'limits'] as const;

/** The tool that a model thinks with. */
const THINKING = 'llm.object';

/** What holds where a definition says nothing: little enough to be no surprise on a bill. */
const LIMIT_DEFAULTS = {
  turns: 10,
  calls: 20,
  tokens: 100_000,
  costUsd: 1,
  timeMs: 30 * 60_000,
} as const satisfies LoopLimits;

const MAX_TURNS = 100;
const MAX_CALLS = 1_000;

const NOTHING: Template = { kind: 'literal', value: {} };

/** `agent`: the type that begins; `input`: what the model is given beside the goal. */
export function compileLoop(
  parts: StepParts,
  goal: Entry,
  { agent, input }: { readonly agent: string | undefined; readonly input: Value },
): AgentLoop | undefined {
  const { cx, fields } = parts;
  const text = compileText(cx, goal);
  const behaviour = fields['instructions'] && compileText(cx, fields['instructions']);
  const told = [text, ...(behaviour === undefined ? [] : [behaviour])];
  const think = compileThink({ ...parts, head: goal.keyRange }, toldTogether(told, input));
  const tools = fields['tools'] === undefined ? {} : compileLoopTools(parts, fields['tools']);
  const handoff = fields['handoff'] === undefined ? [] : readHandoff(cx, fields['handoff'], agent);
  const limits = readLimits(cx, fields['limits']);
  if (think === undefined) return undefined;
  return {
    goal: text.template,
    ...(behaviour === undefined ? {} : { instructions: behaviour.template }),
    think,
    tools,
    ...(handoff.length === 0 ? {} : { handoff }),
    limits,
  };
}

/** A text with expressions, which is there whenever it is needed. */
function compileText(cx: Compilation, { key, value: tree }: Entry): Value {
  const value = compileValue(cx, tree);
  const fault = misfit(value.type, STRING);
  if (value.template.kind === 'literal' && typeof value.template.value !== 'string')
    cx.report.add('wrong-shape', tree.range, `The key ${key} is text.`);
  else if (fault !== undefined) cx.report.add('type-mismatch', value.range, `The key ${key} is text: ${fault}.`);
  else if (value.template.kind === 'literal' && value.template.value === '')
    cx.report.add('wrong-shape', tree.range, `The key ${key} is empty. Say in words what is meant.`);
  if (value.optional)
    cx.report.add(
      'maybe-absent',
      value.range,
      `The key ${key} is always needed, and this value may be absent. Give it another value with orValue().`,
    );
  return value;
}

/** All that goes to the model with its first question. */
function toldTogether(texts: readonly Value[], input: Value): Value {
  const named = texts.map((value, index) => [`text ${index}`, { keyRange: value.range, value }] as const);
  const fields = new Map([...named, ...(input.fields ?? [])]);
  return { template: NOTHING, type: ANY, optional: false, range: input.range, fields };
}

function compileThink(parts: StepParts, input: Value): ToolStep | undefined {
  const { cx, head } = parts;
  const contract = cx.registry.contract(THINKING);
  const entry = parts.fields['think'];
  const fields = entry === undefined ? {} : (readFields(cx.report, entry.value, THINK_WORDS, 'the key think') ?? {});
  const config = compileConfig(cx, fields.config);
  if (contract === undefined) {
    cx.report.add('no-provider', head, `There is no tool ${THINKING} in this installation, so no model can think.`);
    return undefined;
  }
  const place = entry?.keyRange ?? head;
  const { mode, ...call } = compileCall({ ...parts, fields, head: place }, { contract, config, input, known: {} });
  const written = config.fallback?.value;
  const own = written?.kind === 'scalar' && String(written.value).includes(mode ?? '|');
  if (mode !== undefined && (own || call.chain.length === 0))
    cx.report.add(
      'unknown-provider',
      own ? written.range : place,
      `Nothing can be done without a model's answer, so thinking cannot end in ${mode}. Name a provider of ${THINKING}.`,
    );
  return { ...call, name: 'think', input: NOTHING };
}

function readHandoff(cx: Compilation, { value }: Entry, agent: string | undefined): readonly string[] {
  const { report } = cx;
  if (!isList(report, value, 'the key handoff')) return [];
  if (value.items.length === 0)
    report.add('wrong-shape', value.range, 'The key handoff names at least one type of agents, or is left out.');
  const types = new Set<string>();
  for (const item of value.items) {
    const text = readLiteral(report, item, 'the type of an agent');
    if (text === undefined) continue;
    if (!/^[a-z][a-z0-9-]*$/.test(text.value))
      report.add('invalid-name', text.range, `${text.value || 'An empty text'} cannot be the type of an agent.`);
    else if (text.value === agent)
      report.add('duplicate-name', text.range, `The work begins with ${agent}, so it cannot be handed over to it.`);
    else if (types.has(text.value)) report.add('duplicate-name', text.range, `${text.value} is named twice.`);
    else types.add(text.value);
  }
  return [...types];
}

function readLimits(cx: Compilation, entry: Entry | undefined): Required<LoopLimits> {
  const { report } = cx;
  const fields = entry === undefined ? {} : (readFields(report, entry.value, LIMITS_WORDS, 'the key limits') ?? {});
  const whole = (of: Entry | undefined, maximum?: number): number | undefined =>
    of &&
    readNumber(report, of.value, `the key ${of.key}`, {
      minimum: 1,
      integer: true,
      ...(maximum === undefined ? {} : { maximum }),
    });
  const cost = fields.cost && readNumber(report, fields.cost.value, 'the key cost', { above: 0 });
  const timeMs = readDuration(report, fields.time);
  if (fields.time !== undefined) checkBound(cx, fields.time.value.range, timeMs);
  return {
    turns: whole(fields.turns, MAX_TURNS) ?? LIMIT_DEFAULTS.turns,
    calls: whole(fields.calls, MAX_CALLS) ?? LIMIT_DEFAULTS.calls,
    tokens: whole(fields.tokens) ?? LIMIT_DEFAULTS.tokens,
    costUsd: cost ?? LIMIT_DEFAULTS.costUsd,
    timeMs: timeMs ?? LIMIT_DEFAULTS.timeMs,
  };
}
