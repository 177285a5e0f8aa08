/** A task on which a model works: an execution of a plan that is made of the request. It may continue as new, as any other. */
import { startOf } from '../src/interpreter/loop/order';
import type { AgentPlace, AgentTaskRequest, LoopRound } from '../src/plan/agent';
import type { LoopOrder } from '../src/plan/agent-loop';
import type { Json } from '../src/plan/json';
import { isObject } from '../src/plan/json';
import type { Carried } from './carried';
import type { MainOptions } from './entry';
import { runExecution } from './execution';

/** Gives `{ output, usage }`; throws Temporal's failures, and `ContinueAsNew`. */
export function beginLoop(
  request: AgentTaskRequest & { readonly loop: LoopOrder },
  place: AgentPlace,
  options: MainOptions,
): Promise<Json> {
  const { loop, ...task } = request;
  const again: Pick<LoopRound, 'task' | 'place'> = { task: { ...task, input: null }, place };
  return runExecution(startOf(request, loop, place), undefined, { ...options, again });
}

/** A later run of the task. */
export function resumeLoop(round: LoopRound, carried: Carried | undefined, options: MainOptions): Promise<Json> {
  const { task, place } = round;
  return runExecution(round, carried, { ...options, again: { task, place } });
}

export function isLoopRound(argument: unknown): argument is LoopRound {
  return isObject(argument) && argument['omni'] === 1 && isObject(argument['task']) && isObject(argument['place']);
}

export function hasLoop(request: AgentTaskRequest): request is AgentTaskRequest & { readonly loop: LoopOrder } {
  return request.loop !== undefined;
}
