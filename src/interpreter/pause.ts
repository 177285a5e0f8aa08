/**
 * Pausing an execution: no call begins any more, those that run end. Waits go on, and can be answered. The clocks of work stand still:
 * `maxMs` and the timeouts of steps; those of waits, whose time is people's and the calendar's, go on.
 */
import type { PauseNote } from '../plan/record';
import type { LiveState } from './state';

/** Pausing twice is pausing once: the first note stays. */
export function pause(state: LiveState, note: PauseNote): void {
  if (state.paused !== undefined || state.ended !== undefined) return;
  state.paused = note;
  tell(state);
}

/** Lets calls begin again; what waits for none is unaffected. Deadlines of work move by the time that was paused. */
export function unpause(state: LiveState, now: number): void {
  const { paused } = state;
  if (paused === undefined) return;
  delete state.paused;
  for (const record of state.records.values()) {
    const { path, kind, status, deadlineAt, startedAt } = record;
    if (deadlineAt === undefined || status !== 'running' || kind === 'wait' || kind === 'waitFor') continue;
    const stoodMs = now - Math.max(paused.since, startedAt);
    state.records.set(path, { ...record, deadlineAt: deadlineAt + Math.max(0, stoodMs) });
  }
  tell(state);
}

/** Resolves when the execution is next paused or goes on. */
export function nextTurn({ listeners }: LiveState): Promise<void> {
  return new Promise((resolve) => {
    const heard = (): void => {
      listeners.delete(heard);
      resolve();
    };
    listeners.add(heard);
  });
}

function tell({ listeners }: LiveState): void {
  for (const listener of [...listeners]) listener();
}
