/** Holds an outcome against a scenario's `expect` block. */
import type { AgentExpectation, CallExpectation, EventExpectation, Expectation } from '../language/scenario';
import type { Json } from '../plan/json';
import type { Problem } from '../plan/problem';
import type { StepRecord } from '../plan/record';
import type { Difference } from './difference';
import { below, differences, matches } from './difference';
import type { AskedAgent } from './mock-agents';
import type { Sent } from './mock-calls';
import type { Emitted, ExecutionOutcome } from './virtual-execution';

export function unmet(expect: Expectation, outcome: ExecutionOutcome, root: string): readonly Difference[] {
  const at = (key: keyof Expectation): string => `${root}.${key}`;
  const { status, path, outputs, output, error, calls, agents, events, compensations, withheld, noPersonalData } =
    expect;
  return [
    ...(status === undefined ? [] : statusFaults(at('status'), status, outcome)),
    ...(path === undefined ? [] : pathFaults(at('path'), path, outcome.steps)),
    ...Object.entries(outputs ?? {}).flatMap(([step, wanted]) =>
      differences(below(at('outputs'), step), wanted, stepAt(outcome, step)?.output),
    ),
    ...(output === undefined ? [] : differences(at('output'), output, outcome.output)),
    ...(error === undefined ? [] : differences(at('error'), error, outcome.error as Json | undefined)),
    ...(calls === undefined
      ? []
      : orderFaults(at('calls'), calls, {
          made: outcome.sent,
          isHit: isCall,
          near: (wanted) => nearCalls(wanted, outcome.sent),
        })),
    ...(agents === undefined
      ? []
      : orderFaults(at('agents'), agents, {
          made: outcome.asked,
          isHit: isTask,
          near: ({ agent }) => nearTasks(agent, outcome.asked),
        })),
    ...(events === undefined
      ? []
      : orderFaults(at('events'), events, {
          made: outcome.emitted,
          isHit: isEvent,
          near: ({ type }) => nearEvents(type, outcome.emitted),
        })),
    ...limitFaults(expect, outcome, at),
    ...(compensations === undefined ? [] : differences(at('compensations'), compensations, undone(outcome.steps))),
    ...(withheld === undefined ? [] : leaks(at('withheld'), withheld, outcome)),
    ...(noPersonalData === undefined ? [] : outcome.sent.flatMap((sent) => leftFault(at('noPersonalData'), sent))),
  ];
}

/** Which step failed, how and why. */
export function reason({ step, type, detail }: Problem): string {
  return [step, type, detail].filter((part) => part !== undefined).join(': ');
}

function stepAt({ steps }: ExecutionOutcome, path: string): StepRecord | undefined {
  return steps.find((step) => step.path === path);
}

function statusFaults(path: string, status: string, { status: got, error }: ExecutionOutcome): readonly Difference[] {
  if (status === got) return [];
  return [{ path, expected: status, got, ...(error === undefined ? {} : { note: reason(error) }) }];
}

/** Where the two part: the first place, with both from there on. */
function pathFaults(
  at: string,
  expected: NonNullable<Expectation['path']>,
  steps: readonly StepRecord[],
): readonly Difference[] {
  const isSame = (index: number): boolean => {
    const [wanted, got] = [expected[index], steps[index]];
    return wanted?.step === got?.path && (wanted?.status === undefined || wanted.status === got?.status);
  };
  const length = Math.max(expected.length, steps.length);
  const index = Array.from({ length }, (_, i) => i).find((i) => !isSame(i));
  if (index === undefined) return [];
  const [wanted, got] = [expected[index], steps[index]];
  return [
    {
      path: `${at}[${index}]`,
      ...(wanted === undefined ? {} : { expected: [wanted.step, wanted.status ?? 'any status'].join(': ') }),
      ...(got === undefined ? {} : { got: `${got.path}: ${got.status}` }),
      ...(got?.error === undefined ? {} : { note: reason(got.error) }),
    },
  ];
}

/** What was made, and how an entry of the expectation finds it. */
interface Made<Wanted, One> {
  readonly made: readonly One[];
  readonly isHit: (wanted: Wanted, one: One) => boolean;
  /** What was made that comes near. */
  readonly near: (wanted: Wanted) => string;
}

function orderFaults<Wanted extends { readonly count?: number }, One>(
  at: string,
  expected: readonly Wanted[],
  { made, isHit, near }: Made<Wanted, One>,
): readonly Difference[] {
  const faults: Difference[] = [];
  let last = { index: -1, entry: -1 };
  for (const [entry, wanted] of expected.entries()) {
    const { count } = wanted;
    const hits = made.flatMap((one, index) => (isHit(wanted, one) ? [index] : []));
    const path = `${at}[${entry}]`;
    if (count !== undefined && count !== hits.length)
      faults.push({ path: `${path}.count`, expected: count, got: hits.length, note: near(wanted) });
    else if (count === undefined && hits.length === 0) faults.push({ path, expected: wanted, note: near(wanted) });
    const [first] = hits;
    if (first === undefined) continue;
    if (first < last.index)
      faults.push({ path, note: `It came before what ${at}[${last.entry}] says, which stands above it.` });
    last = { index: first, entry };
  }
  return faults;
}

