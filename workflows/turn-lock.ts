/**
 * The workflow type `lock:turns`: who holds a turn and who waits, in the order of asking. Handlers only note; the loop does the work, one
 * thing after the other. A holder that ended without a word (terminated, timed out) is found by asking Temporal whether it still runs.
 */
import {
  condition,
  defineQuery,
  defineSignal,
  getExternalWorkflowHandle,
  makeContinueAsNewFunc,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Json } from '../src/plan/json';
import { OmniError } from '../src/plan/problem';
import type { StillRunning, TurnAnswer, TurnAsk } from '../src/plan/turn';
import { ASK_SIGNAL, GIVE_BACK_SIGNAL, HOLDERS_QUERY, STILL_RUNNING_ACTIVITY, TURN_SIGNAL } from '../src/plan/turn';

const askSignal = defineSignal<[TurnAsk]>(ASK_SIGNAL);
const giveBackSignal = defineSignal<[string]>(GIVE_BACK_SIGNAL);
const turnSignal = defineSignal<[TurnAnswer]>(TURN_SIGNAL);
const holdersQuery = defineQuery<readonly string[]>(HOLDERS_QUERY);

/** While someone waits, holders are looked after so often at first, and at last. */
const FIRST_LOOK_MS = 1_000;
const LAST_LOOK_MS = 15_000;
/** While nobody waits: only so that a lock whose holders vanished ends too. */
const IDLE_LOOK_MS = 3_600_000;

interface Turns {
  readonly holders: readonly string[];
  readonly waiting: readonly TurnAsk[];
}

const activities = proxyActivities<Record<string, StillRunning>>({
  startToCloseTimeout: '1m',
  retry: { initialInterval: '500ms', maximumInterval: '30s' },
});

export async function runTurnLock(carried: Turns | undefined): Promise<Json> {
  const holders = new Set(carried?.holders);
  let waiting: readonly TurnAsk[] = carried?.waiting ?? [];
  let changed = false;
  setHandler(askSignal, (ask) => {
    waiting = [...waiting.filter(({ executionId }) => executionId !== ask.executionId), ask];
    changed = true;
  });
  setHandler(giveBackSignal, (id) => {
    holders.delete(id);
    waiting = waiting.filter(({ executionId }) => executionId !== id);
    changed = true;
  });
  setHandler(holdersQuery, () => [...holders]);

  const answer = async (ask: TurnAsk, granted: boolean): Promise<void> => {
    const reached = await getExternalWorkflowHandle(ask.executionId)
      .signal(turnSignal, { granted })
      .then(
        () => true,
        () => false,
      );
    if (granted && !reached) holders.delete(ask.executionId);
  };
  /** Grants what is free, in order; true when all that wait are to wait on. */
  const serve = async (): Promise<boolean> => {
    const next = waiting.find(({ executionId, limit }) => holders.has(executionId) || holders.size < limit);
    if (next === undefined) return true;
    waiting = waiting.filter((ask) => ask !== next);
    holders.add(next.executionId);
    await answer(next, true);
    return false;
  };

  for (let lookMs = FIRST_LOOK_MS; ;) {
    changed = false;
    while (!(await serve()));
    if (waiting.length > 0) {
      // Before anyone is refused, or waits on: some who hold a turn may have ended without giving it back.
      for (const id of await gone([...holders])) {
        holders.delete(id);
        changed = true;
      }
      if (changed) continue;
      const refused = waiting.filter(({ whenFull }) => whenFull === 'refuse');
      waiting = waiting.filter(({ whenFull }) => whenFull === 'queue');
      for (const ask of refused) await answer(ask, false);
    }
    if (changed) continue;
    if (holders.size === 0 && waiting.length === 0) return null;
    setCurrentDetails(`${holders.size} at work, ${waiting.length} waiting`);
    if (workflowInfo().continueAsNewSuggested)
      return makeContinueAsNewFunc<(argument: unknown, carried: Turns) => Promise<Json>>()(null, {
        holders: [...holders],
        waiting,
      });
    const news = await condition(() => changed, waiting.length > 0 ? lookMs : IDLE_LOOK_MS);
    lookMs = news ? FIRST_LOOK_MS : Math.min(LAST_LOOK_MS, lookMs * 2);
    if (!news && waiting.length === 0) for (const id of await gone([...holders])) holders.delete(id);
  }
}

async function gone(ids: readonly string[]): Promise<readonly string[]> {
  const stillRunning = activities[STILL_RUNNING_ACTIVITY];
  if (stillRunning === undefined)
    throw new OmniError('internal', 'The activity that looks after executions is not there.');
  const running = await stillRunning(ids);
  return ids.filter((id) => !running.includes(id));
}
