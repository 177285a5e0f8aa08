/** Every function and method of the language, by name. */
import type { FunctionEntry, FunctionTable } from './function-table';
import { DATA_FUNCTIONS, OPTIONAL_METHODS, SIZE } from './functions-data';
import { TEXT_METHODS } from './functions-text';
import { TIME_FUNCTIONS, TIME_METHODS } from './functions-time';

export const FUNCTIONS: FunctionTable = { ...DATA_FUNCTIONS, ...TIME_FUNCTIONS };
export const METHODS: FunctionTable = { size: SIZE, ...TEXT_METHODS, ...TIME_METHODS, ...OPTIONAL_METHODS };

/** `call` without a target is a function, with one a method. */
export function entryOf(name: string, isMethod: boolean): FunctionEntry | undefined {
  const table = isMethod ? METHODS : FUNCTIONS;
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
