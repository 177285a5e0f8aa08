/** Keeps workflow tasks small: local calls end in the workflow task that they began in, and its completion must fit one message. */
import { sleep } from '@temporalio/workflow';

/** Far below what fits into a message of 4 MiB, a marker being a few kilobytes. */
const CALLS_PER_TASK = 200;

/** To be asked before each local call: what to wait for, if anything. After so many calls a timer ends the workflow task. */
export function createBreath(): () => Promise<void> | undefined {
  let calls = 0;
  let pause: Promise<void> | undefined;
  const next = (): Promise<void> | undefined => {
    if (pause !== undefined) return pause.then(next);
    calls += 1;
    if (calls > CALLS_PER_TASK) {
      calls = 0;
      pause = sleep(1).finally(() => {
        pause = undefined;
      });
      return pause.then(next);
    }
    return undefined;
  };
  return next;
}
