/** An execution's side of its turn: asks the lock, waits for the answer, gives back. */
import {
  condition,
  defineSignal,
  getExternalWorkflowHandle,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { CancelToken } from '../src/interpreter/cancel-token';
import { OmniError, problemOf } from '../src/plan/problem';
import type { AskTurn, TurnAnswer, TurnOutcome, TurnRequest } from '../src/plan/turn';
import { ASK_TURN_ACTIVITY, fullDetail, GIVE_BACK_SIGNAL, TURN_SIGNAL } from '../src/plan/turn';

const turnSignal = defineSignal<[TurnAnswer]>(TURN_SIGNAL);
const giveBackSignal = defineSignal<[string]>(GIVE_BACK_SIGNAL);

const local = proxyLocalActivities<Record<string, AskTurn>>({
  startToCloseTimeout: '15s',
  retry: { initialInterval: '500ms', maximumInterval: '30s' },
});

export interface Turns {
  take(request: TurnRequest, cancel: CancelToken): Promise<TurnOutcome>;
  giveBack(lock: string): Promise<void>;
}

export function createTurns(): Turns {
  let answer: TurnAnswer | undefined;
  setHandler(turnSignal, (given) => {
    answer ??= given;
  });
  return {
    async take(request, cancel) {
      const ask = local[ASK_TURN_ACTIVITY];
      if (ask === undefined) throw new OmniError('internal', 'The activity that asks for turns is not there.');
      setCurrentDetails(`Waiting for its turn: at most ${request.limit} of ${request.definition} at once`);
      const lock = await ask(request);
      await condition(() => answer !== undefined || cancel.reason !== undefined);
      setCurrentDetails('');
      if (answer?.granted === true) return { status: 'granted', lock };
      if (answer !== undefined) return { status: 'refused', error: problemOf('conflict', fullDetail(request)) };
      await giveBack(lock);
      return { status: 'cancelled' };
    },
    giveBack,
  };
}

/** A lock that is gone has nothing to be told. */
async function giveBack(lock: string): Promise<void> {
  await getExternalWorkflowHandle(lock)
    .signal(giveBackSignal, workflowInfo().workflowId)
    .catch(() => undefined);
}
