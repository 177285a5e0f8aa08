/** `concurrency`: waits for the execution's turn before its first step, and gives it back after its last. */
import { canonical } from '../plan/json';
import { OmniError, toProblem } from '../plan/problem';
import type { TurnOutcome } from '../plan/turn';
import { Cancelled } from './cancel-token';
import type { Context } from './context';
import { renderAt } from './scope';
import type { Ending } from './state';

/** Lets the next one be at work. */
export async function giveBack({ state, effects }: Context): Promise<void> {
  if (state.turn !== undefined && state.turn !== '') await effects.giveBack(state.turn);
}

/** How the execution ends when it does not get its turn: then nothing of it has run, and nothing runs. */
export async function takeTurn(context: Context): Promise<Ending | undefined> {
  const { state } = context;
  if (state.turn !== undefined || state.ending !== undefined) return undefined;
  try {
    const outcome = await ask(context);
    if (outcome.status === 'refused') return { error: outcome.error };
    if (outcome.status === 'granted') state.turn = outcome.lock ?? '';
    // What was cancelled in the meantime goes no further, but gives its turn back.
    context.cancel.throwIfCancelled();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof Cancelled) return { error: thrown.reason, cancelled: true };
    return { error: toProblem(thrown) };
  }
}

async function ask(context: Context): Promise<TurnOutcome> {
  const { plan, effects, cancel, clock } = context;
  if (plan.concurrency === undefined) throw new OmniError('internal', `${plan.id} has no concurrency to wait for.`);
  const { key, limit, whenFull } = plan.concurrency;
  const value = key === undefined ? null : renderAt(context, key, { path: '', part: 'concurrency.key' });
  const request = { definition: plan.id, key: canonical(value ?? null), limit, whenFull };
  return clock.during('wait', () => effects.turn(request, cancel));
}
