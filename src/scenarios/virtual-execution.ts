/** One execution in virtual time, with the executions that it starts, its messages and its mocks. */
import { CancelToken } from '../interpreter/cancel-token';
import { LOOP_NAME, startOf } from '../interpreter/loop/order';
import { withinParent } from '../interpreter/slice';
import { answer, answerRefusal, receive } from '../interpreter/inbox';
import { runRound } from '../interpreter/run-plan';
import type { Beginning, LiveState } from '../interpreter/state';
import { begin } from '../interpreter/state';
import { pricesOf } from '../language/plan-prices';
import type { ExecuteStep, Message } from '../language/scenario';
import { validateValue } from '../language/validate';
import type { AgentTaskRequest } from '../plan/agent';
import { agentTaskWorkflowId } from '../plan/agent';
import type { LoopOrder } from '../plan/agent-loop';
import type { ChildOutcome, ChildRequest } from '../plan/child';
import { isBlobReference } from '../plan/blob';
import type { Json, JsonObject } from '../plan/json';
import { isObject } from '../plan/json';
import type { Plan } from '../plan/plan';
import type { Price } from '../plan/price';
import type { Problem } from '../plan/problem';
import { OmniError, problemOf } from '../plan/problem';
import type { ExecutionStatus, Snapshot, StepRecord, Usage } from '../plan/record';
import { addUsage, NO_USAGE } from '../plan/record';
import type { Difference } from './difference';
import { questionAt } from './loop-place';
import type { AskedAgent, MockAgentParts } from './mock-agents';
import { playAgent } from './mock-agents';
import type { MockCallParts, Sent } from './mock-calls';
import { playCall } from './mock-calls';
import type { Move } from './virtual-effects';
import { NothingHappens, VirtualEffects } from './virtual-effects';

/** Where virtual time begins: 1 January 2026, midnight UTC. */
export const START_MS = Date.UTC(2026, 0, 1);

export interface ExecutionOutcome {
  readonly status: ExecutionStatus;
  readonly output?: Json;
  readonly error?: Problem;
  /** In the order in which they began. */
  readonly steps: readonly StepRecord[];
  readonly usage: Usage;
  /** Virtual milliseconds. */
  readonly elapsedMs: number;
  readonly sent: readonly Sent[];
  readonly emitted: readonly Emitted[];
  readonly asked: readonly AskedAgent[];
  /** Answers that were refused otherwise than expected. */
  readonly differences: readonly Difference[];
  /** On a server: under which id it is kept there. */
  readonly executionId?: string;
  /** What the scenario lacks: it ended there. */
  readonly lacks?: Problem;
}

/** An event that was emitted. */
export interface Emitted {
  /** Virtual milliseconds since the start. */
  readonly atMs: number;
  /** Path of the step. */
  readonly step: string;
  readonly type: string;
  readonly data: Json;
}

export interface ExecutionParts
  extends Omit<MockCallParts, 'startMs' | 'onSent' | 'onUnmocked'>, Pick<MockAgentParts, 'agents'> {
  readonly snapshot: Snapshot;
  /** US dollars of a call, by tools that the scenario declares. */
  readonly prices: ReadonlyMap<string, number>;
  /** Throws what keeps a definition from being run. */
  readonly plan: (id: string) => Promise<Plan>;
  readonly onMove?: (move: Move) => void;
}

/** Id of the execution, with which the ids of those that it starts begin. */
export const VIRTUAL_ORIGIN = 'scenario';

/** What happens when a message comes. */
export const messageLabel = (index: number): string => `message ${index}`;

/** What is said of a message for which the execution was over too soon. */
export function missed({ atMs }: Message, index: number): Difference {
  return {
    path: `messages[${index}]`,
    note: `The execution had ended before this message came, at ${atMs} ms.`,
  };
}

/** What is to be said of an answer that was given, or refused with a problem. */
export function answerFaults(message: Message, index: number, refusal: Problem | undefined): readonly Difference[] {
  if (message.kind !== 'answer' || refusal?.type === message.refused) return [];
  return [
    {
      path: `messages[${index}].refused`,
      ...(message.refused === undefined ? {} : { expected: message.refused }),
      ...(refusal === undefined ? {} : { got: refusal.type, note: refusal.detail }),
    },
  ];
}

