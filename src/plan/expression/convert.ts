/** Values → plain JSON and text: total, and metered, because shared parts can unfold without end. */
import type { Json } from '../json';
import { fail } from './fault';
import type { Meter } from './meter';
import type { Value, ValueObject } from './value';
import { Bytes, Duration, Optional, Timestamp, describe, finite, isList, kindOf, put } from './value';

/** Deeper data is refused rather than walked. */
export const MAX_DATA_DEPTH = 500;

/** What a value takes in memory, about: it bounds the time as well. */
const SCALAR_BYTES = 24;
const CONTAINER_BYTES = 96;

/** A timestamp becomes RFC 3339, a duration seconds (`90s`); bytes and optionals have no JSON. */
export function toJson(value: Value, meter: Meter, depth = 0): Json {
  if (depth > MAX_DATA_DEPTH) fail(`the value is nested deeper than ${MAX_DATA_DEPTH} levels`);
  meter.grow(typeof value === 'string' ? SCALAR_BYTES + value.length : SCALAR_BYTES);
  if (typeof value === 'number') return finite(value);
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Timestamp) return timestampText(value);
  if (value instanceof Duration) return durationText(value);
  if (value instanceof Bytes) return fail('bytes cannot become JSON; make text of them with string(…)');
  if (value instanceof Optional) return fail(`the result holds ${describe(value)}`);
  meter.grow(CONTAINER_BYTES);
  return isList(value) ? listJson(value, meter, depth) : objectJson(value, meter, depth);
}

function listJson(list: readonly Value[], meter: Meter, depth: number): Json {
  return list.map((item) => toJson(item, meter, depth + 1));
}

function objectJson(object: ValueObject, meter: Meter, depth: number): Json {
  const result: Record<string, Json> = {};
  for (const key of Object.keys(object)) {
    const field = object[key];
    if (field === undefined) continue;
    meter.grow(key.length);
    put(result, key, toJson(field, meter, depth + 1));
  }
  return result;
}

/** What `string(…)` and interpolation print: lists and objects as JSON. */
export function toText(value: Value, meter: Meter): string {
  if (typeof value === 'string') return value;
  if (value instanceof Bytes) return utf8Text(value);
  if (value instanceof Optional || kindOf(value) === 'large value') fail(`${describe(value)} cannot become text`);
  const json = toJson(value, meter);
  return typeof json === 'string' ? json : JSON.stringify(json);
}

function utf8Text(bytes: Bytes): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes.data);
  } catch {
    return fail('the bytes are no UTF-8 text');
  }
}

/** RFC 3339 in UTC, milliseconds only where there are any. */
export function timestampText(timestamp: Timestamp): string {
  return new Date(timestamp.ms).toISOString().replace('.000Z', 'Z');
}

export function durationText(duration: Duration): string {
  return `${duration.ms / 1000}s`;
}
