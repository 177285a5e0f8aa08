/** The workflow type `agt:task`: one task for an agent, pulled by a worker of the agent's type, or failed as `no-agent`. */
import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  ContinueAsNew,
  isCancellation,
  proxyActivities,
  TimeoutFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type { AgentPlace, AgentTaskAnswer, AgentTaskRequest } from '../src/plan/agent';
import { agentQueue, DEFAULT_POOL, PRIORITY_KEYS } from '../src/plan/agent';
import type { Json } from '../src/plan/json';
import { isObject } from '../src/plan/json';
import type { Problem } from '../src/plan/problem';
import { OmniError, problemOf } from '../src/plan/problem';
import type { Usage } from '../src/plan/record';
import { NO_USAGE } from '../src/plan/record';
import { beginLoop, hasLoop, isLoopRound, resumeLoop } from './agent-loop';
import { problemIn, usageIn } from './call-failure';
import type { Carried } from './carried';
import type { MainOptions } from './entry';
import { asFailure } from './failure';

/** How long a task may wait for an agent with a free slot. */
const QUEUE_TIMEOUT_MS = 30_000;
/** An agent that is silent for so long is taken for lost, and its task is given to another. */
const HEARTBEAT_TIMEOUT_MS = 30_000;
/** One attempt; a step's timeout ends the whole task before. */
const ATTEMPT_TIMEOUT_MS = 3_600_000;

export async function runAgentTask(
  argument: unknown,
  carried: Carried | undefined,
  options: MainOptions,
): Promise<Json> {
  if (isLoopRound(argument)) return resumeLoop(argument, carried, options);
  if (!isRequest(argument))
    throw asFailure(
      problemOf('validation', 'A task for an agent needs taskId, agent, capability, priority and retry.'),
    );
  let answer: unknown;
  try {
    const place = { queue: queueOf(argument), taskQueue: workflowInfo().taskQueue };
    answer = await perform(argument, place, options);
  } catch (thrown) {
    if (isCancellation(thrown) || thrown instanceof ContinueAsNew) throw thrown;
    throw asFailure(problemFor(thrown, argument), usageOf(thrown));
  }
  if (!isObject(answer) || answer['output'] === undefined)
    throw asFailure(
      problemOf(
        'tool-error',
        `The agent of the type ${argument.agent} answered ${argument.capability} without an output.`,
      ),
    );
  const { output, usage } = answer;
  const told: AgentTaskAnswer = {
    output,
    usage: { ...NO_USAGE, ...(isObject(usage) ? (usage as unknown as Usage) : {}) },
  };
  return told as unknown as Json;
}

/** Where a place for it was found: asks the agent's own activity, or runs the loop of a model, whose turns go there. */
function perform(request: AgentTaskRequest, place: AgentPlace, options: MainOptions): Promise<unknown> {
  const { agent, capability, priority, retry } = request;
  if (hasLoop(request)) return beginLoop(request, place, options);
  const act = proxyActivities<Record<string, (request: AgentTaskRequest) => Promise<unknown>>>({
    activityId: `${capability}#1`,
    taskQueue: place.queue,
    summary: `${agent} · ${capability}`,
    priority: { priorityKey: PRIORITY_KEYS[priority] },
    scheduleToStartTimeout: QUEUE_TIMEOUT_MS,
    startToCloseTimeout: ATTEMPT_TIMEOUT_MS,
    heartbeatTimeout: HEARTBEAT_TIMEOUT_MS,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: {
      maximumAttempts: retry.maxAttempts,
      initialInterval: retry.initialIntervalMs,
      backoffCoefficient: retry.backoff,
      maximumInterval: retry.maxIntervalMs,
    },
  })[capability];
  if (act === undefined) throw new OmniError('internal', `No activity for ${capability}.`);
  return act(request);
}

function queueOf({
  agent,
  queue = agentQueue(agent, DEFAULT_POOL, workflowInfo().taskQueue),
}: AgentTaskRequest): string {
  return queue;
}

function problemFor(thrown: unknown, request: AgentTaskRequest): Problem {
  const { agent, capability } = request;
  const cause = thrown instanceof ActivityFailure ? thrown.cause : thrown;
  if (cause instanceof TimeoutFailure)
    return cause.timeoutType === 'SCHEDULE_TO_START'
      ? problemOf(
          'no-agent',
          `No agent of the type ${agent} took ${capability} from the queue ${queueOf(request)} within ${QUEUE_TIMEOUT_MS / 1_000} s. Start a worker of that type, or more of them.`,
        )
      : problemOf('timeout', `Every agent of the type ${agent} that took ${capability} was lost or too slow.`);
  const problem = problemIn(thrown);
  if (problem.type !== 'internal' || !(cause instanceof ApplicationFailure)) return problem;
  return problemOf(
    'tool-error',
    `The agent of the type ${agent} failed in ${capability} on a defect of its own. The log of its worker says more.`,
  );
}

function usageOf(thrown: unknown): Usage {
  return usageIn(thrown instanceof ActivityFailure ? thrown.cause : thrown);
}

function isRequest(argument: unknown): argument is AgentTaskRequest {
  return (
    isObject(argument) &&
    ['taskId', 'agent', 'capability', 'priority'].every((key) => typeof argument[key] === 'string') &&
    Object.hasOwn(PRIORITY_KEYS, argument['priority'] as string) &&
    isObject(argument['retry'])
  );
}
