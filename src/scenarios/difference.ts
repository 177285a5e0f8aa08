/** What was expected and what came instead, place by place. */
import type { Json } from '../plan/json';
import { canonical, isObject, own } from '../plan/json';

export interface Difference {
  /** `expect.outputs.coach_feedback.score`, `steps[0].expectedOutput.status`. */
  readonly path: string;
  /** Absent: nothing was expected there. */
  readonly expected?: Json;
  /** Absent: there was nothing. */
  readonly got?: Json;
  /** Where the two values do not say it. */
  readonly note?: string;
}

/** A partial match: what is expected must be there and equal; objects may hold more, lists may not. */
export function differences(path: string, expected: Json, got: Json | undefined): readonly Difference[] {
  if (isObject(expected) && isObject(got))
    return Object.entries(expected).flatMap(([key, value]) => differences(below(path, key), value, own(got, key)));
  if (Array.isArray(expected) && Array.isArray(got)) {
    const [wanted, there] = [expected as readonly Json[], got as readonly Json[]];
    const inner = wanted
      .slice(0, there.length)
      .flatMap((value, index) => differences(`${path}[${index}]`, value, there[index]));
    return wanted.length === there.length
      ? inner
      : [...inner, { path: `${path}.length`, expected: wanted.length, got: there.length }];
  }
  if (got !== undefined && canonical(expected) === canonical(got)) return [];
  return [{ path, expected, ...(got === undefined ? {} : { got }) }];
}

export function matches(expected: Json, got: Json | undefined): boolean {
  return differences('', expected, got).length === 0;
}

export function below(path: string, key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}
