/** A handoff looks for an agent of the other type as a task does at first; what it finds is noted. */
import { isCancellation, sleep } from '@temporalio/workflow';
import type { CancelToken } from '../src/interpreter/cancel-token';
import { ANY_CAPABILITY } from '../src/plan/agent';
import { FIRST_PAUSE_MS, LAST_PAUSE_MS, matchAgent, queueOf } from './agent-match';
import type { TaskRecord } from './agent-record';
import type { MainOptions } from './entry';
import type { MatchedRequest } from './matched-task';
import { under } from './under';

/** A model whose turns are paid for waits no longer, whatever a task may that has not begun. */
const LONGEST_WAIT_MS = 600_000;

/** For the loop of a task: it tells the record of its questions, and is placed anew when it is handed over. */
export function ofTask(
  { terms }: Pick<MatchedRequest, 'terms'>,
  record: TaskRecord,
  options: MainOptions,
): MainOptions {
  const place = async (agent: string, cancel: CancelToken): Promise<string | undefined> => {
    const until = Date.now() + Math.min(terms.waitMs, LONGEST_WAIT_MS);
    try {
      return await under(cancel, () => lookFor(agent, record, until));
    } catch (thrown) {
      if (!isCancellation(thrown)) throw thrown;
      return undefined;
    }
  };
  return { ...options, task: record, place };
}

async function lookFor(agent: string, record: TaskRecord, until: number): Promise<string | undefined> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LAST_PAUSE_MS, pauseMs * 2)) {
    const decision = await matchAgent({ agent, capability: ANY_CAPABILITY });
    if (decision.found) {
      await record.placedAnew(decision);
      return queueOf(decision);
    }
    const leftMs = until - Date.now();
    if (leftMs <= 0) return undefined;
    await sleep(Math.min(pauseMs, leftMs));
  }
}
