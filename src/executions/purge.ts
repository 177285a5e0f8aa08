/** Deletes executions with all that is kept of them: in Temporal every run, theirs and those of what they started, and their rows here. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { OmniError } from '../plan/problem';
import { homeOf } from '../store/kept-execution-table';
import type { Store } from '../store/store';
import { asked } from './failure';
import type { FamilyMember } from './family';
import { familyOf, found, parentOf } from './family';

export interface PurgeDependencies {
  readonly client: Client;
  readonly taskQueue: string;
  readonly store: Pick<Store, 'kept'>;
}

export interface Purged {
  /** With those that it had started. */
  readonly executions: number;
  readonly runs: number;
  /** Large values that nobody else has. */
  readonly values: number;
  /** Idempotency keys. */
  readonly keys: number;
}

/**
 * Deletes a closed execution. What is interrupted can be done again: rows go first and the newest run last, so that it is still found.
 * Values of one that another execution started become that one's, which may refer to them. Throws `not-found`, and `conflict` while it, or
 * one that it started, still runs.
 */
export async function purgeExecution(deps: PurgeDependencies, executionId: string): Promise<Purged> {
  const { client } = deps;
  await unlessPurged(deps, executionId, () =>
    asked(executionId, () => client.workflow.getHandle(executionId).describe()),
  );
  const family = await familyOf(client, executionId);
  const running = family.find(({ open }) => open);
  if (running !== undefined)
    throw new OmniError(
      'conflict',
      running.executionId === executionId
        ? `The execution ${executionId} still runs, and nothing of it is deleted before it ends. Cancel it, or wait.`
        : `The execution ${running.executionId}, which ${executionId} started, still runs. Cancel it, or wait.`,
      { data: { running: running.executionId } },
    );
  const heir = await heirOf(deps, executionId);
  const counts = { executions: 0, runs: 0, values: 0, keys: 0 };
  for (const member of [...family].reverse()) {
    const { values, keys } = await purgeRows(deps, member.executionId, heir);
    await deleteRuns(client, member);
    await forget(deps, member.executionId);
    counts.executions += 1;
    counts.runs += member.runIds.length;
    counts.values += values;
    counts.keys += keys;
  }
  return counts;
}

/** What is left here of an execution that Temporal has deleted by itself. */
export async function purgeRemains(deps: PurgeDependencies, executionId: string): Promise<void> {
  await purgeRows(deps, executionId);
  await forget(deps, executionId);
}

/**
 * Answers about an execution that was deleted with `not-found`: also while Temporal, which deletes behind its answer (of one that has just
 * ended after half a minute), still has it.
 */
export async function unlessPurged<T>(
  deps: PurgeDependencies,
  executionId: string,
  request: () => Promise<T>,
): Promise<T> {
  const answer = request();
  const [at] = await Promise.all([purgedAt(deps, executionId), answer.catch(() => undefined)]);
  if (at === undefined) return answer;
  const description = await found(deps.client, executionId);
  if (description !== undefined && !isGone(description, at)) return answer;
  throw new OmniError(
    'not-found',
    `The execution ${executionId} was deleted at ${at.toISOString()}, because its retention had ended or somebody asked for it. Nothing of it is kept.`,
    { data: { purgedAt: at.toISOString() } },
  );
}

/** What Temporal says of an execution that it has, and that was not deleted. */
export async function standing(
  deps: PurgeDependencies,
  executionId: string,
): Promise<WorkflowExecutionDescription | undefined> {
  const description = await found(deps.client, executionId);
  const at = description?.closeTime && (await purgedAt(deps, executionId));
  return description !== undefined && at !== undefined && isGone(description, at) ? undefined : description;
}

/** An id may be used again: one that ended later is another. */
function isGone({ closeTime }: WorkflowExecutionDescription, purged: Date): boolean {
  return closeTime !== undefined && closeTime <= purged;
}

/** A database that does not answer must neither hide an execution nor keep whoever asks waiting. */
function purgedAt({ client, taskQueue, store }: PurgeDependencies, executionId: string): Promise<Date | undefined> {
  const known = store.kept.purgedAt(homeOf(client.options.namespace, taskQueue), executionId).catch(() => undefined);
  return Promise.race([known, delay(ANSWER_MS, undefined, { ref: false })]);
}

const ANSWER_MS = 1_000;

async function heirOf(deps: PurgeDependencies, executionId: string): Promise<string | undefined> {
  const description = await found(deps.client, executionId);
  const parent = description && parentOf(description);
  return parent !== undefined && (await standing(deps, parent)) !== undefined ? parent : undefined;
}

function purgeRows({ client, taskQueue, store }: PurgeDependencies, executionId: string, heir?: string) {
  return store.kept.removeRows(homeOf(client.options.namespace, taskQueue), executionId, heir);
}

function forget({ client, taskQueue, store }: PurgeDependencies, executionId: string): Promise<void> {
  return store.kept.forget(homeOf(client.options.namespace, taskQueue), executionId);
}

/** Run by run, each of which has ended: without a run's id Temporal would end one that began meanwhile. */
async function deleteRuns(client: Client, { executionId, runIds }: FamilyMember): Promise<void> {
  const { namespace } = client.options;
  for (const runId of runIds)
    await asked(executionId, () =>
      client.workflowService.deleteWorkflowExecution({
        namespace,
        workflowExecution: { workflowId: executionId, runId },
      }),
    ).catch((error: unknown) => {
      if (!(error instanceof OmniError) || error.problem.type !== 'not-found') throw error;
    });
}
