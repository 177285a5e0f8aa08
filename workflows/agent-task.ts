/** The workflow type `agt:task`: one task for an agent, pulled by a worker of the agent's type, or failed as `no-agent`. */
import { ContinueAsNew, isCancellation, workflowInfo } from '@temporalio/workflow';
import type { AgentTaskAnswer, AgentTaskRequest } from '../src/plan/agent';
import { agentQueue, DEFAULT_POOL, PRIORITY_KEYS } from '../src/plan/agent';
import type { Json } from '../src/plan/json';
import { isObject } from '../src/plan/json';
import { problemOf } from '../src/plan/problem';
import { ofTask } from './agent-handoff';
import { isLoopRound, resumeLoop } from './agent-loop';
import { openRecord } from './agent-record';
import { isUntaken, nobodyTook, perform, problemFor, usageOf } from './agent-work';
import type { Carried } from './carried';
import type { MainOptions } from './entry';
import { asFailure } from './failure';
import { isMatched, runMatchedTask, settle } from './matched-task';

/** How long a task that is not matched may wait for an agent with a free slot. */
const QUEUE_TIMEOUT_MS = 30_000;

export async function runAgentTask(
  argument: unknown,
  carried: Carried | undefined,
  options: MainOptions,
): Promise<Json> {
  if (isLoopRound(argument)) {
    const { task } = argument;
    if (!isMatched(task)) return resumeLoop(argument, carried, options);
    const record = openRecord(task, true);
    const goOn = (): Promise<Json> => resumeLoop(argument, carried, ofTask(task, record, options));
    return told(settle(task, record, async () => (await goOn()) as never));
  }
  if (!isRequest(argument))
    throw asFailure(
      problemOf('validation', 'A task for an agent needs taskId, agent, capability, priority and retry.'),
    );
  return told(isMatched(argument) ? runMatchedTask(argument, carried, options) : runUnmatched(argument, options));
}

/** As tasks were run before they were matched. */
async function runUnmatched(request: AgentTaskRequest, options: MainOptions): Promise<AgentTaskAnswer> {
  const place = { queue: queueOf(request), waitMs: QUEUE_TIMEOUT_MS };
  try {
    return await perform(request, { ...place, number: 1 }, options);
  } catch (thrown) {
    if (isCancellation(thrown) || thrown instanceof ContinueAsNew) throw thrown;
    throw asFailure(isUntaken(thrown) ? nobodyTook(request, place) : problemFor(thrown, request), usageOf(thrown));
  }
}

async function told(answer: Promise<AgentTaskAnswer>): Promise<Json> {
  return (await answer) as unknown as Json;
}

function queueOf({
  agent,
  queue = agentQueue(agent, DEFAULT_POOL, workflowInfo().taskQueue),
}: AgentTaskRequest): string {
  return queue;
}

function isRequest(argument: unknown): argument is AgentTaskRequest {
  return (
    isObject(argument) &&
    ['taskId', 'agent', 'capability', 'priority'].every((key) => typeof argument[key] === 'string') &&
    Object.hasOwn(PRIORITY_KEYS, argument['priority'] as string) &&
    isObject(argument['retry'])
  );
}