export async function runVirtually(plan: Plan, step: ExecuteStep, parts: ExecutionParts): Promise<ExecutionOutcome> {
  const sent: Sent[] = [];
  const emitted: Emitted[] = [];
  const faults: Difference[] = [];
  const cancel = new CancelToken();
  let lacks: Problem | undefined;
  const asked: AskedAgent[] = [];
  const calls: MockCallParts & MockAgentParts = {
    ...parts,
    startMs: START_MS,
    onSent: (one) => sent.push(one),
    onAsked: (one) => asked.push(one),
    onUnmocked: (problem) => {
      lacks ??= problem;
      cancel.cancel(problem);
    },
  };
  const left: Promise<unknown>[] = [];
  const tasks = new Map<string, LiveState>();
  const effects: VirtualEffects = new VirtualEffects({
    startMs: START_MS,
    seed: '00000000-0000-4000-8000-000000000000',
    answer: (request, clock) => playCall({ ...request, input: opened(request.input, effects) }, clock, calls),
    agent: (request, clock, token) =>
      request.loop === undefined
        ? playAgent(request, clock, calls)
        : runTask(request, request.loop, { effects, cancel: token, tasks }),
    onEmit: ({ path, event, data }, now) => emitted.push({ atMs: now - START_MS, step: path, type: event.type, data }),
    ...(parts.onMove && { onMove: parts.onMove }),
    child: (request, _clock, token) => {
      const running = runChild(request, { effects, parts, cancel: request.await ? token : new CancelToken() });
      if (request.await) return running;
      left.push(running);
      return Promise.resolve({ status: 'completed', output: request.executionId, usage: NO_USAGE });
    },
  });
  const origin = VIRTUAL_ORIGIN;
  const snapshot = snapshotOf(plan, parts);
  const state = begin({ origin, payload: step.payload, context: step.context, snapshot }, effects.seed(), START_MS);
  const came = new Set<Message>();
  deliver(step.messages, { effects, state, tasks, cancel, came, report: (fault) => faults.push(fault) });
  const walk = async (): Promise<void> => {
    await runRound({ plan, state, effects, cancel });
    const endedAt = effects.now();
    // What was started and not waited for goes on; nothing of it counts for this one.
    await Promise.all(left);
    state.ended = { ...state.ended, at: state.ended?.at ?? endedAt };
  };
  await effects.drive(walk()).catch((error: unknown) => {
    throw error instanceof NothingHappens ? unanswered(state, tasks) : error;
  });
  for (const [index, message] of step.messages.entries()) if (!came.has(message)) faults.push(missed(message, index));
  return { ...outcomeOf(state), sent, emitted, asked, differences: faults, ...(lacks === undefined ? {} : { lacks }) };
}

/** A provider that only the scenario knows costs what the scenario says, else nothing. */
export function snapshotOf(plan: Plan, { snapshot, registry, prices }: ExecutionParts): Snapshot {
  const declared = (tool: string): Price => {
    const usdPerCall = prices.get(tool);
    return usdPerCall === undefined ? {} : { usdPerCall };
  };
  return { ...snapshot, prices: pricesOf(plan, registry, declared) };
}

function unanswered({ open }: LiveState, tasks: Tasks): OmniError {
  const own = [...open].map(([path, { step }]) => `${path} (signal ${step.signal})`);
  const inTasks = [...tasks].flatMap(([step, task]) =>
    [...task.open].map(([path, one]) => `${path.replace(LOOP_NAME, step)} (may ${one.step.call?.tool} be called?)`),
  );
  const asked = [...own, ...inTasks].join(', ');
  return new OmniError(
    'timeout',
    `The execution waits for ever: nothing answers ${asked || 'it'}. Add to messages: { at: 1s, answer: <path>, data: { … } }, or a signal.`,
  );
}

function outcomeOf(state: LiveState): Omit<ExecutionOutcome, 'sent' | 'emitted' | 'asked' | 'differences' | 'lacks'> {
  const { ended, records, usage, endUsage, startedAt } = state;
  const status = ended?.cancelled === true ? 'cancelled' : ended?.error === undefined ? 'completed' : 'failed';
  return {
    status,
    ...(ended?.output === undefined ? {} : { output: ended.output }),
    ...(ended?.error === undefined ? {} : { error: ended.error }),
    steps: [...records.values()],
    usage: addUsage(usage, endUsage),
    elapsedMs: (ended?.at ?? startedAt) - startedAt,
  };
}

/** Of tasks on which a model works, by the path of the step that asked for each. */
type Tasks = Map<string, LiveState>;

interface Delivery {
  readonly tasks: Tasks;
  readonly effects: VirtualEffects;
  readonly state: LiveState;
  readonly cancel: CancelToken;
  readonly came: Set<Message>;
  readonly report: (fault: Difference) => void;
}

