/** Bounds a step by an absolute time, which is on its record. */
import type { Problem } from '../plan/problem';
import { asError, problemOf } from '../plan/problem';
import { CancelToken, Cancelled } from './cancel-token';
import type { Context, StepContext } from './context';

/** Runs the work; when the time comes it is cancelled, and the step fails as `timeout`. */
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
  return withDeadline(deadlineAt, late, context, (cancel) => work({ ...context, cancel }));
}

/** Runs the work under a token that is cancelled with `late` at `deadlineAt`; being cancelled that way is thrown as `late`. */
export async function withDeadline<T>(
  deadlineAt: number,
  late: Problem,
  { effects, cancel }: Context,
  work: (cancel: CancelToken) => Promise<T>,
): Promise<T> {
  const bounded = new CancelToken(cancel);
  const timer = new CancelToken(cancel);
  const remainingMs = deadlineAt - effects.now();
  if (remainingMs <= 0) bounded.cancel(late);
  else
    void effects.sleep(remainingMs, timer).then(() => {
      if (timer.reason === undefined) bounded.cancel(late);
    });
  try {
    return await work(bounded);
  } catch (thrown) {
    if (thrown instanceof Cancelled && thrown.reason === late) throw asError(late);
    throw thrown;
  } finally {
    timer.cancel(late);
    timer.release();
    bounded.release();
  }
}
