/** Pausing an execution and letting it go on: signals, so that they hold even while no worker runs. */
import { defineSignal, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import { pause, unpause } from '../src/interpreter/pause';
import type { LiveState } from '../src/interpreter/state';
import { PAUSE_SIGNAL, RESUME_SIGNAL } from '../src/plan/record';
import { isObject } from '../src/plan/json';
import type { Clock } from './clock';
import { statusAttribute } from './search-attributes';

const pauseSignal = defineSignal<[unknown]>(PAUSE_SIGNAL);
const resumeSignal = defineSignal(RESUME_SIGNAL);

/** Before the handler of all other signals is set, which would take those that came early. */
export function listenForSteering(state: LiveState, clock: Clock): void {
  state.listeners.add(() => showPaused(state));
  setHandler(pauseSignal, (given) => {
    const by = isObject(given) && typeof given['by'] === 'string' ? given['by'] : 'unverified';
    pause(state, { since: clock.now(), by });
  });
  setHandler(resumeSignal, () => unpause(state, clock.now()));
}

/** Without who did it: search attributes hold nothing of users. */
function showPaused({ paused }: LiveState): void {
  upsertSearchAttributes([{ key: statusAttribute, value: paused === undefined ? null : 'paused' }]);
}