function deliver(messages: readonly Message[], delivery: Delivery): void {
  for (const [index, message] of messages.entries())
    void delivery.effects
      .sleep(message.atMs, new CancelToken(), messageLabel(index))
      .then(() => arrive(message, index, delivery));
}

function arrive(message: Message, index: number, delivery: Delivery): void {
  const { effects, state, tasks, cancel, came, report } = delivery;
  if (state.ended !== undefined) return;
  came.add(message);
  if (message.kind === 'cancel') cancel.cancel(problemOf('cancelled', 'The execution was cancelled on request.'));
  else if (message.kind === 'signal')
    receive(state, { name: message.signal, payload: message.payload, at: effects.now() }, new Set([message.signal]));
  else {
    const question = questionAt(message.path);
    const asks = (question && tasks.get(question.step)) ?? state;
    const path = asks === state ? message.path : (question?.path ?? message.path);
    const given = { path, data: message.data, by: message.by, roles: message.roles };
    const refusal = answerRefusal(asks, given);
    if (refusal === undefined) answer(asks, given, effects.now());
    answerFaults(message, index, refusal).forEach(report);
  }
}

/** Stored lists are what a tool is given them for, as the engine's workers open them. */
function opened(input: JsonObject, effects: VirtualEffects): JsonObject {
  const open = (value: Json): Json => {
    if (isBlobReference(value)) return effects.holds(value) ? effects.stored(value) : value;
    if (Array.isArray(value)) return (value as readonly Json[]).map(open);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, open(one)]));
  };
  return open(input) as JsonObject;
}

interface ChildParts {
  readonly effects: VirtualEffects;
  readonly parts: ExecutionParts;
  readonly cancel: CancelToken;
}

/** As an execution of its own loads its plan and checks its payload. */
async function runChild(request: ChildRequest, { effects, parts, cancel }: ChildParts): Promise<ChildOutcome> {
  const { executionId: origin, workflow, context, parent } = request;
  const failed = (error: Problem, usage = NO_USAGE): ChildOutcome => ({ status: 'failed', error, usage });
  let plan: Plan;
  try {
    plan = await parts.plan(workflow);
  } catch (thrown) {
    return failed(problemOf('not-found', thrown instanceof Error ? thrown.message : String(thrown)));
  }
  const { value, faults } = validateValue(plan.input, request.input, '');
  if (faults.length > 0)
    return failed(
      problemOf('validation', `The payload does not fit ${workflow}: ${faults[0]?.pointer} ${faults[0]?.detail}`, {
        errors: faults,
      }),
    );
  const snapshot = snapshotOf(plan, parts);
  return runBeside({ origin, payload: value, context, snapshot, parent }, { plan, effects, cancel });
}

/** As the engine runs a task on which a model works: its questions and calls are played as those of the execution are. */
export function runTask(
  request: AgentTaskRequest,
  order: LoopOrder,
  { effects, cancel, tasks }: Pick<ChildParts, 'effects' | 'cancel'> & { readonly tasks: Tasks },
): Promise<ChildOutcome> {
  const { plan, snapshot, ...rest } = startOf(request, order, { queue: request.agent, taskQueue: VIRTUAL_ORIGIN });
  const id = agentTaskWorkflowId(request.taskId);
  const step = request.taskId.slice(VIRTUAL_ORIGIN.length + 1);
  const onBegun = (state: LiveState): unknown => tasks.set(step, state);
  return runBeside({ id, origin: request.parent.origin ?? id, snapshot, ...rest }, { plan, effects, cancel, onBegun });
}

interface Beside extends Pick<ChildParts, 'effects' | 'cancel'> {
  readonly plan: Plan;
  readonly onBegun?: (state: LiveState) => unknown;
}

/** Runs another execution of the scenario to its end. */
async function runBeside(
  beginning: Beginning,
  { plan, effects, cancel, onBegun = () => undefined }: Beside,
): Promise<ChildOutcome> {
  const state = begin(beginning, effects.seed(), effects.now());
  onBegun(state);
  // Another execution only learns that it is to end, not why.
  const own = new CancelToken();
  const stop = cancel.onCancel(() => own.cancel(problemOf('cancelled', 'The execution was cancelled on request.')));
  await runRound({ plan: withinParent(plan, state.parent), state, effects, cancel: own });
  stop();
  const { status, output = null, error, usage } = outcomeOf(state);
  if (status === 'cancelled' && cancel.reason !== undefined) return { status: 'cancelled', usage };
  return error === undefined ? { status: 'completed', output, usage } : { status: 'failed', error, usage };
}
