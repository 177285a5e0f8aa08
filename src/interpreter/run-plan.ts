/** Runs a plan to its end, or to the point where the execution continues as new. */
import type { Json } from '../plan/json';
import { FINALLY_PREFIX, stepPlaces } from '../plan/paths';
import type { Plan, Step } from '../plan/plan';
import { toProblem } from '../plan/problem';
import type { ExecutionStatus } from '../plan/record';
import { startClock } from './budget-clock';
import { CancelToken, Cancelled } from './cancel-token';
import { undoAll, withCompensations } from './compensation';
import type { Context, Flow, Runners } from './context';
import type { Effects } from './effects';
import { Gate } from './gate';
import { unpause } from './pause';
import { runSteps } from './run-steps';
import { renderAt } from './scope';
import type { Ending, LiveState } from './state';
import { runAgent } from './steps/agent';
import { runAgentLoop } from './steps/agent-loop';
import { runEmit } from './steps/emit';
import { runFail } from './steps/fail';
import { runForEach } from './steps/for-each';
import { runGroup } from './steps/group';
import { runParallel } from './steps/parallel';
import { runRepeat } from './steps/repeat';
import { runReturn } from './steps/return';
import { runSet } from './steps/set';
import { runSwitch } from './steps/switch';
import { runTool } from './steps/tool';
import { runWait } from './steps/wait';
import { runWaitFor } from './steps/wait-for';
import { runWorkflow } from './steps/workflow';
import { giveBack, takeTurn } from './turn';

export const RUNNERS: Runners = {
  tool: runTool,
  set: runSet,
  parallel: runParallel,
  switch: runSwitch,
  steps: runGroup,
  forEach: runForEach,
  repeat: runRepeat,
  wait: runWait,
  waitFor: runWaitFor,
  workflow: runWorkflow,
  agent: runAgent,
  loop: runAgentLoop,
  emit: runEmit,
  fail: runFail,
  return: runReturn,
};

const START = { prefix: '', locals: {}, status: 'running' } as const;

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
export function runRound(round: Round): Promise<'ended' | 'continue'> {
  return new Promise((resolve, reject) => {
    const context = contextOf(round, () => resolve('continue'));
    walkPlan(context).then(() => resolve('ended'), reject);
  });
}

function contextOf({ plan, state, effects, cancel, runners = RUNNERS }: Round, drained: () => void): Context {
  const gate = new Gate(
    () => effects.continueDue(),
    () => state.paused !== undefined,
    drained,
  );
  state.listeners.add(() => gate.reopen());
  // Whoever is cancelled has to undo, and makes calls for that.
  cancel.onCancel(() => unpause(state, effects.now()));
  const bounded = new CancelToken(cancel);
  const clock = startClock({ state, effects, maxMs: plan.guards.budget.maxMs }, bounded);
  const places = stepPlaces(plan);
  return { plan, state, effects, gate, clock, places, runners, runSteps, ...START, cancel: bounded };
}

/** Steps, then what undoes them where they failed, then `finally`. Where it stands is on record, because any of them may continue as new. */
async function walkPlan(context: Context): Promise<void> {
  const { plan, state, effects } = context;
  const refused = plan.concurrency === undefined ? undefined : await takeTurn(context);
  if (refused !== undefined) {
    context.clock.stop();
    await giveBack(context);
    state.ended = { ...refused, at: effects.now() };
    return;
  }
  state.ending ??= await walkSteps(context);
  const { error } = state.ending;
  if (error !== undefined) {
    const failures = await undoAll({ ...context, status: statusOf(state.ending) }, error);
    state.ending = { ...state.ending, error: withCompensations(error, failures) };
  }
  if (context.plan.finally !== undefined) await walkFinally(context, context.plan.finally, state.ending);
  if (state.turn !== undefined) await giveBack(context);
  state.ended = { ...state.ending, at: effects.now() };
}

async function walkSteps(context: Context): Promise<Ending> {
  try {
    const flow = await runSteps(context.plan.steps, context);
    return { output: outputOf(flow, context) };
  } catch (thrown) {
    if (thrown instanceof Cancelled && thrown.reason.type !== 'budget-exceeded')
      return { error: thrown.reason, cancelled: true };
    return { error: thrown instanceof Cancelled ? thrown.reason : toProblem(thrown) };
  } finally {
    context.clock.stop();
  }
}

/** A failure in it is on record and changes nothing. */
async function walkFinally(context: Context, steps: readonly Step[], ending: Ending): Promise<void> {
  const last: Context = {
    ...context,
    prefix: FINALLY_PREFIX,
    cancel: new CancelToken(),
    status: statusOf(ending),
    free: true,
    ...(ending.error === undefined ? {} : { error: ending.error }),
  };
  await runSteps(steps, last).catch(() => undefined);
}

function statusOf({ error, cancelled }: Ending): ExecutionStatus {
  if (error === undefined) return 'completed';
  return cancelled === true ? 'cancelled' : 'failed';
}

function outputOf(flow: Flow, context: Context): Json {
  if (flow.kind === 'return' || context.plan.output === undefined) return flow.output ?? null;
  return renderAt(context, context.plan.output, { path: '', part: 'output' }) ?? null;
}
