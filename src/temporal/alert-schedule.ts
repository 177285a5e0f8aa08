/** The Temporal Schedule that looks at alerts. */
import type { Client } from '@temporalio/client';
import { ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import { ALERT_ROUND_TYPE } from '../plan/alert';

/** Puts it in place, unless it is. A round that nobody runs ends by itself, so that it is never in the way of the next; what is missed is not made up for. */
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
