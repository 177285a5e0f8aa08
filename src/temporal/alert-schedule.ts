/** The rounds that look at alerts, as Temporal's clients see them: the Schedule that starts them, and what is left of them. */
import type { Client } from '@temporalio/client';
import { ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import { ALERT_ROUND_TYPE } from '../plan/alert';

/** Puts the Schedule in place, unless it is. A round that nobody runs ends by itself, so that it is never in the way of the next; what is missed is not made up for. */
export async function putAlertSchedule(client: Client, taskQueue: string): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId: `omni-alerts:${taskQueue}`,
      spec: { intervals: [{ every: '30s' }] },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1m' },
      action: {
        type: 'startWorkflow',
        workflowType: ALERT_ROUND_TYPE,
        workflowId: `alerts:${taskQueue}`,
        taskQueue,
        args: [],
        workflowExecutionTimeout: '2m',
      },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}

/** Of gRPC. */
const NOT_FOUND = 5;
/** More than one round leaves, so that what an outage has left goes too. */
const AT_ONCE = 50;

/** Deletes rounds that have ended: there are thousands a day, and what they found stands in the database. */
export async function forgetRounds(client: Client, taskQueue: string): Promise<void> {
  const { namespace } = client.options;
  const quoted = taskQueue.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  const { executions } = await client.workflowService.listWorkflowExecutions({
    namespace,
    pageSize: AT_ONCE,
    query: `TaskQueue = '${quoted}' AND WorkflowType = '${ALERT_ROUND_TYPE}' AND ExecutionStatus != 'Running'`,
  });
  for (const { execution } of executions ?? []) {
    // Without a run's id Temporal would delete one that has begun meanwhile.
    if (!execution?.runId) continue;
    await client.workflowService
      .deleteWorkflowExecution({ namespace, workflowExecution: execution })
      .catch((error: unknown) => {
        // Lists trail: it is gone already.
        if ((error as { readonly code?: unknown }).code !== NOT_FOUND) throw error;
      });
  }
}
