/** The clock of `guards.budget.maxMs`: it stands still while nothing but waits goes on, and while a paused execution makes no call. */
import type { Problem } from '../plan/problem';
import { problemOf } from '../plan/problem';
import { CancelToken } from './cancel-token';
import type { Effects } from './effects';
import type { LiveState } from './state';

export interface BudgetClock {
  /** Counts a `wait` or `waitFor` from its beginning to its end. */
  during<T>(what: 'wait' | 'call', work: () => Promise<T>): Promise<T>;
  stop(): void;
}

/** Cancels the token with `budget-exceeded` when the time is used up. */
export function startClock(
  {
    state,
    effects,
    maxMs,
  }: { readonly state: LiveState; readonly effects: Effects; readonly maxMs: number | undefined },
  cancel: CancelToken,
): BudgetClock {
  const under = { wait: 0, call: 0 };
  let timer: CancelToken | undefined;
  const run = (): void => {
    if (maxMs === undefined) return;
    const remainingMs = state.startedAt + state.waitedMs + maxMs - effects.now();
    if (remainingMs <= 0) return cancel.cancel(late(maxMs));
    const mine = new CancelToken();
    timer = mine;
    void effects.sleep(remainingMs, mine).then(() => {
      if (mine.reason === undefined) cancel.cancel(late(maxMs));
    });
  };
  const halt = (): void => {
    timer?.cancel(problemOf('cancelled', 'The clock stands still.'));
    timer = undefined;
  };
  const update = (): void => {
    const idle = under.call === 0 && (under.wait > 0 || state.paused !== undefined);
    if (idle && state.pausedAt === undefined) {
      state.pausedAt = effects.now();
      halt();
    } else if (!idle && state.pausedAt !== undefined) {
      state.waitedMs += effects.now() - state.pausedAt;
      delete state.pausedAt;
      run();
    }
  };
  // Carried over from a round that was waiting, the pause goes on until the walk says otherwise.
  if (state.pausedAt === undefined) run();
  const counted: BudgetClock['during'] = async (what, work) => {
    under[what] += 1;
    update();
    try {
      return await work();
    } finally {
      under[what] -= 1;
      update();
    }
  };
  // Without a limit nothing has to be counted.
  if (maxMs === undefined) return { during: (_, work) => work(), stop: halt };
  state.listeners.add(update);
  const stop = (): void => {
    state.listeners.delete(update);
    halt();
  };
  return { during: counted, stop };
}

function late(maxMs: number): Problem {
  return problemOf(
    'budget-exceeded',
    `The execution worked for more than ${maxMs} ms, so what ran was cancelled. Raise guards.budget.maxMs or shorten the steps' timeouts.`,
    { data: { limit: 'time' } },
  );
}
