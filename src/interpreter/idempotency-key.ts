/** What a step's calls are known by at the far side: the same on every attempt, after continuing as new and in every rerun. */
import type { LiveState } from './state';

/** Of a call, before its number; of a child execution, whose own keys begin with it. */
export function keyStem(state: Pick<LiveState, 'origin' | 'undone'>, path: string, between: '/' | '.'): string {
  const times = undoneTimes(state, path);
  // What was undone is done anew under another key: the old one would only bring back the answer that no longer holds.
  return `${state.origin}${between}${path}${times === 0 ? '' : `~${times}`}`;
}

function undoneTimes({ undone = {} }: Pick<LiveState, 'undone'>, path: string): number {
  return Object.entries(undone).reduce((sum, [one, times]) => (isWithin(path, one) ? sum + times : sum), 0);
}

/** Whether a path is that of the step or of something that the step holds. */
export function isWithin(path: string, step: string): boolean {
  return path === step || path.startsWith(`${step}.`) || path.startsWith(`${step}[`);
}
