/** Timestamps and durations (https://github.com/google/cel-spec/blob/master/doc/langdef.md#timezones). */
import { text, wrong } from './argument';
import { fail } from './fault';
import type { FunctionEntry, FunctionTable } from './function-table';
import type { Value } from './value';
import { Duration, Timestamp } from './value';

const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;
/** The years 1 to 9999. */
const [EARLIEST_MS, LATEST_MS] = [-62_135_596_800_000, 253_402_300_799_999];
const UNIT_MS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
  d: 86_400_000,
};
const DURATION = /^[+-]?(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|[dhms]))+$/;

export function timestampOf(ms: number): Timestamp {
  const whole = Math.floor(ms);
  if (whole >= EARLIEST_MS && whole <= LATEST_MS) return new Timestamp(whole);
  return fail('the timestamp lies outside the years 1 to 9999');
}

export function durationOf(ms: number): Duration {
  return Math.abs(ms) <= LATEST_MS - EARLIEST_MS ? new Duration(ms) : fail('the duration is longer than 10,000 years');
}

/** Undefined when the text is no RFC 3339 timestamp. */
export function parseTimestamp(value: string): Timestamp | undefined {
  const found = RFC_3339.exec(value);
  if (!found) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const offsetMinutes =
    found[8] === undefined ? 0 : (found[8] === '-' ? -1 : 1) * (Number(found[9]) * 60 + Number(found[10]));
  if (hour > 23 || minute > 59 || second > 59 || Number(found[9] ?? 0) > 23 || Number(found[10] ?? 0) > 59)
    return undefined;
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, day);
  // A day that the month does not have would roll over into the next one.
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return undefined;
  const fraction = Math.floor(Number(found[7] ?? 0) * 1000);
  return timestampOf(midnight.getTime() + ((hour * 60 + minute - offsetMinutes) * 60 + second) * 1000 + fraction);
}

/** Undefined when the text is no duration such as `90s`, `1h30m` or `-1.5h`. */
export function parseCelDuration(value: string): Duration | undefined {
  if (value.length > 100 || !DURATION.test(value)) return undefined;
  let ms = 0;
  for (const [, amount, unit] of value.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|[dhms])/g))
    ms += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0);
  return durationOf(value.startsWith('-') ? -ms : ms);
}

function toTimestamp(value: Value | undefined): Timestamp {
  if (value instanceof Timestamp) return value;
  if (typeof value === 'number') return timestampOf(value * 1000);
  if (typeof value !== 'string') return wrong(value, 'timestamp()', 'text or seconds since 1970');
  return parseTimestamp(value) ?? fail('timestamp() needs RFC 3339 text such as "2026-01-31T08:00:00Z"');
}

function toDuration(value: Value | undefined): Duration {
  if (value instanceof Duration) return value;
  return parseCelDuration(text(value, 'duration()')) ?? fail('duration() needs text such as "90s" or "1h30m"');
}

export const TIME_FUNCTIONS: FunctionTable = {
  timestamp: { arity: [1, 1], call: ([a]) => toTimestamp(a) },
  duration: { arity: [1, 1], call: ([a]) => toDuration(a) },
  now: { arity: [0, 0], call: (_, run) => timestampOf(run.now()) },
  uuid: { arity: [0, 0], call: (_, run) => run.scope.uuid() },
};

/** A timestamp's wall clock in a zone (IANA name or `+02:00`), as a date whose UTC parts are the zone's. */
function wallClock(timestamp: Timestamp, zone: string): Date {
  const fixed = /^([+-]?)(\d{2}):(\d{2})$/.exec(zone);
  if (fixed)
    return new Date(timestamp.ms + (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3])) * 60_000);
  if (zone === 'UTC') return new Date(timestamp.ms);
  const parts = new Map(
    zoneFormat(zone)
      .formatToParts(timestamp.ms)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  const date = new Date(Date.UTC(2000, part('month') - 1, part('day'), part('hour'), part('minute'), part('second')));
  date.setUTCFullYear(part('year'), part('month') - 1, part('day'));
  date.setUTCMilliseconds(((timestamp.ms % 1000) + 1000) % 1000);
  return date;
}

/** Opening a time zone costs far more than asking it. */
const ZONE_STEPS = 2_000;
const zones = new Map<string, Intl.DateTimeFormat>();

function zoneFormat(zone: string): Intl.DateTimeFormat {
  const known = zones.get(zone);
  if (known) return known;
  try {
    const numeric = {
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    } as const;
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      hourCycle: 'h23',
      ...numeric,
    });
    if (zones.size < 50) zones.set(zone, format);
    return format;
  } catch {
    return fail('the time zone is unknown; write an IANA name such as "Europe/Madrid"');
  }
}

function dayOfYear(date: Date): number {
  const start = new Date(date);
  start.setUTCMonth(0, 1);
  return Math.round((date.getTime() - start.getTime()) / 86_400_000);
}

/** `ofDuration`: the same word asked of a duration gives the whole of it in that unit, cut to whole. */
function part(name: string, ofDate: (date: Date) => number, ofDurationMs?: number): FunctionEntry {
  return {
    arity: [0, 1],
    call: ([a, zone], run) => {
      if (a instanceof Duration && ofDurationMs !== undefined && zone === undefined)
        return Math.trunc(a.ms / ofDurationMs) + 0;
      if (!(a instanceof Timestamp))
        return wrong(a, `${name}()`, ofDurationMs === undefined ? 'a timestamp' : 'a timestamp or duration');
      if (zone === undefined) return ofDate(new Date(a.ms));
      const place = text(zone, `${name}()`);
      run.make(`zone ${place}`, ZONE_STEPS);
      run.meter.step(40);
      return ofDate(wallClock(a, place));
    },
  };
}

export const TIME_METHODS: FunctionTable = {
  getFullYear: part('getFullYear', (date) => date.getUTCFullYear()),
  getMonth: part('getMonth', (date) => date.getUTCMonth()),
  getDate: part('getDate', (date) => date.getUTCDate()),
  getDayOfMonth: part('getDayOfMonth', (date) => date.getUTCDate() - 1),
  getDayOfWeek: part('getDayOfWeek', (date) => date.getUTCDay()),
  getDayOfYear: part('getDayOfYear', dayOfYear),
  getHours: part('getHours', (date) => date.getUTCHours(), 3_600_000),
  getMinutes: part('getMinutes', (date) => date.getUTCMinutes(), 60_000),
  getSeconds: part('getSeconds', (date) => date.getUTCSeconds(), 1_000),
  getMilliseconds: part('getMilliseconds', (date) => date.getUTCMilliseconds(), 1),
};
