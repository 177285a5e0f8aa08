/** The workflow function behind every definition: admits the type, runs the execution, and lets nothing but Temporal's failures out. */
import { ApplicationFailure, CancelledFailure, ContinueAsNew, workflowInfo } from '@temporalio/workflow';
import { AGENT_TASK_TYPE } from '../src/plan/agent';
import { AGENT_INBOX_TYPE } from '../src/plan/agent-message';
import { ALERT_ROUND_TYPE } from '../src/plan/alert';
import { TURN_LOCK_TYPE } from '../src/plan/turn';
import { toProblem } from '../src/plan/problem';
import { refusal } from './admission';
import { runAlertRound } from './alert-round';
import { runAgentInbox } from './agent-inbox';
import { runAgentTask } from './agent-task';
import type { Main, MainOptions } from './entry';
import { runExecution } from './execution';
import { asFailure } from './failure';
import { runTurnLock } from './turn-lock';

export function createMain(options: MainOptions = {}): Main {
  return async function main(argument, carried) {
    const { workflowType } = workflowInfo();
    const refused = refusal(workflowType);
    if (refused !== undefined) throw asFailure(refused);
    try {
      if (workflowType === AGENT_TASK_TYPE) return await runAgentTask(argument, carried, options);
      if (workflowType === AGENT_INBOX_TYPE)
        return await runAgentInbox(argument, carried as unknown as Parameters<typeof runAgentInbox>[1]);
      if (workflowType === TURN_LOCK_TYPE) return await runTurnLock(carried as Parameters<typeof runTurnLock>[0]);
      if (workflowType === ALERT_ROUND_TYPE) return await runAlertRound();
      return await runExecution(argument, carried, options);
    } catch (thrown) {
      if (thrown instanceof ContinueAsNew || thrown instanceof CancelledFailure || thrown instanceof ApplicationFailure)
        throw thrown;
      // A plain Error would fail the workflow task, which Temporal retries for ever.
      throw asFailure(toProblem(thrown));
    }
  };
}
