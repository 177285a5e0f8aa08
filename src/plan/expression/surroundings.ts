/** What the compilation of a place in an expression knows, and what it makes. */
import type { Run } from './run';
import type { Node, Span } from './tree';
import type { Value } from './value';

/** Computes one place of the tree. */
export type Code = (run: Run) => Value;
/** The same for a path whose last field may be absent. */
export type PathCode = (run: Run) => Value | undefined;
export type Compile = (node: Node, around: Surroundings) => Code;

/** The source, and the macro variables around the place, outermost first: their positions are slots of `run.locals`. */
export interface Surroundings {
  readonly source: string;
  readonly variables: readonly string[];
}

export function within(around: Surroundings, variable: string): Surroundings {
  return { ...around, variables: [...around.variables, variable] };
}

/** The place as written, on one line and shortened: what a message calls it. */
export function excerpt(source: string, { start, end }: Span): string {
  return shorten(source.slice(start, end), 60);
}

export function shorten(text: string, length: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
}
