/** Where an execution stands in a line of reruns, as Temporal tells it without a worker. */
import type { Client } from '@temporalio/client';
import type { ExecutionStatus } from '../plan/record';
import { isObject } from '../plan/json';
import { quoted } from './list';
import { statusOf } from './status';

export interface Rerun {
  readonly executionId: string;
  readonly status: ExecutionStatus;
  readonly startedAt: string;
  /** The step that it was told to begin with. */
  readonly from?: string;
}

/** What a rerun bears in its memo. */
export interface RerunMemo {
  readonly of: string;
  readonly origin: string;
  readonly from?: string;
}

export function rerunMemo(memo: Readonly<Record<string, unknown>> | undefined): RerunMemo | undefined {
  const rerun = memo?.['rerun'];
  if (!isObject(rerun) || typeof rerun['of'] !== 'string' || typeof rerun['origin'] !== 'string') return undefined;
  return rerun as unknown as RerunMemo;
}

/** Looked at in one line, children included. */
const MAX_LOOKED_AT = 200;

/** The reruns of one execution, oldest first; a new one shows up after a moment. Their ids begin with that of the first of the line. */
export async function rerunsOf(client: Client, executionId: string, origin: string): Promise<readonly Rerun[]> {
  const query = `WorkflowId STARTS_WITH ${quoted(`${origin}~`)} AND ExecutionStatus != 'ContinuedAsNew'`;
  const reruns: Rerun[] = [];
  let looked = 0;
  for await (const { workflowId, memo, status, startTime } of client.workflow.list({ query })) {
    const link = rerunMemo(memo);
    if (link?.of === executionId)
      reruns.push({
        executionId: workflowId,
        status: statusOf(status.name),
        startedAt: startTime.toISOString(),
        ...(link.from === undefined ? {} : { from: link.from }),
      });
    looked += 1;
    if (looked >= MAX_LOOKED_AT) break;
  }
  return reruns.reverse();
}
