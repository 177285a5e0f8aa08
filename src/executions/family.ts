/** An execution as Temporal keeps it: all its runs, and the executions that it started, with theirs. */
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { asked, requestError } from './failure';
import { quoted } from './list';
import { isOpen, statusOf } from './status';

export interface FamilyMember {
  readonly executionId: string;
  readonly open: boolean;
  /** Oldest first; the last is the one that the id alone stands for. */
  readonly runIds: readonly string[];
}

/** The execution first, then what it started, level by level. Throws `not-found`, `provider-unavailable`. */
export async function familyOf(client: Client, executionId: string): Promise<readonly FamilyMember[]> {
  const members: FamilyMember[] = [];
  const wanted = new Map<string, string | undefined>([[executionId, undefined]]);
  for (const [id, parent] of wanted) {
    const description = parent === undefined ? await describe(client, id) : await found(client, id);
    // An id that was taken already when the child was to start is somebody else's.
    if (description === undefined || (parent !== undefined && parentOf(description) !== parent)) continue;
    const { runIds, children } = await runsOf(client, description);
    members.push({ executionId: id, open: isOpen(statusOf(description.status.name)), runIds });
    for (const child of children) if (!wanted.has(child)) wanted.set(child, id);
  }
  return members;
}

/** Undefined when Temporal has no such execution. */
export async function found(client: Client, executionId: string): Promise<WorkflowExecutionDescription | undefined> {
  try {
    return await client.workflow.getHandle(executionId).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw requestError(error, executionId);
  }
}

/** Id of the execution that started it, and counts on it. */
export function parentOf({ parentExecution }: WorkflowExecutionDescription): string | undefined {
  return parentExecution?.workflowId || undefined;
}

function describe(client: Client, executionId: string): Promise<WorkflowExecutionDescription> {
  return asked(executionId, () => client.workflow.getHandle(executionId).describe());
}

interface Runs {
  readonly runIds: readonly string[];
  readonly children: readonly string[];
}

/** Follows the runs back from the newest, and takes those that the visibility store knows beside them: of a reset, of an earlier use of the id. */
async function runsOf(client: Client, { workflowId, runId }: WorkflowExecutionDescription): Promise<Runs> {
  const others: string[] = [];
  for await (const one of client.workflow.list({ query: `WorkflowId = ${quoted(workflowId)}` })) others.push(one.runId);
  const chain: string[] = [];
  const children = new Set<string>();
  const read = async (first: string): Promise<void> => {
    for (let next: string | undefined = first; next !== undefined && !chain.includes(next);) {
      const run = await readRun(client, workflowId, next);
      if (run === undefined) return;
      chain.push(next);
      run.children.forEach((child) => children.add(child));
      next = run.before;
    }
  };
  for (const first of [runId, ...others]) await read(first);
  return { runIds: chain.reverse(), children: [...children] };
}

interface Run {
  readonly children: readonly string[];
  /** The run that continued as this one. */
  readonly before?: string;
}

/** Payloads stay closed: ids are all that is looked for. Undefined: it is gone already. */
async function readRun(client: Client, workflowId: string, runId: string): Promise<Run | undefined> {
  const children: string[] = [];
  let before: string | undefined;
  let nextPageToken: Uint8Array | undefined;
  do {
    const page = await client.workflowService
      .getWorkflowExecutionHistory({
        namespace: client.options.namespace,
        execution: { workflowId, runId },
        maximumPageSize: 1000,
        ...(nextPageToken === undefined ? {} : { nextPageToken }),
      })
      .catch((error: unknown) => {
        if ((error as { readonly code?: unknown }).code === NOT_FOUND) return undefined;
        throw requestError(error, workflowId);
      });
    if (page === undefined) return undefined;
    for (const event of page.history?.events ?? []) {
      before ??= event.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || undefined;
      const child = event.startChildWorkflowExecutionInitiatedEventAttributes?.workflowId;
      if (child) children.push(child);
    }
    nextPageToken = page.nextPageToken?.length ? page.nextPageToken : undefined;
  } while (nextPageToken !== undefined);
  return { children, ...(before === undefined ? {} : { before }) };
}

/** gRPC, https://grpc.io/docs/guides/status-codes/. */
const NOT_FOUND = 5;
