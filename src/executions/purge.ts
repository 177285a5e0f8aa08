/** Deletes executions with all that is kept of them: in Temporal every run, theirs and those of what they started, and their rows here. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { OmniError } from '../plan/problem';
import { homeOf } from '../store/kept-execution-table';
import type { Store } from '../store/store';
import { asked, notFound } from './failure';
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

/** Temporal deletes behind its answer. */
const GONE_WITHIN_MS = 10_000;

/**
 * Deletes a closed execution. What is interrupted can be done again: rows go first and the newest run last, so that it is still found.
 * Values of one that another execution started become that one's, which may refer to them. Throws `not-found`, and `conflict` while it, or
 * one that it started, still runs.
 */
export async function purgeExecution(deps: PurgeDependencies, executionId: string): Promise<Purged> {
  const { client } = deps;
  const family = await familyOf(client, executionId).catch(async (error: unknown) => {
    throw (await goneError(deps, executionId, error)) ?? error;
  });
  const running = family.find(({ open }) => open);
  if (running !== undefined)
    throw new OmniError(
      'conflict',
      running.executionId === executionId
        ? `The execution ${executionId} still runs, and nothing of it is deleted before it ends. Cancel it, or wait.`
        : `The execution ${running.executionId}, which ${executionId} started, still runs. Cancel it, or wait.`,
      { data: { running: running.executionId } },
    );
  const heir = await heirOf(client, executionId);
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
  for (const until = Date.now() + GONE_WITHIN_MS; Date.now() < until && (await found(client, executionId));)
    await delay(50);
  return counts;
}

/** What is left here of an execution that Temporal has deleted by itself. */
export async function purgeRemains(deps: PurgeDependencies, executionId: string): Promise<void> {
  await purgeRows(deps, executionId);
  await forget(deps, executionId);
}

/** `not-found` as it is said of an execution that was deleted; undefined where the error is another, or nothing is known of it. */
export async function goneError(
  { client, taskQueue, store }: PurgeDependencies,
  executionId: string,
  error: unknown,
): Promise<OmniError | undefined> {
  if (!(error instanceof OmniError) || error.problem.detail !== notFound(executionId).problem.detail) return undefined;
  const home = homeOf(client.options.namespace, taskQueue);
  const at = await store.kept.purgedAt(home, executionId).catch(() => undefined);
  if (at === undefined) return undefined;
  const purgedAt = at.toISOString();
  return new OmniError(
    'not-found',
    `The execution ${executionId} was deleted at ${purgedAt}, because its retention had ended or somebody asked for it. Nothing of it is kept.`,
    { data: { purgedAt } },
  );
}

async function heirOf(client: Client, executionId: string): Promise<string | undefined> {
  const description = await found(client, executionId);
  const parent = description && parentOf(description);
  return parent !== undefined && (await found(client, parent)) !== undefined ? parent : undefined;
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
