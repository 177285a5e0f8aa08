/** Durations of steps and defaults. */
import { parseDuration } from '../../plan/duration';
import type { Compilation } from '../compilation';
import type { Report } from '../report';
import type { Entry } from '../tree';
import { describe } from '../tree';

/** Milliseconds; `undefined` when the key is missing or faulty. */
export function readDuration(report: Report, entry: Entry | undefined): number | undefined {
  if (entry === undefined) return undefined;
  const { value, key } = entry;
  const written =
    value.kind === 'scalar' && (typeof value.value === 'string' || typeof value.value === 'number')
      ? value.value
      : undefined;
  const ms = written === undefined ? undefined : parseDuration(written);
  if (ms !== undefined) return ms;
  const rule = 'whole milliseconds, or a number with ms, s, m, h or d such as 30s; above 0 and at most 365d';
  report.add('invalid-duration', value.range, `The key ${key} is a duration: ${rule}. This is ${describe(value)}.`);
  return undefined;
}

/** The member `timeoutMs` of a step that it bounds as a whole. */
export function timeoutOf(cx: Compilation, entry: Entry | undefined): { readonly timeoutMs?: number } {
  const timeoutMs = readDuration(cx.report, entry);
  return timeoutMs === undefined ? {} : { timeoutMs };
}
