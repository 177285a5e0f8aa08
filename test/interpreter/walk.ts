/** Runs plans in virtual time, round after round, as `workflows/` does on Temporal. */
import { CancelToken } from '../../src/interpreter/cancel-token';
import type { Runners } from '../../src/interpreter/context';
import type { Effects } from '../../src/interpreter/effects';
import { storeLoops } from '../../src/interpreter/loop-results';
import { runRound } from '../../src/interpreter/run-plan';
import type { CarriedState, LiveState } from '../../src/interpreter/state';
import { begin, carry, resume } from '../../src/interpreter/state';
import type { BlobReference } from '../../src/plan/blob';
import type { AgentTaskRequest } from '../../src/plan/agent';
import type { CallRequest } from '../../src/plan/call';
import type { ChildOutcome } from '../../src/plan/child';
import type { Json, JsonObject } from '../../src/plan/json';
import type { Plan, Step, Template, ToolStep } from '../../src/plan/plan';
import type { PriceBook } from '../../src/plan/price';
import { problemOf } from '../../src/plan/problem';
import { NO_USAGE } from '../../src/plan/record';
import type { VirtualAnswer, VirtualOptions } from '../../src/scenarios/virtual-effects';
import { runTask } from '../../src/scenarios/virtual-execution';
import { VirtualEffects } from '../../src/scenarios/virtual-effects';

export const START_MS = Date.UTC(2026, 0, 1);

export function planOf(steps: readonly Step[], rest: Partial<Plan> = {}): Plan {
  return {
    schemaVersion: 1,
    id: 'test',
    name: 'Test',
    version: '1.0.0',
    hash: '',
    events: [],
    input: {},
    steps,
    guards: { budget: {}, security: { piiRedaction: false, encryption: false } },
    ...rest,
  };
}

export const literal = (value: Json): Template => ({ kind: 'literal', value });
export const expression = (source: string): Template => ({ kind: 'expression', source });
export const object = (fields: Readonly<Record<string, Template>>): Template => ({ kind: 'object', fields });

export function tool(name: string, fields: Partial<ToolStep> = {}): ToolStep {
  return {
    kind: 'tool',
    name,
    tool: 'test.echo',
    placement: 'remote',
    idempotent: 'key',
    chain: [candidate('first')],
    input: object({ name: literal(name) }),
    retry: [{ maxAttempts: 1, initialIntervalMs: 1, backoff: 2, maxIntervalMs: 10 }],
    ...fields,
  };
}

export const candidate = (provider: string, from: 'provider' | 'fallback' | 'guard' = 'provider') => ({
  provider,
  from,
  timeoutMs: 1_000,
  config: object({}),
});

/** Answers with its own input after 10 ms. */
export function echo(request: CallRequest): VirtualAnswer {
  return answered(request, request.input);
}

export function answered({ candidates }: CallRequest, output: Json, afterMs = 10): VirtualAnswer {
  const provider = candidates[0]?.provider ?? '';
  return {
    afterMs,
    outcome: { status: 'completed', output, provider, candidate: 0, attempts: 1, skipped: [], usage: NO_USAGE },
  };
}

export function failing(
  { candidates }: CallRequest,
  type: Parameters<typeof problemOf>[0],
  afterMs = 10,
): VirtualAnswer {
  const provider = candidates[0]?.provider ?? '';
  const problem = problemOf(type, `${provider} fails`, { provider });
  return {
    afterMs,
    outcome: { status: 'failed', problem, provider, candidate: 0, attempts: 1, skipped: [], usage: NO_USAGE },
  };
}

