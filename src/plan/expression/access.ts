/** Reading fields and places: own properties only, and a clear difference between absent and wrong. */
import { own } from '../json';
import { fail } from './fault';
import type { Value } from './value';
import { Optional, describe, isList, kindOf } from './value';

/** The field's value, or undefined when it is absent. Throws when the target, `what` in the source, has no fields at all. */
export function readField(target: Value, name: string, what: string): Value | undefined {
  if (target instanceof Optional) return readFromOptional(target, (value) => readField(value, name, what));
  const kind = kindOf(target);
  if (kind === 'object') return own(target, name);
  if (kind !== 'large value') return fail(`${what} is ${describe(target)}, which has no fields`);
  return name === 'bytes' || name === 'mediaType' ? own(target, name) : fail(`${what} is ${describe(target)}`);
}

/** The element at a whole position from 0, or the field of that name; undefined when there is none. */
export function readIndex(target: Value, index: Value, what: string): Value | undefined {
  if (target instanceof Optional) return readFromOptional(target, (value) => readIndex(value, index, what));
  if (isList(target)) {
    if (typeof index !== 'number')
      return fail(`a position in the list ${what} must be a number, found ${describe(index)}`);
    if (!Number.isInteger(index)) return fail(`a position in the list ${what} must be a whole number`);
    return target[index];
  }
  if (typeof index !== 'string') return fail(`a field name of ${what} must be text, found ${describe(index)}`);
  return readField(target, index, what);
}

/** Once optional, the rest of the path is: `a.?b.c` is absent when `b` or `c` is. */
function readFromOptional(target: Optional, read: (value: Value) => Value | undefined): Optional {
  if (target.value === undefined) return Optional.none;
  const value = read(target.value);
  return value instanceof Optional ? value : Optional.of(value);
}
