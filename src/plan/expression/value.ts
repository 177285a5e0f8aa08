/** The values inside an evaluation: plain data, and four kinds that JSON lacks. */
import { isBlobReference } from '../blob';
import { fail } from './fault';

/** Milliseconds since 1970. */
export class Timestamp {
  constructor(readonly ms: number) {}
}

export class Duration {
  constructor(readonly ms: number) {}
}

export class Bytes {
  constructor(readonly data: Uint8Array) {}
}

/** A value that may be absent: what `.?` gives. */
export class Optional {
  static readonly none = new Optional(undefined);
  private constructor(readonly value: Value | undefined) {}
  static of(value: Value | undefined): Optional {
    return value === undefined ? Optional.none : new Optional(value);
  }
}

export type Value =
  null | boolean | number | string | Timestamp | Duration | Bytes | Optional | readonly Value[] | ValueObject;

export interface ValueObject {
  readonly [key: string]: Value;
}

export type Kind =
  | 'null'
  | 'boolean'
  | 'number'
  | 'text'
  | 'list'
  | 'object'
  | 'timestamp'
  | 'duration'
  | 'bytes'
  | 'optional'
  | 'large value';

export function kindOf(value: Value): Kind {
  if (typeof value === 'string') return 'text';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'boolean';
  if (value === null) return 'null';
  if (isList(value)) return 'list';
  if (value instanceof Timestamp) return 'timestamp';
  if (value instanceof Duration) return 'duration';
  if (value instanceof Bytes) return 'bytes';
  if (value instanceof Optional) return 'optional';
  return isBlobReference(value) ? 'large value' : 'object';
}

/** The kind with its article, and what to do where it is no use as it stands. */
export function describe(value: Value): string {
  const kind = kindOf(value);
  if (kind === 'optional') return 'an optional (give it a value with .orValue(…))';
  if (kind === 'large value')
    return 'a large stored value (only its .bytes and .mediaType can be read; a tool opens it)';
  if (kind === 'null' || kind === 'text' || kind === 'bytes') return kind;
  return kind === 'object' ? 'an object' : `a ${kind}`;
}

export function isValueObject(value: Value): value is ValueObject {
  return kindOf(value) === 'object';
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function finite(number: number): number {
  return Number.isFinite(number) ? number : fail('the result is no finite number (a division by zero, or too large)');
}

/** Sets an own property whatever its name: `__proto__` must not reach the prototype. */
export function put<T>(object: Record<string, T>, key: string, value: T): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else object[key] = value;
}
