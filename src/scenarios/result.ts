/** What came of a scenario. */
import type { Json } from '../plan/json';
import type { Problem } from '../plan/problem';
import type { StepStatus } from '../plan/record';
import type { Difference } from './difference';

export interface ScenarioResult {
  readonly name: string;
  readonly description?: string;
  /** Where it is written, if in a file. */
  readonly file?: string;
  readonly passed: boolean;
  /** Real milliseconds. */
  readonly duration: number;
  /** Virtual milliseconds of all its executions. */
  readonly virtualDuration: number;
  /** RFC 3339. */
  readonly startedAt: string;
  /** What ran the executions. */
  readonly engine: 'virtual' | 'temporal';
  readonly steps: readonly ScenarioStepResult[];
  /** Of all steps. */
  readonly differences: readonly Difference[];
  /** Why it could not be run to its end. */
  readonly error?: Problem;
  /** JSON Pointers of payload fields that were left out and filled. */
  readonly filled: readonly string[];
  /** Answers that were made up by type, because there is no mock, or one that says nothing. */
  readonly madeUp: readonly string[];
}

export interface ScenarioStepResult {
  readonly action: string;
  readonly passed: boolean;
  readonly workflow?: string;
  readonly version?: string;
  /** As `expectedOutput` sees it. */
  readonly output?: Json;
  /** Virtual milliseconds. */
  readonly duration: number;
  /** On a server: under which id it is kept there. */
  readonly executionId?: string;
  readonly path?: readonly { readonly step: string; readonly status: StepStatus }[];
}
