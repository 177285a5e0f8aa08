/** What a `workflow` step asks, and what it gets. */
import type { Json } from './json';
import type { Problem } from './problem';
import type { ParentLink, Usage } from './record';

export interface ChildRequest {
  /** Id of the definition. */
  readonly workflow: string;
  /** Id of the new execution: the same on every attempt. */
  readonly executionId: string;
  readonly input: Json;
  readonly context: Json;
  /** False: it goes on by itself, and the outcome is its id. */
  readonly await: boolean;
  readonly parent: ParentLink;
}

export type ChildOutcome =
  | { readonly status: 'completed'; readonly output: Json; readonly usage: Usage }
  | { readonly status: 'failed'; readonly error: Problem; readonly usage: Usage }
  | { readonly status: 'cancelled'; readonly usage: Usage };

/** A chain of executions that call each other is cut here. */
export const MAX_DEPTH = 20;
