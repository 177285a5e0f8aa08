/** One run of an execution: its plan and state come with the start or from the run before; it ends, or continues as new. */
import {
  allHandlersFinished,
  CancellationScope,
  CancelledFailure,
  condition,
  defineQuery,
  defineUpdate,
  setDefaultSignalHandler,
  setHandler,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import { CancelToken } from '../src/interpreter/cancel-token';
import type { Effects } from '../src/interpreter/effects';
import { approvalsOf } from '../src/interpreter/loop/approval';
import { runRound } from '../src/interpreter/run-plan';
import type { CarriedState, LiveState } from '../src/interpreter/state';
import {
  answer,
  answerRefusal,
  delegate,
  delegationRefusal,
  expectedMessages,
  receive,
} from '../src/interpreter/inbox';
import { rerunState } from '../src/interpreter/rerun';
import { withinParent } from '../src/interpreter/slice';
import { begin, resume } from '../src/interpreter/state';
import type { Json } from '../src/plan/json';
import { jsonBytes } from '../src/plan/json';
import type { Plan } from '../src/plan/plan';
import type { Problem } from '../src/plan/problem';
import { OmniError, problemOf, toProblem } from '../src/plan/problem';
import type { AnswerArgument, ChildResult, DelegateArgument, ExecutionState, RerunArgument } from '../src/plan/record';
import { addUsage, ANSWER_UPDATE, DELEGATE_UPDATE, RERUN_QUERY, STATE_QUERY } from '../src/plan/record';
import { showAwaiting } from './awaiting';
import type { Carried } from './carried';
import { isStored, readingBytes, tooLarge, unpack } from './carried';
import type { Clock } from './clock';
import { createClock } from './clock';
import { describeState } from './describe-state';
import { tellEnded } from './ended';
import type { MainOptions, RerunAnswer } from './entry';
import { asFailure } from './failure';
import type { Start } from './load-start';
import { loadStart, timetableOf } from './load-start';
import { nextRound } from './next-round';
import { listenForSteering } from './steering';
import { tellSpent } from './spent';
import { createEffects } from './temporal-effects';

/** Temporal refuses results of 2 MiB. */
const MAX_OUTPUT_BYTES = 1_900_000;

const answerUpdate = defineUpdate<void, [AnswerArgument]>(ANSWER_UPDATE);
const delegateUpdate = defineUpdate<void, [DelegateArgument]>(DELEGATE_UPDATE);
const rerunQuery = defineQuery<RerunAnswer, [RerunArgument]>(RERUN_QUERY);
const stateQuery = defineQuery<ExecutionState>(STATE_QUERY);

export function runExecution(argument: unknown, carried: Carried | undefined, options: MainOptions): Promise<Json> {
  const cancel = new CancelToken();
  listenForCancel(cancel);
  // Cancelling is the interpreter's own affair: it may still have things to undo.
  return CancellationScope.nonCancellable(async () => {
    const clock = createClock(timetableOf(argument));
    const start = loadStart(argument);
    const before = isStored(carried) ? await unpack(carried) : carried;
    const { plan, state } = beginOrResume(start instanceof Promise ? await start : start, before, clock);
    if (state.cancelled !== undefined) cancel.cancel(state.cancelled);
    setHandler(stateQuery, () => ({ ...describeState(plan, state), ...options.task?.now() }), {
      description: 'Steps, variables, usage and outcome so far.',
    });
    setHandler(rerunQuery, (wanted) => rerunAnswer(plan, state, wanted), {
      description: 'What a rerun would begin with.',
    });
    listenForSteering(state, clock);
    const expected = expectedMessages(plan);
    setDefaultSignalHandler((name, ...args) =>
      receive(state, { name, payload: (args[0] ?? null) as Json, at: clock.now() }, expected),
    );
    setHandler(answerUpdate, (given: AnswerArgument) => answer(state, given, clock.now()), {
      validator: (given: AnswerArgument) => admit(answerRefusal(state, given)),
    });
    setHandler(delegateUpdate, (given: DelegateArgument) => handOn(state, given, clock), {
      validator: (given: DelegateArgument) => admit(delegationRefusal(state, given)),
    });
    const readBytes = isStored(carried) ? readingBytes(carried) : 0;
    const due = options.continueDue ?? (() => suggested(readBytes));
    const effects = watched(
      createEffects(clock, () => cancel.reason === undefined && due()),
      state,
      options,
    );
    const round = await runRound({
      plan,
      state,
      effects,
      cancel,
      ...(options.runners && { runners: options.runners }),
    });
    if (round === 'continue')
      return nextRound(plan, state, {
        cancelled: () => cancel.reason,
        timetable: clock.timetable,
        again: options.again,
      });
    if (!allHandlersFinished()) await condition(allHandlersFinished);
    if (state.ended?.cancelled === true) await tellSpent(addUsage(state.usage, state.endUsage));
    tellEnded(plan, state);
    return outcome(state);
  });
}

/** A task is told of its questions, and knows how to find another agent. */
function watched(effects: Effects, { records }: LiveState, { task, place }: MainOptions): Effects {
  if (task === undefined) return effects;
  // The run before may have ended before its last note was taken.
  const before = approvalsOf(records.values());
  if (before.asked > 0) task.asks(0, before);
  return {
    ...effects,
    ...(place && { place }),
    awaiting(open) {
      effects.awaiting(open);
      task.asks(open.size, approvalsOf(records.values()));
    },
  };
}

function beginOrResume(
  { plan, ...beginning }: Start,
  carried: CarriedState | undefined,
  clock: Clock,
): { readonly plan: Plan; readonly state: LiveState } {
  const { workflowId: id } = workflowInfo();
  const state =
    carried === undefined
      ? begin({ id, origin: beginning.parent?.origin ?? id, ...beginning }, uuid4(), clock.now())
      : resume(carried.startedAt === 0 ? { ...carried, startedAt: clock.now() } : carried, id);
  return { plan: withinParent(plan, state.parent), state };
}

/** A query that throws tells its caller next to nothing. */
function rerunAnswer(plan: Plan, state: LiveState, wanted: RerunArgument): RerunAnswer {
  try {
    const carried = rerunState(plan, state, wanted);
    const bytes = jsonBytes(carried);
    return bytes <= MAX_OUTPUT_BYTES ? { carried } : { problem: tooLarge(bytes).problem };
  } catch (thrown) {
    return { problem: toProblem(thrown) };
  }
}

/** Refuses an update before it leaves a trace in the history. */
function admit(refused: Problem | undefined): void {
  if (refused !== undefined) throw asFailure(refused);
}

/** A question that has not been asked again yet, just after continuing as new, is shown once it is. */
function handOn(state: LiveState, given: DelegateArgument, clock: Clock): void {
  delegate(state, given, clock.now());
  if (state.open.has(given.path)) showAwaiting(state.open);
}

/** Passes a cancellation of the execution on to the token. */
function listenForCancel(cancel: CancelToken): void {
  CancellationScope.current().cancelRequested.catch(() =>
    cancel.cancel(problemOf('cancelled', 'The execution was cancelled on request.')),
  );
}

/** Bytes of history after which Temporal itself suggests to continue as new. */
const LONG_HISTORY_BYTES = 4 * 1024 * 1024;

/** Far below Temporal's limits, so that running calls can still end. What a run begins with is no reason to end it. */
function suggested(readBytes: number): boolean {
  const { continueAsNewSuggested, historyLength, historySize } = workflowInfo();
  if (historyLength > 3_000) return true;
  return readBytes === 0 ? continueAsNewSuggested : historySize > readBytes + LONG_HISTORY_BYTES;
}

function outcome({ ended, parent, usage, endUsage }: LiveState): Json {
  if (ended === undefined) throw new OmniError('internal', 'The interpreter stopped without an outcome.');
  const { error, output = null } = ended;
  const spent = parent === undefined ? undefined : addUsage(usage, endUsage);
  if (error !== undefined)
    throw ended.cancelled === true
      ? new CancelledFailure(error.detail, spent === undefined ? [error] : [error, spent])
      : asFailure(error, spent);
  const bytes = jsonBytes(output);
  if (bytes > MAX_OUTPUT_BYTES)
    throw asFailure(
      problemOf(
        'too-large',
        `The output is ${bytes} bytes, over the limit of ${MAX_OUTPUT_BYTES}. Return less of it, or the large value whole, so that it stays a reference.`,
      ),
      spent,
    );
  if (spent === undefined) return output;
  const result: ChildResult = { output, usage: spent };
  return result as unknown as Json;
}
