/** The attempts of an execution's calls, as its trace tells them: histories keep only the last one of each call. */
import type { Trace } from '../shapes';

export interface Attempt {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly number: number;
  readonly provider?: string;
  readonly failed: boolean;
}

/** By path of the step, in order of time. */
export type Attempts = ReadonlyMap<string, readonly Attempt[]>;

/** What only waited for a limit is left out: it is a part of the wait. */
export function attemptsIn(spans: Trace['spans'], executionId: string): Attempts {
  const found = new Map<string, Attempt[]>();
  for (const { attributes, startTime, duration, status } of spans) {
    const path = attributes['omni.step.path'];
    const number = attributes['omni.attempt'];
    const provider = attributes['omni.provider'];
    if (attributes['omni.execution.id'] !== executionId || attributes['omni.postponed'] === true) continue;
    if (typeof path !== 'string' || typeof number !== 'number') continue;
    const from = Date.parse(startTime);
    const attempt = { from, to: from + duration, number, failed: status === 'error' };
    found.set(path, [...(found.get(path) ?? []), { ...attempt, ...(typeof provider === 'string' && { provider }) }]);
  }
  for (const attempts of found.values()) attempts.sort((a, b) => a.from - b.from);
  return found;
}
