/** What is told of an execution that has ended, for counting: names that definitions give, and numbers; nothing that anybody sent. */
import type { ExecutionStatus, StepStatus, Usage } from './record';

export interface EndedExecution {
  /** Id of the definition. */
  readonly workflow: string;
  readonly status: Extract<ExecutionStatus, 'completed' | 'failed' | 'cancelled'>;
  /** Type of the problem that it ended with. */
  readonly error?: string;
  readonly durationMs: number;
  readonly usage: Pick<Usage, 'inputTokens' | 'outputTokens' | 'costUsd'>;
  /** How many steps of each kind ended how, rounds of loops that were finished left out. */
  readonly steps: readonly { readonly kind: string; readonly status: StepStatus; readonly count: number }[];
}

/** What workflow code tells its worker, outside the history; not told again in a replay. */
export interface Sinks {
  readonly omni: { readonly ended: (execution: EndedExecution) => void };
}
