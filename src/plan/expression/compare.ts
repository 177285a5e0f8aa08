/** Equality and order of values. Equality is deep and defined across kinds; order is only defined within one. */
import { MAX_DATA_DEPTH } from './convert';
import { fail } from './fault';
import type { Meter } from './meter';
import type { Value, ValueObject } from './value';
import { Bytes, Duration, Optional, Timestamp, describe, isList, kindOf } from './value';

export function equal(a: Value, b: Value, meter: Meter, depth = 0): boolean {
  meter.step();
  if (a === b) return true;
  if (typeof a !== 'object' && typeof b !== 'object') {
    if (typeof a === 'string' && typeof b === 'string') meter.step(a.length >> 6);
    return false;
  }
  const kinds = [kindOf(a), kindOf(b)] as const;
  if (kinds[0] !== kinds[1]) return differentKinds(a, b, kinds);
  if (depth > MAX_DATA_DEPTH) fail(`the values are nested deeper than ${MAX_DATA_DEPTH} levels`);
  if (a instanceof Timestamp || a instanceof Duration) return a.ms === (b as Timestamp | Duration).ms;
  if (a instanceof Bytes) return equalBytes(a.data, (b as Bytes).data, meter);
  if (a instanceof Optional) return equalOptionals(a, b as Optional, meter, depth);
  if (isList(a)) return equalLists(a, b as readonly Value[], meter, depth);
  return equalObjects(a as ValueObject, b as ValueObject, meter, depth);
}

function differentKinds(a: Value, b: Value, kinds: readonly [string, string]): false {
  if (a === null || b === null) return false;
  // False would be a silent answer to a question that was meant for the content.
  if (kinds.includes('optional')) fail(`${describe(Optional.none)} is compared with a plain value`);
  if (kinds.includes('large value'))
    fail(`${describe(kinds[0] === 'large value' ? a : b)} is compared with a plain value`);
  return false;
}

function equalBytes(a: Uint8Array, b: Uint8Array, meter: Meter): boolean {
  meter.step(a.length >> 6);
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function equalOptionals(a: Optional, b: Optional, meter: Meter, depth: number): boolean {
  if (a.value === undefined || b.value === undefined) return a.value === b.value;
  return equal(a.value, b.value, meter, depth + 1);
}

function equalLists(a: readonly Value[], b: readonly Value[], meter: Meter, depth: number): boolean {
  if (a.length !== b.length) return false;
  return a.every((item, i) => equal(item, b[i] as Value, meter, depth + 1));
}

function equalObjects(a: ValueObject, b: ValueObject, meter: Meter, depth: number): boolean {
  const keys = Object.keys(a).filter((key) => a[key] !== undefined);
  if (keys.length !== Object.keys(b).filter((key) => b[key] !== undefined).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && equal(a[key] as Value, b[key] as Value, meter, depth + 1));
}

/** Below 0, 0 or above 0. Numbers, texts (by UTF-16 unit), booleans (false first), timestamps and durations have an order. */
export function compare(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof Timestamp && b instanceof Timestamp) return a.ms - b.ms;
  if (a instanceof Duration && b instanceof Duration) return a.ms - b.ms;
  return fail(`${describe(a)} and ${describe(b)} have no order`);
}
