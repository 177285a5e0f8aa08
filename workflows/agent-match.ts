/** Who is to do a task: asked of the registry, and part of the history. */
import { isCancellation, proxyLocalActivities } from '@temporalio/workflow';
import type { AgentTaskRequest } from '../src/plan/agent';
import type { MatchAgent, MatchDecision, MatchRequest } from '../src/plan/agent-task';
import { MATCH_AGENT_ACTIVITY, unmatched } from '../src/plan/agent-task';

const local = proxyLocalActivities<Record<string, MatchAgent>>({
  startToCloseTimeout: '5s',
  retry: { initialInterval: '200ms', maximumAttempts: 3 },
});

/** A registry that does not answer is no reason to leave work undone: it goes to the queue of the type. */
export async function matchAgent({
  agent,
  capability,
  terms = { waitMs: 0 },
}: AgentTaskRequest): Promise<MatchDecision> {
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
