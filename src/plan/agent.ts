/**
 * The contract between an `agent` step, the task that it starts and the agent that does it. A task is a workflow of the type `agt:task`;
 * its first act is an activity whose type is the capability, on the queue of the agent's type, which an agent's worker pulls from.
 */
import type { LoopOrder } from './agent-loop';
import type { Json, JsonSchema } from './json';
import type { RetryRule } from './plan';
import type { ParentLink, StartArgument, Usage } from './record';
import { queueBeside } from './task-queue';
import type { Timetable } from './timetable';

export const AGENT_TASK_TYPE = 'agt:task';

/** Temporal's priority keys, https://docs.temporal.io/develop/task-queue-priority-fairness: smaller is sooner. */
export const PRIORITY_KEYS = { critical: 1, high: 2, normal: 3, low: 4 } as const;
export type Priority = keyof typeof PRIORITY_KEYS;

/** What a task asks of an agent: the argument of the task and of its activity. */
export interface AgentTaskRequest {
  /** The workflow's id is `agt-<taskId>`. */
  readonly taskId: string;
  /** Idempotency key for what the agent does outside: the same on every attempt, and in a rerun. */
  readonly key: string;
  /** Type of the agent. */
  readonly agent: string;
  /** What it is to do: the activity's type. */
  readonly capability: string;
  readonly priority: Priority;
  readonly input: Json;
  /** JSON Schema that the asker holds the output against. */
  readonly output?: JsonSchema;
  readonly retry: Omit<RetryRule, 'when'>;
  /** `trigger.context` of the asker. */
  readonly context: Json;
  /** Where it is pulled from, instead of the queue of the agent's type: a scenario's own. */
  readonly queue?: string;
  /** The asker, and what the agent may spend. */
  readonly parent: ParentLink;
  /** Absent: asked for before tasks were matched with agents, so it goes to the queue of the type. */
  readonly terms?: TaskTerms;
  /** A model works on it, turn by turn; absent: the capability is a function of the agent. */
  readonly loop?: LoopOrder;
  /** Of a scenario: how its times pass. */
  readonly timetable?: Timetable;
}

/** Where a task is done, as matching found it. */
export interface AgentPlace {
  /** Task queue of the agent's workers. */
  readonly queue: string;
  /** The engine's own, beside which other agents have theirs. */
  readonly taskQueue: string;
}

/** First argument of the later runs of a task that a model works on: what it goes on with, and the task without its loop and input. */
export interface LoopRound extends StartArgument {
  readonly task: AgentTaskRequest;
  readonly place: AgentPlace;
}

/** How a task is to find its agent. */
export interface TaskTerms {
  /** What is to be done, for people. */
  readonly description?: string;
  /** Milliseconds since 1970. */
  readonly deadlineAt?: number;
  /** Id of the one agent that may take it. */
  readonly to?: string;
  readonly pool?: string;
  /** Capabilities that the agent needs beside the one asked for. */
  readonly requires?: readonly string[];
  /** Milliseconds that it waits for an agent. */
  readonly waitMs: number;
  /** What comes after the wait; absent: it fails as `no-agent`. */
  readonly otherwise?: { readonly agent: string } | { readonly human: readonly string[] };
  /** On whose behalf: those of one tenant do not keep others waiting. */
  readonly tenant?: string;
}

/** `AgentTaskRequest.agent` where any agent with the capability will do. */
export const ANY_AGENT = '*';
/** `AgentTaskRequest.capability` where a model does the work, and the agent need not be able to do anything by itself. */
export const ANY_CAPABILITY = '*';

/** States of a task, as A2A names them, https://a2a-protocol.org/latest/specification/. */
export const TASK_STATES = [
  'submitted',
  'working',
  'input_required',
  'completed',
  'failed',
  'canceled',
  'rejected',
] as const;
export type TaskState = (typeof TASK_STATES)[number];

/**
 * The activity's result. A failure is an `ApplicationFailure` of a problem's type, whose first detail is the problem and whose second is
 * the usage so far; `no-agent` says that nobody took the task.
 */
export interface AgentTaskAnswer {
  readonly output: Json;
  readonly usage: Usage;
  /** Id of the agent that did it, where it tells. */
  readonly agent?: string;
}

export function agentTaskWorkflowId(taskId: string): string {
  return `agt-${taskId}`;
}

/** The pool of a type that nobody has divided. */
export const DEFAULT_POOL = 'default';

/** All agents of a pool can do the same. `taskQueue`: the engine's, which the task itself runs on. */
export function agentQueue(agent: string, pool: string, taskQueue: string): string {
  return queueBeside(taskQueue, `agent.${agent}.${pool}`);
}

/** The queue of one agent alone, for what only it may do. */
export function ownAgentQueue(agent: string, id: string, taskQueue: string): string {
  return queueBeside(taskQueue, `agent.${agent}.i.${id}`);
}