export interface WalkOptions {
  readonly answer?: (request: CallRequest) => VirtualAnswer;
  /** In its place, for answers that take their time bit by bit. */
  readonly play?: VirtualOptions['answer'];
  readonly payload?: JsonObject;
  readonly continueEvery?: number;
  readonly cancelAfterMs?: number;
  readonly runners?: Runners;
  /** What happens from outside, at virtual milliseconds after the start. */
  readonly messages?: readonly { readonly atMs: number; readonly send: (state: LiveState, now: number) => void }[];
  readonly child?: VirtualOptions['child'];
  readonly agent?: VirtualOptions['agent'];
  readonly onEmit?: VirtualOptions['onEmit'];
  readonly rank?: VirtualOptions['rank'];
  /** What started it. */
  readonly event?: JsonObject;
  readonly onAwaiting?: VirtualOptions['onAwaiting'];
  readonly blobs?: VirtualOptions['blobs'];
  /** As tasks have it that are matched. */
  readonly place?: Effects['place'];
  /** What a rerun begins with. */
  readonly carried?: CarriedState;
  /** Absent: as in executions from before there were prices. */
  readonly prices?: PriceBook;
}

export interface Walked {
  readonly state: LiveState;
  readonly calls: readonly CallRequest[];
  readonly rounds: number;
  /** Virtual milliseconds from start to end. */
  readonly tookMs: number;
  readonly status: (path: string) => string | undefined;
  readonly output: Json | undefined;
  /** What was stored as a list. */
  readonly stored: (reference: BlobReference) => readonly Json[];
}

export async function walk(plan: Plan, options: WalkOptions = {}): Promise<Walked> {
  const {
    answer = echo,
    play = answer,
    payload = {},
    continueEvery,
    cancelAfterMs,
    runners,
    messages = [],
    child,
    agent,
    onEmit,
    rank,
    event,
    onAwaiting,
    blobs,
    place,
    carried,
    prices,
  } = options;
  const effects: VirtualEffects = new VirtualEffects({
    startMs: START_MS,
    seed: 'seed',
    answer: play,
    ...(continueEvery === undefined ? {} : { continueEvery }),
    ...(child && { child }),
    agent: agent ?? ((request, _, token) => task(request, { effects, cancel: token })),
    ...(onEmit && { onEmit }),
    ...(rank && { rank }),
    ...(onAwaiting && { onAwaiting }),
    ...(blobs && { blobs }),
  });
  if (place) Object.assign(effects, { place });
  const cancel = new CancelToken();
  if (cancelAfterMs !== undefined)
    void effects.sleep(cancelAfterMs, new CancelToken()).then(() => cancel.cancel(problemOf('cancelled', 'Asked to.')));
  const snapshot = { flags: {}, settings: {}, ...(prices && { prices }) };
  let state =
    carried === undefined
      ? begin(
          { origin: 'execution', payload, context: {}, snapshot, ...(event && { event }) },
          effects.seed(),
          effects.now(),
        )
      : resume({ ...carried, startedAt: effects.now() }, 'rerun');
  const due = [...messages].sort((a, b) => a.atMs - b.atMs);
  for (let rounds = 1; ; rounds += 1) {
    // A message reaches whichever round is under way when its time comes.
    const mine = state;
    for (const message of due)
      if (START_MS + message.atMs >= effects.now())
        void effects.sleep(START_MS + message.atMs - effects.now(), new CancelToken()).then(() => {
          due.splice(due.indexOf(message), 1);
          message.send(mine, effects.now());
        });
    const how = await effects.drive(runRound({ plan, state, effects, cancel, ...(runners && { runners }) }));
    if (how === 'ended') return walked(state, effects, rounds);
    await storeLoops(state, effects);
    state = resume(JSON.parse(JSON.stringify(carry(state))) as CarriedState);
  }
}

/** A task on which a model works runs here too; nobody else is there to take one. */
async function task(
  request: AgentTaskRequest,
  beside: { readonly effects: VirtualEffects; readonly cancel: CancelToken },
): Promise<ChildOutcome> {
  const { loop, agent } = request;
  if (loop !== undefined) return runTask(request, loop, { ...beside, tasks: new Map() });
  return { status: 'failed', error: problemOf('no-agent', `There is no ${agent}.`), usage: NO_USAGE };
}

function walked(state: LiveState, effects: VirtualEffects, rounds: number): Walked {
  return {
    state,
    calls: effects.calls,
    rounds,
    tookMs: (state.ended?.at ?? 0) - START_MS,
    status: (path) => state.records.get(path)?.status,
    output: state.ended?.output,
    stored: (reference) => effects.stored(reference),
  };
}
