/** Durations of steps and defaults. */
import { formatDuration, parseDuration } from '../../plan/duration';
import type { Compilation } from '../compilation';
import type { Range, Report } from '../report';
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

/** A wait that the timeout around it always ends is no wait. */
export function checkBound(cx: Compilation, range: Range, ms: number | undefined): void {
  const { boundMs } = cx.scope;
  if (ms === undefined || boundMs === undefined || ms <= boundMs) return;
  const message = `This lasts ${formatDuration(ms)}, and a timeout around it ends everything after ${formatDuration(boundMs)}. Shorten it, or raise the timeout.`;
  cx.report.add('wait-too-long', range, message);
}

/** Without a word about faults: they are told where the timeout is compiled. */
export function boundOf(entry: Entry | undefined): number | undefined {
  const value = entry?.value.kind === 'scalar' ? entry.value.value : undefined;
  return typeof value === 'string' || typeof value === 'number' ? parseDuration(value) : undefined;
}

/** The member `timeoutMs` of a step that it bounds as a whole. */
export function timeoutOf(cx: Compilation, entry: Entry | undefined): { readonly timeoutMs?: number } {
  const timeoutMs = readDuration(cx.report, entry);
  return timeoutMs === undefined ? {} : { timeoutMs };
}