function isCall({ tool, provider, input }: CallExpectation, sent: Sent): boolean {
  return (
    tool === sent.tool &&
    (provider === undefined || provider === sent.provider) &&
    (input === undefined || matches(input, sent.input))
  );
}

function nearCalls({ tool }: CallExpectation, sent: readonly Sent[]): string {
  const made = sent.filter((one) => one.tool === tool);
  if (made.length === 0) return `${tool} was not called.`;
  const shown = made
    .slice(0, 10)
    .map(({ provider, attempt, atMs, input }) => `${provider} attempt ${attempt} at ${atMs} ms with ${brief(input)}`);
  return `${tool} was called: ${shown.join('; ')}`;
}

function isTask({ agent, capability, input }: AgentExpectation, asked: AskedAgent): boolean {
  return (
    agent === asked.agent &&
    (capability === undefined || capability === asked.capability) &&
    (input === undefined || matches(input, asked.input))
  );
}

function nearTasks(agent: string, asked: readonly AskedAgent[]): string {
  const same = asked.filter((one) => one.agent === agent);
  if (same.length === 0) return `No agent of the type ${agent} was asked.`;
  const shown = same
    .slice(0, 10)
    .map(({ capability, atMs, input }) => `${capability} at ${atMs} ms with ${brief(input)}`);
  return `Agents of the type ${agent} were asked: ${shown.join('; ')}`;
}

function isEvent({ type, data }: EventExpectation, emitted: Emitted): boolean {
  return type === emitted.type && (data === undefined || matches(data, emitted.data));
}

function nearEvents(type: string, emitted: readonly Emitted[]): string {
  const same = emitted.filter((one) => one.type === type);
  if (same.length === 0) return `${type} was not emitted.`;
  const shown = same.slice(0, 10).map(({ step, atMs, data }) => `by ${step} at ${atMs} ms with ${brief(data)}`);
  return `${type} was emitted: ${shown.join('; ')}`;
}

function brief(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

function limitFaults(
  { cost, tokens, elapsed }: Expectation,
  { usage, elapsedMs }: ExecutionOutcome,
  at: (key: keyof Expectation) => string,
): readonly Difference[] {
  const used = usage.inputTokens + usage.outputTokens;
  const { atLeastMs = 0, atMostMs = Infinity } = elapsed ?? {};
  const span =
    atLeastMs === atMostMs
      ? `${atLeastMs} ms`
      : [atLeastMs > 0 ? `at least ${atLeastMs} ms` : '', atMostMs < Infinity ? `at most ${atMostMs} ms` : '']
          .filter(Boolean)
          .join(', ');
  return [
    ...(cost !== undefined && usage.costUsd > cost + 1e-9
      ? [{ path: at('cost'), expected: `at most $${cost}`, got: usage.costUsd }]
      : []),
    ...(tokens !== undefined && used > tokens
      ? [{ path: at('tokens'), expected: `at most ${tokens}`, got: used }]
      : []),
    ...(elapsedMs < atLeastMs || elapsedMs > atMostMs
      ? [{ path: at('elapsed'), expected: span, got: `${elapsedMs} ms` }]
      : []),
  ];
}

/** Compensations are steps named `compensate`, below what they undo. */
function undone(steps: readonly StepRecord[]): readonly string[] {
  const suffix = '.compensate';
  return steps
    .filter(({ path, status }) => path.endsWith(suffix) && status === 'completed')
    .map(({ path }) => path.slice(0, -suffix.length));
}

function leftFault(path: string, { personal, tool, provider, step, atMs }: Sent): readonly Difference[] {
  if (personal.length === 0) return [];
  const note = `${tool} of ${provider} was sent ${personal.join(', ')} by ${step}, ${atMs} ms after the start.`;
  return [{ path, note }];
}

function leaks(
  at: string,
  texts: readonly string[],
  { sent, emitted, asked }: ExecutionOutcome,
): readonly Difference[] {
  const given = [
    ...sent.map(({ tool, provider, step, atMs, input, config }) => ({
      text: JSON.stringify([input, config]),
      note: `${tool} of ${provider} was given it by ${step}, ${atMs} ms after the start.`,
    })),
    ...asked.map(({ agent, task, atMs, input }) => ({
      text: JSON.stringify(input),
      note: `An agent of the type ${agent} was given it with the task ${task}, ${atMs} ms after the start.`,
    })),
    ...emitted.map(({ type, step, atMs, data }) => ({
      text: JSON.stringify(data),
      note: `The event ${type} of ${step} holds it, ${atMs} ms after the start.`,
    })),
  ];
  return texts.flatMap((text, index) => {
    const leak = given.find((one) => one.text.includes(JSON.stringify(text).slice(1, -1)));
    return leak === undefined ? [] : [{ path: `${at}[${index}]`, note: leak.note }];
  });
}
