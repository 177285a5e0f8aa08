/** Whether anybody takes work from a task queue. */
import type { Connection } from '@temporalio/client';

export interface QueueOf {
  readonly connection: Connection;
  readonly namespace: string;
  readonly taskQueue: string;
}

/** A worker asks anew after a minute at most; Temporal remembers it for five. */
const GONE_MS = 90_000;

/** How many workers have asked for workflow tasks lately. */
export async function countPollers({ connection, namespace, taskQueue }: QueueOf): Promise<number> {
  // 1: of workflows (temporal.api.enums.v1.TaskQueueType).
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: 1,
  });
  const lately = (pollers ?? []).filter(
    ({ lastAccessTime }) => Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1_000 < GONE_MS,
  );
  return lately.length;
}
