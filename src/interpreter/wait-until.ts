/** Waiting inside the walk. */
import { CancelToken } from './cancel-token';
import type { Context } from './context';

/** Resolves at a time (milliseconds since 1970), or when `woken` does; throws when the step is cancelled meanwhile. */
export async function waitUntil(context: Context, at: number | undefined, woken?: Promise<void>): Promise<void> {
  const { effects, gate, cancel, clock } = context;
  const closed = gate.wait();
  if (closed !== undefined) await closed;
  const timer = new CancelToken(cancel);
  const ends: Promise<void>[] = [new Promise<void>((resolve) => cancel.onCancel(resolve))];
  if (at !== undefined) ends.push(effects.sleep(Math.max(0, at - effects.now()), timer));
  if (woken !== undefined) ends.push(woken);
  try {
    await clock.during('wait', () => Promise.race(ends));
  } finally {
    timer.cancel(cancel.reason ?? { type: 'cancelled', title: '', status: 409, detail: 'The wait is over.' });
    timer.release();
  }
  cancel.throwIfCancelled();
}
