/** Runs a plan to its end, or to the point where the execution continues as new. */
import type { Json } from '../plan/json';
import type { Plan } from '../plan/plan';
import { problemOf, toProblem } from '../plan/problem';
import type { CancelToken } from './cancel-token';
import { Cancelled } from './cancel-token';
import type { Context, Runners } from './context';
import { withDeadline } from './deadline';
import type { Effects } from './effects';
import { Gate } from './gate';
import { stepPaths } from './paths';
import { runSteps } from './run-steps';
import { renderAt } from './scope';
import type { LiveState } from './state';
import { runFail } from './steps/fail';
import { runGroup } from './steps/group';
import { runParallel } from './steps/parallel';
import { runReturn } from './steps/return';
import { runSet } from './steps/set';
import { runSwitch } from './steps/switch';
import { runTool } from './steps/tool';

export const RUNNERS: Runners = {
  tool: runTool,
  set: runSet,
  parallel: runParallel,
  switch: runSwitch,
  steps: runGroup,
  fail: runFail,
  return: runReturn,
};

export interface Round {
  readonly plan: Plan;
  readonly state: LiveState;
  readonly effects: Effects;
  /** Cancelled from outside. */
  readonly cancel: CancelToken;
  readonly runners?: Runners;
}

/**
 * Walks the plan from the top, past everything that the state has on record. Never rejects:
 * `ended` leaves the outcome in `state.ended`; `continue` means that no call runs and the state can be carried into the next round.
 */
export async function runRound(round: Round): Promise<'ended' | 'continue'> {
  const { plan, state, effects, cancel, runners = RUNNERS } = round;
  const gate = new Gate(() => effects.continueDue());
  const context: Context = {
    plan,
    state,
    effects,
    gate,
    cancel,
    paths: stepPaths(plan),
    prefix: '',
    runners,
    runSteps,
  };
  const walk = walkPlan(context).then(() => 'ended' as const);
  return Promise.race([walk, gate.drained.then(() => 'continue' as const)]);
}

async function walkPlan(context: Context): Promise<void> {
  const { state, effects } = context;
  try {
    const output = await withBudgetTime(context);
    state.ended = { at: effects.now(), output };
  } catch (thrown) {
    const cancelled = thrown instanceof Cancelled;
    const error = cancelled ? thrown.reason : toProblem(thrown);
    state.ended = { at: effects.now(), error, ...(cancelled ? { cancelled: true as const } : {}) };
  }
}

async function withBudgetTime(context: Context): Promise<Json> {
  const { maxMs } = context.plan.guards.budget;
  if (maxMs === undefined) return outputOf(context);
  const late = problemOf(
    'budget-exceeded',
    `The execution did not end within ${maxMs} ms, so what ran was cancelled. Raise guards.budget.maxMs or shorten the steps' timeouts.`,
  );
  return withDeadline(context.state.startedAt + maxMs, late, context, (cancel) => outputOf({ ...context, cancel }));
}

async function outputOf(context: Context): Promise<Json> {
  const flow = await runSteps(context.plan.steps, context);
  if (flow.kind === 'return' || context.plan.output === undefined) return flow.output ?? null;
  return renderAt(context, context.plan.output, { path: '', part: 'output' }) ?? null;
}
