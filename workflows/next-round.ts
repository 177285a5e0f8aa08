/** The only caller of continue-as-new. */
import { allHandlersFinished, condition, makeContinueAsNewFunc } from '@temporalio/workflow';
import type { LiveState } from '../src/interpreter/state';
import { carry } from '../src/interpreter/state';
import type { Plan } from '../src/plan/plan';
import type { Problem } from '../src/plan/problem';
import { OmniError } from '../src/plan/problem';
import type { StartArgument } from '../src/plan/record';
import type { Main } from './entry';

/** Temporal refuses payloads of 2 MiB. */
const MAX_STATE_BYTES = 1_900_000;

/**
 * Continues as new with the plan and all that is on record. Waits for running handlers first: without that, updates that were
 * acknowledged vanish. The state is copied after that wait, in the same moment in which the run ends.
 */
export async function nextRound(plan: Plan, state: LiveState, cancelled: Problem | undefined): Promise<never> {
  await condition(allHandlersFinished);
  const carried = carry(cancelled === undefined ? state : { ...state, cancelled });
  const bytes = JSON.stringify(carried).length;
  if (bytes > MAX_STATE_BYTES)
    throw new OmniError(
      'too-large',
      `The execution holds ${bytes} bytes of results, over the limit of ${MAX_STATE_BYTES} that it can carry on with. Let steps return less.`,
    );
  // Payload and context are carried with the state; of the argument only the plan is read again.
  const argument: StartArgument = { omni: 1, plan, snapshot: carried.snapshot, payload: null, context: null };
  return makeContinueAsNewFunc<Main>()(argument, carried);
}
