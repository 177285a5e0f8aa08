/** Durations as definitions write them: `500ms`, `30s`, `1.5h`, `90d`, or whole milliseconds. */

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

/** 365 days. */
export const MAX_DURATION_MS = 365 * 86_400_000;

/** Milliseconds: whole, above 0, at most 365 days. Undefined when the value is no such duration. */
export function parseDuration(value: string | number): number | undefined {
  const ms = typeof value === 'number' ? value : textMs(value);
  if (ms === undefined || !Number.isInteger(ms) || ms <= 0 || ms > MAX_DURATION_MS) return undefined;
  return ms;
}

function textMs(value: string): number | undefined {
  const found = /^(\d{1,12}(?:\.\d{1,9})?)(ms|s|m|h|d)$/.exec(value.trim());
  const unit = UNITS.find(([name]) => name === found?.[2]);
  if (!found || !unit) return undefined;
  const ms = Number(found[1]) * unit[1];
  // 1.1 × 1000 is 1100.0000000000002.
  return Math.abs(ms - Math.round(ms)) < 1e-6 * Math.max(1, ms) ? Math.round(ms) : undefined;
}

/** The shortest exact writing with one unit: 90000 → `90s`, 3600000 → `1h`, 1500 → `1500ms`. */
export function formatDuration(ms: number): string {
  const [name, size] = UNITS.find(([, unitMs]) => ms !== 0 && ms % unitMs === 0) ?? ['ms', 1];
  return `${ms / size}${name}`;
}
