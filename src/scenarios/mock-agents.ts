/** Plays agents with mocks: the capability that a step asks for is the message type that a mock agent answers. */
import type { MockAgent, MockAnswer } from '../language/scenario';
import type { AgentTaskRequest } from '../plan/agent';
import type { ChildOutcome } from '../plan/child';
import type { Json } from '../plan/json';
import type { Problem } from '../plan/problem';
import { problemOf } from '../plan/problem';
import { NO_USAGE } from '../plan/record';
import { complete } from './sample';
import type { VirtualClock } from './virtual-effects';

/** A task that an agent was given. */
export interface AskedAgent {
  /** Virtual milliseconds since the start. */
  readonly atMs: number;
  readonly agent: string;
  readonly capability: string;
  /** Id of the task. */
  readonly task: string;
  readonly input: Json;
}

export interface MockAgentParts {
  /** The last of those that can answer counts. */
  readonly agents: readonly MockAgent[];
  readonly unmocked: 'fail' | 'sample';
  readonly startMs: number;
  readonly onAsked: (asked: AskedAgent) => void;
  readonly onMadeUp: (what: string) => void;
  readonly onUnmocked: (problem: Problem) => void;
}

export async function playAgent(
  request: AgentTaskRequest,
  clock: VirtualClock,
  parts: MockAgentParts,
): Promise<ChildOutcome> {
  const { agent, capability, taskId, input, output: schema = {} } = request;
  parts.onAsked({ atMs: clock.now() - parts.startMs, agent, capability, task: taskId, input });
  const answer = answerOf(request, parts);
  if (answer === undefined) return { status: 'cancelled', usage: NO_USAGE };
  const { delayMs, error, output } = answer;
  const usage = { ...NO_USAGE, durationMs: delayMs, ...answer.usage };
  if ((await clock.sleep(delayMs, `agent ${taskId}`)) === 'cancelled') return { status: 'cancelled', usage: NO_USAGE };
  if (error === undefined) return { status: 'completed', output: complete(schema, output).value, usage };
  const { type, detail = `The agent failed with ${type}, as its mock says.` } = error;
  return { status: 'failed', error: problemOf(type, detail), usage };
}

/** Undefined when the scenario lacks the mock and ends. */
function answerOf(request: AgentTaskRequest, parts: MockAgentParts): MockAnswer | undefined {
  const { agent, capability } = request;
  const newest = parts.agents.toReversed();
  const ofType = newest.filter((mock) => isOfType(mock, agent));
  for (const mock of [...ofType, ...newest]) {
    const found = mock.responses.find(({ messageType }) => messageType === capability);
    if (found !== undefined) return found.answer;
  }
  const able = [...ofType, ...newest.filter(({ capabilities }) => capabilities.includes(capability))][0];
  if (able?.fallback !== undefined) return able.fallback;
  if (able === undefined && parts.unmocked === 'fail') {
    const detail = `Nobody answers ${capability} for agents of the type ${agent}. Add to agents: { id: ${agent}-001, responses: [ { messageType: ${capability}, response: { … } } ] }`;
    parts.onUnmocked(problemOf('not-found', detail));
    return undefined;
  }
  parts.onMadeUp(`The answer of the agent ${able?.id ?? agent} to ${capability}`);
  return { delayMs: 0 };
}

/** `manager-001` is a manager, as is what `create_mock_agent manager-001 Manager` makes. */
function isOfType({ id, capabilities }: MockAgent, agent: string): boolean {
  return id === agent || id.startsWith(`${agent}-`) || capabilities.some((word) => word.toLowerCase() === agent);
}
