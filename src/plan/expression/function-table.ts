/** The shape of a table of functions. */
import type { Run } from './run';
import type { Value } from './value';

export interface FunctionEntry {
  /** Fewest and most arguments, the target of a method not counted. */
  readonly arity: readonly [number, number];
  /** The target of a method comes first. */
  readonly call: (args: readonly (Value | undefined)[], run: Run) => Value;
}

export type FunctionTable = Readonly<Record<string, FunctionEntry>>;
