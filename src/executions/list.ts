/** Finds executions by asking Temporal's visibility store. */
import type { Client } from '@temporalio/client';
import { OWN_TYPES } from '../plan/own-types';
import type { ExecutionStatus } from '../plan/record';
import type { ExecutionSummary } from './execution';
import { asked } from './failure';
import { fromCursor, toCursor } from './history';
import { originOf } from './origin';
import { isOpen, VISIBILITY_STATUS } from './status';

export interface ExecutionFilter {
  readonly status?: ExecutionStatus;
  /** `running` means paused ones too. */
  readonly pausedToo?: true;
  /** Runs, and somebody has to answer something. */
  readonly waiting?: true;
  readonly workflow?: string;
  /** Started at this time or later. */
  readonly since?: Date;
  /** Ended before this time. */
  readonly endedBefore?: Date;
  readonly cursor?: string;
  /** At most this many, 1 to 200. */
  readonly limit: number;
}

export interface ExecutionPage {
  /** Newest first. */
  readonly executions: readonly ExecutionSummary[];
  readonly next?: string;
}

export interface ListDependencies {
  readonly client: Client;
  readonly taskQueue: string;
  readonly now: () => number;
}

/** Throws `validation` for a cursor that is not ours. A new execution shows up after a moment: visibility trails the engine. */
export async function listExecutions(
  { client, taskQueue, now }: ListDependencies,
  filter: ExecutionFilter,
): Promise<ExecutionPage> {
  const answer = await asked('', () =>
    client.workflowService.listWorkflowExecutions({
      namespace: client.options.namespace,
      pageSize: filter.limit,
      query: visibilityQuery(taskQueue, filter),
      ...(filter.cursor === undefined ? {} : { nextPageToken: fromCursor(filter.cursor) }),
    }),
  );
  const token = answer.nextPageToken;
  return {
    executions: (answer.executions ?? []).map((one) => summaryOf(one, now())),
    ...(token === undefined || token === null || token.length === 0 ? {} : { next: toCursor(token) }),
  };
}

/** Every value of a client stands in quotes, escaped: it can never become part of the query. */
export function visibilityQuery(
  taskQueue: string,
  { status, pausedToo, waiting, workflow, since, endedBefore }: ExecutionFilter,
): string {
  return [
    `TaskQueue = ${quoted(taskQueue)}`,
    status === undefined
      ? `ExecutionStatus != 'ContinuedAsNew'`
      : `ExecutionStatus IN (${VISIBILITY_STATUS[status].map(quoted).join(', ')})`,
    workflow === undefined
      ? `WorkflowType NOT IN (${OWN_TYPES.map(quoted).join(', ')})`
      : `WorkflowType = ${quoted(workflow)}`,
    ...(waiting === true ? [`ExecutionStatus = 'Running'`, 'OmniAwaiting IS NOT NULL'] : []),
    ...(status === 'paused' ? [`OmniStatus = 'paused'`] : []),
    ...(status === 'running' && pausedToo !== true ? [`(OmniStatus IS NULL OR OmniStatus != 'paused')`] : []),
    ...(since === undefined ? [] : [`StartTime >= ${quoted(since.toISOString())}`]),
    ...(endedBefore === undefined ? [] : [`CloseTime < ${quoted(endedBefore.toISOString())}`]),
  ].join(' AND ');
}

/** A text of a client as a literal of a visibility query. */
export function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

type Listed = NonNullable<
  Awaited<ReturnType<Client['workflowService']['listWorkflowExecutions']>>['executions']
>[number];
type Time = Listed['startTime'];

/** Temporal's `WorkflowExecutionStatus`, by number. */
const STATUS: readonly ExecutionStatus[] = [
  'running',
  'running',
  'completed',
  'failed',
  'cancelled',
  'terminated',
  'running',
  'failed',
];

function summaryOf(info: Listed, now: number): ExecutionSummary {
  const startedAt = millisOf(info.startTime) ?? now;
  const endedAt = millisOf(info.closeTime);
  const version = told(info, 'OmniVersion');
  const awaiting = told(info, 'OmniAwaiting');
  const status = shown(STATUS[info.status ?? 0] ?? 'running', told(info, 'OmniStatus'));
  const executionId = info.execution?.workflowId ?? '';
  const workflow = info.type?.name ?? '';
  return {
    executionId,
    runId: info.execution?.runId ?? '',
    workflow,
    ...(typeof version === 'string' ? { version } : {}),
    origin: originOf({ executionId, workflow, child: Boolean(info.parentExecution?.workflowId) }),
    status,
    // What it waited for last stays on it when it is ended.
    ...(isOpen(status) && Array.isArray(awaiting)
      ? { waitsFor: awaiting.map(String).filter((one) => !one.includes(':')) }
      : {}),
    startedAt: new Date(startedAt).toISOString(),
    ...(endedAt === undefined ? {} : { endedAt: new Date(endedAt).toISOString() }),
    duration: (endedAt ?? now) - startedAt,
  };
}

/** Temporal knows only that it runs; that it is paused it shows itself. */
function shown(status: ExecutionStatus, attribute: unknown): ExecutionStatus {
  return status === 'running' && attribute === 'paused' ? 'paused' : status;
}

/** The value of a search attribute. */
function told({ searchAttributes }: Listed, name: string): unknown {
  const data = searchAttributes?.indexedFields?.[name]?.data;
  return data === undefined || data === null ? undefined : (JSON.parse(Buffer.from(data).toString()) as unknown);
}

function millisOf(time: Time): number | undefined {
  if (time === undefined || time === null) return undefined;
  return Number(time.seconds ?? 0) * 1000 + Math.floor((time.nanos ?? 0) / 1e6);
}
