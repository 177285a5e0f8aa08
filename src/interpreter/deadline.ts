/** Bounds a step by an absolute time, which is on its record. */
import { asError, problemOf } from '../plan/problem';
import { CancelToken, Cancelled } from './cancel-token';
import type { StepContext } from './context';
import { nextTurn } from './pause';

/** Runs the work; when the time comes it is cancelled, and the step fails as `timeout`. While the execution is paused no time passes. */
export async function withTimeout<T>(
  timeoutMs: number | undefined,
  context: StepContext,
  work: (bounded: StepContext) => Promise<T>,
): Promise<T> {
  if (timeoutMs === undefined) return work(context);
  const deadlineAt = context.record().deadlineAt ?? context.effects.now() + timeoutMs;
  context.amend({ deadlineAt });
  const late = problemOf(
    'timeout',
    `${context.path} did not end within ${timeoutMs} ms, so what ran in it was cancelled.`,
    {
      step: context.path,
    },
  );
  const bounded = new CancelToken(context.cancel);
  const timer = new CancelToken(context.cancel);
  if (deadlineAt <= context.effects.now() && context.state.paused === undefined) bounded.cancel(late);
  else arm(context, timer, () => bounded.cancel(late));
  try {
    return await work({ ...context, cancel: bounded });
  } catch (thrown) {
    if (thrown instanceof Cancelled && thrown.reason === late) throw asError(late);
    throw thrown;
  } finally {
    timer.cancel(late);
    timer.release();
    bounded.release();
  }
}

/** Calls back at the deadline on the record, which moves when the execution is paused, unless the timer is cancelled before. */
function arm(context: StepContext, timer: CancelToken, late: () => void): void {
  const { state, effects, record } = context;
  const { deadlineAt = Infinity } = record();
  void effects.sleep(Math.max(0, deadlineAt - effects.now()), timer).then(() => {
    if (timer.reason !== undefined) return;
    const again = (): void => arm(context, timer, late);
    if (state.paused !== undefined) void nextTurn(state).then(again);
    // Not by the clock: a timer may fire a moment early or late.
    else if (record().deadlineAt === deadlineAt) late();
    else again();
  });
}
