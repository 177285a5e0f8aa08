/** What a function takes for its arguments, or a fault that names the function. */
import { fail } from './fault';
import type { Value, ValueObject } from './value';
import { describe, isList, isValueObject } from './value';

export function text(value: Value | undefined, name: string): string {
  return typeof value === 'string' ? value : wrong(value, name, 'text');
}

export function number(value: Value | undefined, name: string): number {
  return typeof value === 'number' ? value : wrong(value, name, 'a number');
}

export function whole(value: Value | undefined, name: string): number {
  const found = number(value, name);
  return Number.isInteger(found) ? found : fail(`${name} needs a whole number`);
}

export function list(value: Value | undefined, name: string): readonly Value[] {
  return value !== undefined && isList(value) ? value : wrong(value, name, 'a list');
}

export function object(value: Value | undefined, name: string): ValueObject {
  return value !== undefined && isValueObject(value) ? value : wrong(value, name, 'an object');
}

export function wrong(value: Value | undefined, name: string, needed: string): never {
  return fail(`${name} needs ${needed}, found ${value === undefined ? 'nothing' : describe(value)}`);
}
