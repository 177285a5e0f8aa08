/** The arithmetic operators: one kind of number, text and lists that join, times that shift. */
import { fail } from './fault';
import { durationOf, timestampOf } from './functions-time';
import type { Meter } from './meter';
import type { Value } from './value';
import { Bytes, Duration, Timestamp, describe, finite, isList } from './value';

export type Arithmetic = (a: Value, b: Value, meter: Meter) => Value;

function add(a: Value, b: Value, meter: Meter): Value {
  if (typeof a === 'number' && typeof b === 'number') return finite(a + b);
  if (typeof a === 'string' && typeof b === 'string') {
    meter.grow(a.length + b.length);
    return a + b;
  }
  if (isList(a) && isList(b)) {
    meter.step(a.length + b.length);
    meter.grow((a.length + b.length) * 8);
    return [...a, ...b];
  }
  if (a instanceof Timestamp && b instanceof Duration) return timestampOf(a.ms + b.ms);
  if (a instanceof Duration && b instanceof Timestamp) return timestampOf(a.ms + b.ms);
  if (a instanceof Duration && b instanceof Duration) return durationOf(a.ms + b.ms);
  if (a instanceof Bytes && b instanceof Bytes) {
    meter.grow(a.data.length + b.data.length);
    return new Bytes(Uint8Array.from([...a.data, ...b.data]));
  }
  return mismatch('+', a, b);
}

function subtract(a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') return finite(a - b);
  if (a instanceof Timestamp && b instanceof Timestamp) return durationOf(a.ms - b.ms);
  if (a instanceof Timestamp && b instanceof Duration) return timestampOf(a.ms - b.ms);
  if (a instanceof Duration && b instanceof Duration) return durationOf(a.ms - b.ms);
  return mismatch('-', a, b);
}

function remainder(a: number, b: number): number {
  if (!Number.isInteger(a) || !Number.isInteger(b)) return fail('% needs whole numbers');
  return b === 0 ? fail('division by zero') : (a % b) + 0;
}

function numeric(operator: string, apply: (a: number, b: number) => number): Arithmetic {
  return (a, b) => (typeof a === 'number' && typeof b === 'number' ? finite(apply(a, b)) : mismatch(operator, a, b));
}

export function mismatch(operator: string, a: Value, b: Value): never {
  const advice =
    operator === '+' && (typeof a === 'string' || typeof b === 'string')
      ? '; make text of the other side with string(…)'
      : '';
  return fail(`"${operator}" does not go with ${describe(a)} and ${describe(b)}${advice}`);
}

export const ARITHMETIC: Readonly<Record<'+' | '-' | '*' | '/' | '%', Arithmetic>> = {
  '+': add,
  '-': subtract,
  '*': numeric('*', (a, b) => a * b),
  '/': numeric('/', (a, b) => (b === 0 ? fail('division by zero') : a / b)),
  '%': numeric('%', remainder),
};
