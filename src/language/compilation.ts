/** What every part of the compiler shares while one definition is compiled. */
import type { RetryRule } from '../plan/plan';
import type { ToolRegistry } from '../tools/registry';
import type { KnownDefinitions } from './known-definitions';
import type { NamedTypes } from './named-types';
import type { Report } from './report';
import type { Scope } from './scope';
import type { StepNames } from './step-names';
import type { Entry } from './tree';
import type { Type } from './type';

export interface Compilation {
  readonly report: Report;
  /** The definition's id, where it has a good one. */
  readonly id: string | undefined;
  /** CloudEvents types that start it. */
  readonly events: readonly string[];
  /** Other definitions; absent: nothing is known of any. */
  readonly definitions: KnownDefinitions | undefined;
  /** Ids of the definitions that its steps execute. */
  readonly calls: Set<string>;
  /** What its `return` steps give. */
  readonly returns: Type[];
  readonly registry: ToolRegistry;
  readonly types: NamedTypes;
  /** Every step name of the file, wherever it stands. */
  readonly names: StepNames;
  readonly scope: Scope;
  /** Roots that are the same everywhere: `trigger`, `flags`, `settings`, `execution`. */
  readonly roots: Readonly<Record<string, Type>>;
  readonly defaults: { readonly timeoutMs?: number; readonly retry?: RetryRule };
  readonly fallbacks: Fallbacks;
  /** Personal data are replaced before a call leaves. */
  readonly redacts: boolean;
}

/** `guards.fallbacks`: entries by tool category, and which of them a step has used. */
export interface Fallbacks {
  readonly byCategory: ReadonlyMap<string, Entry>;
  readonly used: Set<string>;
}
