/** A task on which a scripted model works, as a plan that `walk` runs. */
import { startOf } from '../../src/interpreter/loop/order';
import type { AgentTaskRequest } from '../../src/plan/agent';
import { agentQueue, DEFAULT_POOL } from '../../src/plan/agent';
import { DEFAULT_TASK_QUEUE } from '../../src/plan/task-queue';
import type { LoopOrder, LoopTool } from '../../src/plan/agent-loop';
import type { CallRequest } from '../../src/plan/call';
import type { Json, JsonObject } from '../../src/plan/json';
import type { Plan, Step } from '../../src/plan/plan';
import type { VirtualAnswer } from '../../src/scenarios/virtual-effects';
import { answered, candidate, echo, literal, tool } from './walk';

/** Takes `{ n: integer }`. */
export const loopTool = (name: string, fields: Partial<LoopTool> = {}): LoopTool => ({
  description: `Does ${name}.`,
  input: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'], additionalProperties: false },
  step: tool('unused', { tool: `test.${name}` }),
  ...fields,
});

export const APPROVAL = { roles: ['reviewer'], timeoutMs: 60_000 };

export function orderFor(fields: Partial<LoopOrder> = {}): LoopOrder {
  return {
    goal: 'Find it out.',
    think: tool('think', { tool: 'llm.object', idempotent: 'natural', chain: [candidate('model')] }),
    tools: { look: loopTool('look'), pay: loopTool('pay', { approval: APPROVAL }) },
    limits: { turns: 10, calls: 20 },
    ...fields,
  };
}

export function requestFor(fields: Partial<AgentTaskRequest> = {}): AgentTaskRequest {
  return {
    taskId: 'execution.ask',
    key: 'execution/ask',
    agent: 'engineer',
    capability: 'work',
    priority: 'normal',
    input: { file: 'a.ts' },
    retry: { maxAttempts: 1, initialIntervalMs: 1, backoff: 1, maxIntervalMs: 1 },
    context: {},
    parent: { executionId: 'execution', origin: 'execution.ask', depth: 1, remaining: {} },
    ...fields,
  };
}

export function loopPlan(order: Partial<LoopOrder> = {}, fields: Partial<AgentTaskRequest> = {}): Plan {
  const request = requestFor(fields);
  return startOf(request, orderFor(order), {
    queue: agentQueue(request.agent, DEFAULT_POOL, DEFAULT_TASK_QUEUE),
    taskQueue: DEFAULT_TASK_QUEUE,
  }).plan;
}

/** An `agent` step on whose task a model works. */
export function agentStep(name: string, order: Partial<LoopOrder> = {}): Step {
  const { goal, instructions, ...rest } = orderFor(order);
  return {
    kind: 'agent',
    name,
    agent: 'engineer',
    capability: 'work',
    priority: 'normal',
    input: literal({ file: 'a.ts' }),
    retry: { maxAttempts: 1, initialIntervalMs: 1, backoff: 1, maxIntervalMs: 1 },
    loop: { ...rest, goal: literal(goal), ...(instructions && { instructions: literal(instructions) }) },
  };
}

/** What the model says in a turn. */
export type Turn = JsonObject | ((request: CallRequest) => Json);
export const call = (name: string, args: Json = { n: 1 }): JsonObject => ({ tool: name, arguments: args });

/** The turn that a call of `llm.object` belongs to, from 1. */
export const turnOf = ({ path }: CallRequest): number => Number(/\.t(\d+)$/.exec(path)?.[1]);

/** The model says one turn after the other; tools answer with what they were given, or what `tools` says. */
export function scripted(
  turns: readonly Turn[],
  tools: (request: CallRequest) => VirtualAnswer = echo,
): (request: CallRequest) => VirtualAnswer {
  return (request) => {
    if (request.tool !== 'llm.object') return tools(request);
    const turn = turns[turnOf(request) - 1] ?? { answer: 'done' };
    return answered(request, typeof turn === 'function' ? turn(request) : turn);
  };
}
