/** Who is to do a task: asked of the registry, and part of the history. */
import { isCancellation, proxyLocalActivities, workflowInfo } from '@temporalio/workflow';
import type { AgentTaskRequest } from '../src/plan/agent';
import { agentQueue, ownAgentQueue } from '../src/plan/agent';
import type { FoundPlace, MatchAgent, MatchDecision, MatchRequest } from '../src/plan/agent-task';
import { MATCH_AGENT_ACTIVITY, unmatched } from '../src/plan/agent-task';

const local = proxyLocalActivities<Record<string, MatchAgent>>({
  startToCloseTimeout: '5s',
  retry: { initialInterval: '200ms', maximumAttempts: 3 },
});

/** Between two looks for an agent. */
export const FIRST_PAUSE_MS = 500;
export const LAST_PAUSE_MS = 30_000;

/** Where what was found is pulled from. */
export function queueOf({ agent, pool, to }: FoundPlace): string {
  const { taskQueue } = workflowInfo();
  return to === undefined ? agentQueue(agent, pool, taskQueue) : ownAgentQueue(agent, to, taskQueue);
}

/** A registry that does not answer is no reason to leave work undone: it goes to the queue of the type. */
export async function matchAgent({
  agent,
  capability,
  terms = { waitMs: 0 },
}: Pick<AgentTaskRequest, 'agent' | 'capability' | 'terms'>): Promise<MatchDecision> {
  const { requires, pool, to } = terms;
  const request: MatchRequest = {
    agent,
    capability,
    ...(requires === undefined ? {} : { requires }),
    ...(pool === undefined ? {} : { pool }),
    ...(to === undefined ? {} : { to }),
  };
  try {
    return (await local[MATCH_AGENT_ACTIVITY]?.(request)) ?? unmatched(request, 'Nothing matches tasks here');
  } catch (thrown) {
    if (isCancellation(thrown)) throw thrown;
    return unmatched(request, 'The registry of agents does not answer');
  }
}
