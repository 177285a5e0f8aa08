/** What the checking of one place in an expression knows, and where it reports. */
import type { Node, Span } from '../plan/expression/tree';
import type { Json } from '../plan/json';
import type { Bindings, Path } from './expression-presence';
import { union } from './expression-presence';
import type { Known, KnownField } from './expression-type';

/** Codes of findings; docs/errors.md explains each. */
export const EXPRESSION_CODES = [
  'expression-syntax',
  'expression-too-large',
  'unknown-root',
  'unknown-field',
  'unknown-function',
  'type-mismatch',
  'maybe-absent',
  'unknown-word',
  'invalid-pattern',
  'blob-inside',
] as const;

export type ExpressionCode = (typeof EXPRESSION_CODES)[number];

export interface ExpressionFinding {
  /** In UTF-16 units from the start of the source. */
  readonly offset: number;
  readonly length: number;
  readonly code: ExpressionCode;
  readonly message: string;
  /** What to write instead. */
  readonly suggestion?: string;
}

/** What is known of a place. */
export interface Judged {
  readonly type: Known;
  /** Its only value, where literals and enumerations decide it. */
  readonly constant?: Json;
}

export interface Context {
  readonly source: string;
  readonly roots: Readonly<Record<string, KnownField>>;
  /** Types of macro variables, by name; their numbers are in `bindings`. */
  readonly variables: ReadonlyMap<string, Known>;
  readonly bindings: Bindings;
  /** Paths proven to be there by the conditions around the place. */
  readonly present: ReadonlySet<Path>;
  /** Adds a finding and gives the type to go on with, so that one fault is told once. */
  readonly report: (at: Span, finding: Omit<ExpressionFinding, 'offset' | 'length'>) => { readonly kind: 'any' };
  /** What was found out of each node. */
  readonly types: Map<Node, Known>;
  readonly nextBinding: () => number;
  /** How often `report` was called. */
  readonly faults: () => number;
  /** Inside a part whose value is computed as a whole. */
  readonly folding: boolean;
}

export type Check = (node: Node, context: Context) => Judged;

export function assuming(context: Context, paths: ReadonlySet<Path>): Context {
  return paths.size === 0 ? context : { ...context, present: union(context.present, paths) };
}

export function binding(context: Context, name: string, type: Known): Context {
  const bindings = new Map(context.bindings).set(name, context.nextBinding());
  return { ...context, bindings, variables: new Map(context.variables).set(name, type) };
}

/** The place as written. */
export function written(context: Context, { start, end }: Span): string {
  return context.source.slice(start, end);
}
