/** Steps of executions for tests of the console, as the API tells them. */
import type { Step } from '../../web/shapes';

export const BEGAN = Date.parse('2026-01-05T10:00:00Z');

/** `after`: milliseconds since `BEGAN`. */
export function iso(after: number): string {
  return new Date(BEGAN + after).toISOString();
}

export function step(path: string, given: Partial<Step> = {}): Step {
  return {
    path,
    name: path.split('.').at(-1) ?? path,
    kind: 'tool',
    status: 'completed',
    attempts: 1,
    skipped: [],
    startedAt: iso(0),
    waitMs: 0,
    runMs: 0,
    calls: [],
    ...given,
  };
}

export function call(given: Partial<Step['calls'][number]> = {}): Step['calls'][number] {
  return { number: 1, status: 'completed', provider: 'local', attempts: 1, skipped: [], startedAt: iso(0), ...given };
}
