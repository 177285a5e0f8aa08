/** Temporal's implementation of `Effects`: a call is an activity, a wait is a timer, time is the workflow's own. */
import {
  ActivityCancellationType,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
} from '@temporalio/workflow';
import type { CallOptions, Effects } from '../src/interpreter/effects';
import { BLOB_THRESHOLD_BYTES } from '../src/plan/blob';
import type { CallAnswer, CallRequest } from '../src/plan/call';
import { MAX_POSTPONEMENTS, mostAttempts } from '../src/plan/call';
import { jsonBytes } from '../src/plan/json';
import { OmniError } from '../src/plan/problem';
import { MAX_PAGE_BYTES } from '../src/plan/stored-list';
import { showAwaiting } from './awaiting';
import { createBreath } from './breath';
import { callFailure } from './call-failure';
import { agentOutcome, childOutcome } from './child';
import type { Clock } from './clock';
import { emitOutcome } from './emit';
import { rankProviders } from './rank';
import { listenForSpent } from './spent';
import { openPage, storeList, storesLists } from './stored-list';
import { tellStep } from './trace';
import { createTurns } from './turn';
import { under } from './under';

type CallTool = (request: CallRequest) => Promise<CallAnswer>;

/** Added to an attempt's own bound, which the activity keeps itself: Temporal's is for a worker that is lost. */
const GRACE_MS = 5_000;
/** A worker that is silent for so long is taken for lost. */
const HEARTBEAT_TIMEOUT_MS = 10_000;
/** What a local call may answer, what is larger being stored; and its facts. */
const MAX_ANSWER_BYTES = BLOB_THRESHOLD_BYTES + 4 * 1024;
/** How long a call may wait for a worker on a queue of its own. */
const QUEUE_TIMEOUT_MS = 30_000;

export function createEffects(clock: Clock, continueDue: () => boolean): Effects {
  const running = new Set<string>();
  const breath = createBreath();
  const spent = listenForSpent();
  const turns = createTurns();
  const made: Effects['call'] = (request, options, cancel) => {
    const show = (): void => setCurrentDetails(detailsOf(running));
    running.add(options.summary);
    show();
    const ended = <T>(outcome: T): T => {
      running.delete(options.summary);
      show();
      if (options.placement === 'local') breath.settle(MAX_ANSWER_BYTES, jsonBytes(outcome));
      return outcome;
    };
    return under(cancel, () => schedule(request, options, clock)).then(
      (answer) => ended({ status: 'completed', ...answer }),
      (thrown) =>
        isCancellation(thrown) && cancel.reason !== undefined
          ? ended({ status: 'cancelled' })
          : ended({ status: 'failed', ...callFailure(thrown, request) }),
    );
  };
  const spaced = <T>(request: unknown, work: () => Promise<T>): Promise<T> => {
    const pause = breath.take(jsonBytes(request), 'request');
    return pause === undefined ? work() : pause.then(work);
  };
  return {
    now: () => clock.now(),
    continueDue,
    child: (request, cancel) =>
      spaced(request, () => childOutcome(request, { cancel, spent, timetable: clock.timetable })),
    agent: (request, cancel) =>
      spaced(request, () => agentOutcome(request, { cancel, spent, timetable: clock.timetable })),
    rank: (request) => rankProviders(request),
    emit: (request, cancel) => spaced(request, () => emitOutcome(request, cancel)),
    open: (reference, from) => {
      const pause = breath.take(MAX_PAGE_BYTES, 'answer');
      const page = pause === undefined ? openPage(reference, from) : pause.then(() => openPage(reference, from));
      const settle = (read?: unknown): void => breath.settle(MAX_PAGE_BYTES, jsonBytes(read));
      page.then(settle, () => settle());
      return page;
    },
    // A scenario is alone with its executions.
    turn: (request, cancel) =>
      clock.timetable === undefined ? turns.take(request, cancel) : Promise.resolve({ status: 'granted' }),
    giveBack: (lock) => turns.giveBack(lock),
    store: (parts) => storeList(parts),
    storesLists,
    awaiting: (open) => showAwaiting(open),
    stepEnded: tellStep,
    sleep: async (ms, cancel) => {
      await under(cancel, () => clock.sleep(ms)).catch(ignoreCancellation);
    },
    call: (request, options, cancel) => {
      if (options.placement === 'remote') return spaced(request, () => made(request, options, cancel));
      const pause = breath.take(MAX_ANSWER_BYTES, 'answer');
      return pause === undefined ? made(request, options, cancel) : pause.then(() => made(request, options, cancel));
    },
  };
}

function schedule(
  request: CallRequest,
  { placement, summary }: CallOptions,
  { slackMs, timetable }: Clock,
): Promise<CallAnswer> {
  const [first] = request.candidates;
  const startToCloseTimeout = Math.max(...request.candidates.map(({ timeoutMs }) => timeoutMs)) + GRACE_MS + slackMs;
  const retry = retryPolicy(request, { placement, summary });
  const call =
    // A mock may wait for long, and a local call keeps everything else of its execution waiting.
    placement === 'local' && timetable === undefined
      ? proxyLocalActivities<Record<string, CallTool>>({ startToCloseTimeout, retry, summary })[request.tool]
      : proxyActivities<Record<string, CallTool>>({
          activityId: `${request.path}#${request.number}`,
          startToCloseTimeout,
          heartbeatTimeout: Math.min(HEARTBEAT_TIMEOUT_MS, startToCloseTimeout),
          retry,
          summary,
          cancellationType: ActivityCancellationType.TRY_CANCEL,
          ...(first?.queue === undefined ? {} : { taskQueue: first.queue, scheduleToStartTimeout: QUEUE_TIMEOUT_MS }),
        })[request.tool];
  if (call === undefined) throw new OmniError('internal', `No activity for ${request.tool}.`);
  return call(request);
}

function retryPolicy(request: CallRequest, { placement }: CallOptions) {
  const last = request.retry.at(-1);
  const postponements = placement === 'local' ? 0 : MAX_POSTPONEMENTS;
  return {
    maximumAttempts: mostAttempts(request) + postponements,
    initialInterval: last?.initialIntervalMs ?? 1_000,
    backoffCoefficient: last?.backoff ?? 2,
    maximumInterval: last?.maxIntervalMs ?? 30_000,
  };
}

function ignoreCancellation(thrown: unknown): void {
  if (!isCancellation(thrown)) throw thrown;
}

/** Step and provider names only: details are shown to whoever may list executions. */
function detailsOf(running: ReadonlySet<string>): string {
  return running.size === 0 ? '' : `Running: ${[...running].join(', ')}`;
}
