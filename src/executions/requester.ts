/** Who asked for an execution: it stands in the memo, and he answers none of its questions to people. */
import type { Client } from '@temporalio/client';
import { OmniError } from '../plan/problem';
import { asked } from './failure';

const REQUESTER = 'requestedBy';

export function requesterMemo(by: string | undefined): { readonly memo?: Readonly<Record<string, unknown>> } {
  return by === undefined ? {} : { memo: { [REQUESTER]: by } };
}

/** Whoever asked for the execution, or for the one whose child it is. Throws `not-found`. */
export async function requesterOf(client: Client, executionId: string): Promise<string | undefined> {
  const described = await asked(executionId, () => client.workflow.getHandle(executionId).describe());
  const root = described.raw.workflowExecutionInfo?.rootExecution?.workflowId;
  const { memo } =
    root === undefined || root === null || root === executionId
      ? described
      : await asked(root, () => client.workflow.getHandle(root).describe()).catch(() => described);
  const by = memo?.[REQUESTER];
  return typeof by === 'string' ? by : undefined;
}

/** Throws `authorization` for whoever asked for the execution, or for the one whose child it is; `not-found`. */
export async function refuseRequester(client: Client, executionId: string, by: string): Promise<void> {
  if ((await requesterOf(client, executionId)) === by)
    throw new OmniError('authorization', `${by} asked for this execution, so somebody else has to answer.`);
}
