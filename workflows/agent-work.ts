/** The work of a task: the capability as an activity on the queue of whoever is to do it, and what its end means. */
import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  proxyActivities,
  sleep,
  TimeoutFailure,
  workflowInfo,
} from '@temporalio/workflow';
import { uuidFrom } from '../src/interpreter/uuid';
import type { AgentTaskAnswer, AgentTaskRequest } from '../src/plan/agent';
import { PRIORITY_KEYS } from '../src/plan/agent';
import { isObject } from '../src/plan/json';
import type { Problem } from '../src/plan/problem';
import { OmniError, problemOf } from '../src/plan/problem';
import type { Usage } from '../src/plan/record';
import { NO_USAGE } from '../src/plan/record';
import { beginLoop, hasLoop } from './agent-loop';
import { problemIn, usageIn } from './call-failure';
import type { MainOptions } from './entry';

/** An agent that is silent for so long is taken for lost, and its task is given to another. */
const HEARTBEAT_TIMEOUT_MS = 30_000;
/** One attempt; a step's timeout ends the whole task before. */
const ATTEMPT_TIMEOUT_MS = 3_600_000;
/** Left to the timer of the deadline, which ends the task politely. */
const GRACE_MS = 10_000;
/** Left to an agent whose task is cancelled, to say what it has spent. */
const LAST_WORD_MS = 10_000;

export interface WorkPlace {
  readonly queue: string;
  /** Milliseconds that it may wait there. */
  readonly waitMs: number;
  /** Counts from 1: a task is given away again that nobody has taken. */
  readonly number: number;
}

/** Asks the agent's own activity, or runs the loop of a model, whose turns go there. Throws Temporal's failures as they come; `isUntaken` and `problemFor` say what they mean. */
export async function perform(
  request: AgentTaskRequest,
  place: WorkPlace,
  options: MainOptions,
): Promise<AgentTaskAnswer> {
  const answer = await (hasLoop(request)
    ? beginLoop(request, { queue: place.queue, taskQueue: workflowInfo().taskQueue }, options)
    : askAgent(request, place));
  const { agent, capability } = request;
  if (!isObject(answer) || answer['output'] === undefined)
    throw new OmniError('tool-error', `The agent of the type ${agent} answered ${capability} without an output.`);
  const { output, usage } = answer;
  return { output, usage: { ...NO_USAGE, ...(isObject(usage) ? (usage as unknown as Usage) : {}) } };
}

function askAgent(request: AgentTaskRequest, { queue, waitMs, number }: WorkPlace): Promise<unknown> {
  const { agent, capability, priority, retry, terms } = request;
  const { deadlineAt, tenant } = terms ?? {};
  const act = proxyActivities<Record<string, (request: AgentTaskRequest) => Promise<unknown>>>({
    activityId: `${capability}#${number}`,
    taskQueue: queue,
    summary: `${agent} · ${capability}`,
    priority: {
      priorityKey: PRIORITY_KEYS[priority],
      // Temporal keeps it in clear text.
      ...(tenant === undefined ? {} : { fairnessKey: uuidFrom(`tenant ${tenant}`) }),
    },
    scheduleToStartTimeout: waitMs,
    startToCloseTimeout:
      deadlineAt === undefined ? ATTEMPT_TIMEOUT_MS : Math.max(0, deadlineAt - Date.now()) + GRACE_MS,
    heartbeatTimeout: HEARTBEAT_TIMEOUT_MS,
    cancellationType:
      terms === undefined ? ActivityCancellationType.TRY_CANCEL : ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: {
      maximumAttempts: retry.maxAttempts,
      initialInterval: retry.initialIntervalMs,
      backoffCoefficient: retry.backoff,
      maximumInterval: retry.maxIntervalMs,
    },
  })[capability];
  if (act === undefined) throw new OmniError('internal', `No activity for ${capability}.`);
  return terms === undefined ? act(request) : withLastWord(act(request));
}

/** An agent that is cancelled ends by itself; one that is silent is waited for no longer. */
async function withLastWord<T>(answer: Promise<T>): Promise<T> {
  let over = false;
  const silence = CancellationScope.current().cancelRequested.catch(async (thrown: unknown) => {
    if (!over) await CancellationScope.nonCancellable(() => sleep(LAST_WORD_MS));
    throw thrown;
  });
  try {
    return await Promise.race([answer, silence]);
  } finally {
    over = true;
  }
}

/** No agent has ever begun with it. */
export function isUntaken(thrown: unknown): boolean {
  const cause = thrown instanceof ActivityFailure ? thrown.cause : thrown;
  return cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START' && cause.cause === undefined;
}

export function problemFor(thrown: unknown, { agent, capability }: AgentTaskRequest): Problem {
  const cause = thrown instanceof ActivityFailure ? thrown.cause : thrown;
  if (cause instanceof TimeoutFailure)
    return problemOf('timeout', `Every agent of the type ${agent} that took ${capability} was lost or too slow.`);
  const problem = problemIn(thrown);
  if (problem.type !== 'internal' || !(cause instanceof ApplicationFailure)) return problem;
  return problemOf(
    'tool-error',
    `The agent of the type ${agent} failed in ${capability} on a defect of its own. The log of its worker says more.`,
  );
}

export function nobodyTook({ agent, capability }: AgentTaskRequest, { queue, waitMs }: Omit<WorkPlace, 'number'>) {
  return problemOf(
    'no-agent',
    `No agent of the type ${agent} took ${capability} from the queue ${queue} within ${waitMs / 1_000} s. Start a worker of that type, or more of them.`,
  );
}

export function usageOf(thrown: unknown): Usage {
  return usageIn(thrown instanceof ActivityFailure ? thrown.cause : thrown);
}
