/** Functions over numbers, lists and objects, and the conversions between kinds. */
import { list, number, object, wrong } from './argument';
import { compare } from './compare';
import { toText } from './convert';
import { fail } from './fault';
import type { FunctionEntry, FunctionTable } from './function-table';
import { textSize } from './functions-text';
import type { Meter } from './meter';
import type { Value } from './value';
import { Bytes, Optional, Timestamp, finite, isValueObject, kindOf } from './value';

export const SIZE: FunctionEntry = {
  arity: [0, 0],
  call: ([a], { meter }) => {
    if (typeof a === 'string') {
      meter.step(a.length >> 6);
      return textSize(a);
    }
    if (a instanceof Bytes) return a.data.length;
    if (Array.isArray(a)) return a.length;
    if (a !== undefined && isValueObject(a)) return Object.keys(a).filter((key) => a[key] !== undefined).length;
    return wrong(a, 'size()', 'text, a list or an object');
  },
};

/** Half away from zero, as in CEL's math extension; without minus zero. */
function round(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value)) + 0;
}

function rounding(name: string, direction: (value: number) => number): FunctionEntry {
  return { arity: [1, 1], call: ([a]) => direction(number(a, name)) + 0 };
}

/** The least element by `sign` 1, the greatest by -1. */
function extreme(name: string, sign: 1 | -1): FunctionEntry {
  return {
    arity: [1, 1],
    call: ([a], { meter }) => {
      const [first, ...rest] = list(a, name);
      if (first === undefined) return fail(`${name} of an empty list; test size() first`);
      meter.step(rest.length);
      compare(first, first);
      return rest.reduce((best, item) => (sign * compare(item, best) < 0 ? item : best), first);
    },
  };
}

function toNumber(value: Value | undefined, name: string): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(value))
    return finite(Number(value));
  if (typeof value === 'string') return fail(`${name} needs a text that holds one number and nothing else`);
  return wrong(value, name, 'a number or text');
}

function toInteger(value: Value | undefined, name: string): number {
  if (value instanceof Timestamp) return Math.floor(value.ms / 1000);
  if (typeof value === 'string' && !/^[+-]?\d+$/.test(value))
    return fail(`${name} needs a text that holds one whole number and nothing else`);
  const result = Math.trunc(toNumber(value, name)) + 0;
  return Number.isSafeInteger(result) ? result : fail(`${name} gives a number too large to be exact (beyond 2^53)`);
}

const WORDS: Readonly<Record<string, boolean>> = {
  true: true,
  True: true,
  TRUE: true,
  t: true,
  '1': true,
  false: false,
  False: false,
  FALSE: false,
  f: false,
  '0': false,
};

function toBoolean(value: Value | undefined): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return wrong(value, 'bool()', 'a boolean or text');
  return (Object.hasOwn(WORDS, value) ? WORDS[value] : undefined) ?? fail('bool() needs the text "true" or "false"');
}

function toBytes(value: Value | undefined, meter: Meter): Bytes {
  if (value instanceof Bytes) return value;
  if (typeof value !== 'string') return wrong(value, 'bytes()', 'text');
  meter.grow(value.length);
  return new Bytes(Uint8Array.from(new TextEncoder().encode(value)));
}

export const DATA_FUNCTIONS: FunctionTable = {
  size: { ...SIZE, arity: [1, 1] },
  round: rounding('round()', round),
  floor: rounding('floor()', Math.floor),
  ceil: rounding('ceil()', Math.ceil),
  min: extreme('min()', 1),
  max: extreme('max()', -1),
  sum: {
    arity: [1, 1],
    call: ([a], { meter }) => {
      const items = list(a, 'sum()');
      meter.step(items.length);
      return finite(items.reduce<number>((total, item) => total + number(item, 'sum()'), 0));
    },
  },
  keys: {
    arity: [1, 1],
    call: ([a], { meter }) => {
      const fields = object(a, 'keys()');
      const names = Object.keys(fields).filter((key) => fields[key] !== undefined);
      meter.step(names.length);
      return names;
    },
  },
  values: {
    arity: [1, 1],
    call: ([a], { meter }) => {
      const fields = Object.values(object(a, 'values()')).filter((field) => field !== undefined);
      meter.step(fields.length);
      return fields;
    },
  },
  int: { arity: [1, 1], call: ([a]) => toInteger(a, 'int()') },
  uint: {
    arity: [1, 1],
    call: ([a]) => {
      const result = toInteger(a, 'uint()');
      return result >= 0 ? result : fail('uint() of a negative number');
    },
  },
  double: { arity: [1, 1], call: ([a]) => toNumber(a, 'double()') },
  bool: { arity: [1, 1], call: ([a]) => toBoolean(a) },
  bytes: { arity: [1, 1], call: ([a], { meter }) => toBytes(a, meter) },
  string: {
    arity: [1, 1],
    call: ([a], { meter }) => {
      const result = toText(a ?? null, meter);
      meter.grow(result.length);
      return result;
    },
  },
  dyn: { arity: [1, 1], call: ([a]) => a ?? null },
  type: { arity: [1, 1], call: ([a]) => (kindOf(a ?? null) === 'text' ? 'string' : kindOf(a ?? null)) },
};

function optional(value: Value | undefined, name: string): Optional {
  return value instanceof Optional ? value : wrong(value, name, 'an optional (read the field with .?)');
}

/** `or` and `orValue` are not here: they look at their argument only when they need it. */
export const OPTIONAL_METHODS: FunctionTable = {
  hasValue: { arity: [0, 0], call: ([a]) => optional(a, 'hasValue()').value !== undefined },
  value: {
    arity: [0, 0],
    call: ([a]) => {
      const { value } = optional(a, 'value()');
      return value === undefined ? fail('value() of an empty optional; use .orValue(…)') : value;
    },
  },
};
