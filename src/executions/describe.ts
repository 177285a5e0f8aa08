/** Describes an execution: Temporal says whether it lives, a worker says where it stands, and history stands in for an absent worker. */
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type { Json } from '../plan/json';
import { own } from '../plan/json';
import type { Problem } from '../plan/problem';
import type { ExecutionState, ExecutionStatus, Usage } from '../plan/record';
import { addUsage, NO_USAGE } from '../plan/record';
import type { EngineError, Execution, ExecutionSummary, HistoryEvent } from './execution';
import { asked, problemOfFailure } from './failure';
import { readAllHistory, readHistory } from './history';
import { timelineOfHistory } from './history-timeline';
import { originOf } from './origin';
import { rerunMemo, rerunsOf } from './rerun-link';
import { STATUS_ATTRIBUTE, VERSION_ATTRIBUTE } from './start';
import { queryState } from './state';
import { isOpen, statusOf } from './status';
import { timelineOf } from './timeline';

/** A workflow task that nobody has taken for so long says that no engine worker runs. */
const UNTAKEN_MS = 10_000;

export interface DescribeDependencies {
  readonly client: Client;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Throws `not-found`, `provider-unavailable`. */
export async function describeExecution(
  { client, now }: DescribeDependencies,
  executionId: string,
): Promise<Execution> {
  const description = await asked(executionId, () => client.workflow.getHandle(executionId).describe());
  const summary = summaryOf(description, now());
  const engineError = await engineErrorOf(client, description, now());
  // A workflow task that fails over and over cannot answer a query either.
  const state = engineError === undefined ? await queryState(client, executionId) : undefined;
  const told =
    state === undefined ? await fromHistory(client, executionId, now()) : fromState(state, executionId, now());
  const ending = isOpen(summary.status) ? {} : await endingOf(client, executionId, summary.status, state);
  const line = await lineOf(client, description, summary.status);
  return { ...summary, ...line, ...told, ...ending, ...(engineError === undefined ? {} : { engineError }) };
}

/** Where it stands in a line of reruns. */
async function lineOf(
  client: Client,
  { workflowId, memo }: WorkflowExecutionDescription,
  status: ExecutionStatus,
): Promise<Pick<Execution, 'rerun' | 'reruns'>> {
  const rerun = rerunMemo(memo);
  // Nobody runs again what still runs; and a list that cannot be had must not hide the execution itself.
  const reruns = isOpen(status) ? [] : await rerunsOf(client, workflowId, rerun?.origin ?? workflowId).catch(() => []);
  return { ...(rerun === undefined ? {} : { rerun }), ...(reruns.length === 0 ? {} : { reruns }) };
}

function summaryOf(description: WorkflowExecutionDescription, now: number): ExecutionSummary {
  const { workflowId, runId, type, startTime, closeTime, parentExecution, typedSearchAttributes } = description;
  const version = typedSearchAttributes.get(VERSION_ATTRIBUTE);
  return {
    executionId: workflowId,
    runId,
    workflow: type,
    ...(version === undefined ? {} : { version }),
    origin: originOf({ executionId: workflowId, workflow: type, child: Boolean(parentExecution?.workflowId) }),
    status: statusShown(description),
    startedAt: startTime.toISOString(),
    ...(closeTime === undefined ? {} : { endedAt: closeTime.toISOString() }),
    duration: (closeTime?.getTime() ?? now) - startTime.getTime(),
  };
}

function statusShown({ status, typedSearchAttributes }: WorkflowExecutionDescription): ExecutionStatus {
  const known = statusOf(status.name);
  return known === 'running' && typedSearchAttributes.get(STATUS_ATTRIBUTE) === 'paused' ? 'paused' : known;
}

type Told = Pick<Execution, 'steps' | 'usage' | 'source'> &
  Partial<
    Pick<Execution, 'vars' | 'snapshot' | 'endUsage' | 'version' | 'startedAt' | 'duration' | 'rerun' | 'paused'>
  >;

function fromState(state: ExecutionState, executionId: string, now: number): Told {
  return {
    version: state.definition.version,
    // Of the first run, where Temporal describes the newest one.
    startedAt: new Date(state.startedAt).toISOString(),
    duration: (state.endedAt ?? now) - state.startedAt,
    steps: timelineOf(state, executionId, state.endedAt ?? now),
    usage: state.usage,
    endUsage: state.endUsage,
    vars: state.vars,
    ...(state.snapshot === undefined ? {} : { snapshot: state.snapshot }),
    ...(state.rerun === undefined ? {} : { rerun: state.rerun }),
    ...(state.paused === undefined
      ? {}
      : { paused: { since: new Date(state.paused.since).toISOString(), by: state.paused.by } }),
    source: 'state',
  };
}

async function fromHistory(client: Client, executionId: string, now: number): Promise<Told> {
  const steps = timelineOfHistory(await readAllHistory(client, executionId), now);
  const usage = steps.reduce<Usage>((sum, step) => addUsage(sum, step.usage ?? NO_USAGE), NO_USAGE);
  return { steps, usage, source: 'history' };
}

/** How it ended: from its state, or from the last event of its history. */
async function endingOf(
  client: Client,
  executionId: string,
  status: ExecutionStatus,
  state: ExecutionState | undefined,
): Promise<{ output?: Json; error?: Problem }> {
  if (status === 'completed' && state?.output !== undefined) return { output: state.output };
  if (status === 'failed' && state?.error !== undefined) return { error: state.error };
  try {
    const output = (await client.workflow.getHandle(executionId).result()) as Json | undefined;
    return output === undefined ? {} : { output };
  } catch (error) {
    return { error: state?.error ?? problemOfFailure(error instanceof Error ? (error.cause ?? error) : error) };
  }
}

async function engineErrorOf(
  client: Client,
  description: WorkflowExecutionDescription,
  now: number,
): Promise<EngineError | undefined> {
  const task = description.raw.pendingWorkflowTask;
  if (task === undefined || task === null) return undefined;
  const attempts = task.attempt ?? 1;
  const scheduledAt = Number(task.originalScheduledTime?.seconds ?? 0) * 1000;
  const since = scheduledAt === 0 ? {} : { since: new Date(scheduledAt).toISOString() };
  if (attempts > 1) {
    const { events } = await readHistory(client, description.workflowId, { limit: 10, backwards: true });
    return { detail: causeOf(events), attempts, ...since };
  }
  const untaken = task.startedTime === undefined || task.startedTime === null;
  return untaken && scheduledAt > 0 && now - scheduledAt > UNTAKEN_MS
    ? {
        detail: `No engine worker takes work from the queue ${description.taskQueue}. Start one: npm run worker -- engine.`,
        attempts,
        ...since,
      }
    : undefined;
}

/** `events`: newest first. */
function causeOf(events: readonly HistoryEvent[]): string {
  const failed = events.find(({ type }) => type === 'WorkflowTaskFailed' || type === 'WorkflowTaskTimedOut');
  if (failed?.type === 'WorkflowTaskFailed') {
    const message = own(failed.attributes['failure'], 'message');
    return `The workflow task fails: ${typeof message === 'string' ? message : JSON.stringify(failed.attributes['cause'])}`;
  }
  return 'The workflow task timed out on a worker, which may be overloaded or gone.';
}
