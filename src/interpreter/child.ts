/** Runs another execution, or a task of an agent, for a step: on a slice of the budget, through the gate, with its outcome on record. */
import type { ChildOutcome } from '../plan/child';
import type { JsonSchema } from '../plan/json';
import type { WorkflowStep } from '../plan/plan';
import { asError, OmniError } from '../plan/problem';
import { misfits } from '../plan/schema-fit';
import type { StepContext } from './context';
import { stillWanted } from './ledger';
import type { Slice } from './slice';
import { reserveSlice } from './slice';

export interface Child {
  /** As estimates and messages name it. */
  readonly what: string;
  /** JSON Schema that its output is held against. */
  readonly output?: JsonSchema;
  readonly budget?: NonNullable<WorkflowStep['budget']>;
  readonly run: (limits: Slice['limits']) => Promise<ChildOutcome>;
}

/** Runs another execution on a part of the budget and writes down what came of it, in one moment. Throws what it failed with. */
export async function runChild(context: StepContext, child: Child): Promise<void> {
  const { gate, clock } = context;
  const slice = await reserveSlice(context, { what: child.what, budget: child.budget });
  const held = gate.enter();
  if (held !== undefined) await held;
  try {
    if (held !== undefined) stillWanted(context, slice.settle);
    const outcome = await clock.during('call', () => child.run(slice.limits));
    slice.settle(outcome.usage);
    context.amend({ usage: outcome.usage });
    if (outcome.status === 'failed') throw asError({ ...outcome.error, step: context.path });
    if (outcome.status === 'cancelled') return;
    const [fault] = child.output === undefined ? [] : misfits(child.output, outcome.output, '');
    if (fault !== undefined)
      throw new OmniError(
        'tool-error',
        `The output of ${child.what} is not what ${context.path} declares: ${fault.pointer} ${fault.detail}`,
      );
    context.amend({ output: outcome.output });
  } finally {
    gate.leave();
  }
}
