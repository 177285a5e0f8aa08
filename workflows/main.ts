/** The workflow function behind every definition: admits the type, runs the execution, and lets nothing but Temporal's failures out. */
import { ApplicationFailure, CancelledFailure, ContinueAsNew, workflowInfo } from '@temporalio/workflow';
import type { Runners } from '../src/interpreter/context';
import type { CarriedState } from '../src/interpreter/state';
import type { Json } from '../src/plan/json';
import { toProblem } from '../src/plan/problem';
import { refusal } from './admission';
import { runExecution } from './execution';
import { asFailure } from './failure';

/** What tests change to prove the frame around the interpreter. */
export interface MainOptions {
  readonly runners?: Runners;
  /** Replaces the server's advice on when to continue as new. */
  readonly continueDue?: () => boolean;
}

/** First argument: a `StartArgument`, or a definition's bare payload. Second: what the run before carried over. */
export type Main = (argument: unknown, carried?: CarriedState) => Promise<Json>;

export function createMain(options: MainOptions = {}): Main {
  return async function main(argument, carried) {
    const refused = refusal(workflowInfo().workflowType);
    if (refused !== undefined) throw asFailure(refused);
    try {
      return await runExecution(argument, carried, options);
    } catch (thrown) {
      if (thrown instanceof ContinueAsNew || thrown instanceof CancelledFailure || thrown instanceof ApplicationFailure)
        throw thrown;
      // A plain Error would fail the workflow task, which Temporal retries for ever.
      throw asFailure(toProblem(thrown));
    }
  };
}
