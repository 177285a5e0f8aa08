/** Turns of executions: asks their locks, and looks who has ended without giving back. */
import { Context } from '@temporalio/activity';
import type { AskTurn, StillRunning } from '../src/plan/turn';
import { ASK_SIGNAL, TURN_LOCK_TYPE } from '../src/plan/turn';
import { stillRunning, turnLockId } from '../src/temporal/turn-lock';

/** Starts the lock if there is none. */
export const askTurn: AskTurn = async ({ definition, key, limit, whenFull }) => {
  const { client, info } = Context.current();
  const lock = turnLockId(definition, key);
  const ask = { executionId: info.workflowExecution?.workflowId ?? '', limit, whenFull };
  await client.workflow.signalWithStart(TURN_LOCK_TYPE, {
    workflowId: lock,
    taskQueue: info.taskQueue,
    args: [null],
    staticSummary: `Turns of ${definition}`,
    signal: ASK_SIGNAL,
    signalArgs: [ask],
  });
  return lock;
};

export const lookAfter: StillRunning = (ids) => stillRunning(Context.current().client, ids);
