/** Work that was taken a moment too early waits for its slot. */
import { Context } from '@temporalio/activity';
import type { AgentWork } from './agent-work';

/** Runs the work when there is a slot for it; rejects with the signal's reason when that comes before. */
export type Hold = <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T>;

const HEARTBEAT_MS = 2_000;

/** While it waits Temporal is told what an earlier attempt told last, for the next one to hear. */
export function inSlot(work: AgentWork, hold: Hold): AgentWork {
  return (request) => {
    const activity = Context.current();
    const waiting = setInterval(() => activity.heartbeat(activity.info.heartbeatDetails), HEARTBEAT_MS);
    const begun = hold(activity.cancellationSignal, () => {
      clearInterval(waiting);
      return work(request);
    });
    return begun.finally(() => clearInterval(waiting));
  };
}
