/** The only caller of continue-as-new. */
import { allHandlersFinished, condition, makeContinueAsNewFunc } from '@temporalio/workflow';
import { storeLoops } from '../src/interpreter/loop-results';
import type { LiveState } from '../src/interpreter/state';
import { carry } from '../src/interpreter/state';
import type { BlobReference } from '../src/plan/blob';
import { jsonBytes } from '../src/plan/json';
import type { Plan } from '../src/plan/plan';
import type { Problem } from '../src/plan/problem';
import type { StartArgument } from '../src/plan/record';
import type { Timetable } from '../src/plan/timetable';
import { pack, pieceList, tooLarge } from './carried';
import type { Main } from './entry';
import { storeList, storesLists } from './stored-list';

/**
 * Continues as new with the plan and all that is on record. Waits for running handlers first: without that, updates that were
 * acknowledged vanish. The state is copied after that wait, in the same moment in which the run ends; when something of it has to
 * be stored first, during which it may change, it is copied anew.
 */
export async function nextRound(
  plan: Plan,
  state: LiveState,
  {
    cancelled,
    timetable,
    again = {},
  }: {
    readonly cancelled: () => Problem | undefined;
    readonly timetable: Timetable | undefined;
    readonly again?: object | undefined;
  },
): Promise<never> {
  const pieces = new Map<string, BlobReference>();
  for (;;) {
    await condition(allHandlersFinished);
    const reason = cancelled();
    const copy = carry(reason === undefined ? state : { ...state, cancelled: reason });
    const packed = pack(copy, pieces);
    if ('carried' in packed) {
      // Payload and context are carried with the state; of the argument only the plan is read again.
      const argument: StartArgument = {
        ...again,
        omni: 1,
        plan,
        snapshot: copy.snapshot,
        payload: null,
        context: null,
        ...(timetable === undefined ? {} : { timetable }),
      };
      return makeContinueAsNewFunc<Main>()(argument, packed.carried);
    }
    if (!storesLists()) throw tooLarge(jsonBytes(copy));
    if (await storeLoops(state, { store: storeList })) continue;
    for (const piece of packed.missing) pieces.set(piece, await storeList([pieceList(piece)]));
  }
}
