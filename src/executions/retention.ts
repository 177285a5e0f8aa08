/**
 * Deletes executions when their time has passed. Every start is written down with the time that its definition asks for; a sweep looks at
 * those that may be due, and a scan finds the few that were never written down. Any number of processes may do both, and be killed.
 */
import type { Logger } from 'pino';
import type { Plan } from '../plan/plan';
import { ALERT_ROUND_TYPE } from '../plan/alert';
import { OWN_TYPES } from '../plan/own-types';
import { OmniError } from '../plan/problem';
import type { KeptExecution, KeptExecutionTable } from '../store/kept-execution-table';
import { homeOf } from '../store/kept-execution-table';
import { asked } from './failure';
import { found, parentOf } from './family';
import { quoted } from './list';
import type { PurgeDependencies } from './purge';
import { purgeExecution, purgeRemains, standing } from './purge';
import { recordedPlan } from './recorded-plan';
import { isOpen, statusOf } from './status';

export interface RetentionDependencies extends PurgeDependencies {
  /** For executions whose definition says nothing. */
  readonly defaultKeepMs: number;
  readonly logger: Pick<Logger, 'warn'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Whoever is killed in the middle leaves what it had claimed to others after so long. */
const CLAIM_MS = 5 * 60_000;
const AT_ONCE = 5;
/** Executions that nobody wrote down are looked for so often, and from so long before the last look on, because visibility trails. */
const SCAN_EVERY_MS = 10 * 60_000;
const OVERLAP_MS = 60_000;
const PAGE = 500;

export interface NoteParts {
  readonly kept: KeptExecutionTable;
  readonly home: string;
  readonly logger: Pick<Logger, 'warn'> | undefined;
}

/** Writes down that an execution begins. What goes wrong is only logged: a scan finds the execution later. */
export async function noteStart(
  { kept, home, logger }: NoteParts,
  { executionId, plan, now }: { readonly executionId: string; readonly plan: Plan; readonly now: number },
  renew?: 'renew',
): Promise<void> {
  await kept
    .note(home, keptOf({ executionId, plan, openUntilMs: now }), renew)
    .catch((error: unknown) => logger?.warn({ error, executionId }, 'start not written down for its retention'));
}

/** Deletes what is due, until nothing is or the signal says so. Gives how many executions were deleted. */
export async function sweep(deps: RetentionDependencies, signal: AbortSignal): Promise<number> {
  const { store, client, taskQueue, now, defaultKeepMs } = deps;
  const home = homeOf(client.options.namespace, taskQueue);
  // Once each: what still runs is due again soon where the time is short.
  const dueMs = now();
  let deleted = 0;
  while (!signal.aborted) {
    const due = await store.kept.claim(home, { now: now(), dueMs, defaultKeepMs, claimMs: CLAIM_MS, limit: AT_ONCE });
    if (due.length === 0) return deleted;
    const outcomes = await Promise.all(due.map((one) => lookAt(deps, home, one)));
    deleted += outcomes.filter(Boolean).length;
  }
  return deleted;
}

/** True: it is gone. What cannot be deleted now is tried again when the claim has run out. */
async function lookAt(deps: RetentionDependencies, home: string, kept: KeptExecution): Promise<boolean> {
  const { store, logger, now } = deps;
  const { executionId } = kept;
  try {
    const openUntilMs = await openUntil(deps, kept);
    if (openUntilMs === 'gone') await purgeRemains(deps, executionId);
    else if (openUntilMs === 'due') await purgeExecution(deps, executionId);
    else await store.kept.stillOpen(home, executionId, openUntilMs);
    return openUntilMs === 'due';
  } catch (error) {
    const type = error instanceof OmniError ? error.problem.type : undefined;
    if (type === 'conflict') await store.kept.stillOpen(home, executionId, now());
    else logger.warn({ error, executionId }, 'execution not deleted though its retention has ended');
    return false;
  }
}

/** When it ended, or that it had not ended at that time. */
async function openUntil(
  deps: RetentionDependencies,
  { executionId, keepMs }: KeptExecution,
): Promise<number | 'gone' | 'due'> {
  const { now, defaultKeepMs } = deps;
  const description = await standing(deps, executionId);
  if (description === undefined) return 'gone';
  const { closeTime, status } = description;
  if (isOpen(statusOf(status.name)) || closeTime === undefined) return now();
  const parent = parentOf(description);
  // Without a word of its own it goes with the one that started it.
  if (keepMs === undefined && parent !== undefined && (await standing(deps, parent)) !== undefined) return now();
  return closeTime.getTime() + (keepMs ?? defaultKeepMs) <= now() ? 'due' : closeTime.getTime();
}

/**
 * Writes down executions that nobody did: of a start while the database was away, or by an earlier version. Gives how many. Rounds of
 * alerts delete each other.
 */
export async function scan(deps: RetentionDependencies, signal: AbortSignal, everyMs = SCAN_EVERY_MS): Promise<number> {
  const { client, taskQueue, store, now } = deps;
  const home = homeOf(client.options.namespace, taskQueue);
  const began = now();
  const from = await store.kept.beginScan(home, began, everyMs);
  if (from === undefined) return 0;
  const since = new Date(Math.max(0, from - OVERLAP_MS)).toISOString();
  const query = `TaskQueue = ${quoted(taskQueue)} AND ExecutionStatus != 'ContinuedAsNew' AND StartTime >= ${quoted(since)} AND WorkflowType != ${quoted(ALERT_ROUND_TYPE)}`;
  let written = 0;
  let nextPageToken: Uint8Array | undefined;
  do {
    if (signal.aborted) return written;
    const page = await asked('', () =>
      client.workflowService.listWorkflowExecutions({
        namespace: client.options.namespace,
        pageSize: PAGE,
        query,
        ...(nextPageToken === undefined ? {} : { nextPageToken }),
      }),
    );
    const types = new Map(
      (page.executions ?? []).map((one) => [one.execution?.workflowId ?? '', one.type?.name ?? '']),
    );
    for (const executionId of await store.kept.unknown(home, [...types.keys()])) {
      // Begun anew by whoever comes after the claim has run out.
      if (signal.aborted) return written;
      await adopt(deps, home, { executionId, type: types.get(executionId) ?? '' });
      written += 1;
    }
    nextPageToken = page.nextPageToken?.length ? page.nextPageToken : undefined;
  } while (nextPageToken !== undefined);
  await store.kept.endScan(home, began);
  return written;
}

async function adopt(
  { client, store }: RetentionDependencies,
  home: string,
  { executionId, type }: { readonly executionId: string; readonly type: string },
): Promise<void> {
  const description = await found(client, executionId);
  if (description === undefined) return;
  const plan = OWN_TYPES.includes(type) ? undefined : await recordedPlan(client, executionId).catch(() => undefined);
  await store.kept.note(home, keptOf({ executionId, plan, openUntilMs: description.startTime.getTime() }));
}

function keptOf(of: {
  readonly executionId: string;
  readonly plan: Plan | undefined;
  readonly openUntilMs: number;
}): KeptExecution {
  const { executionId, plan, openUntilMs } = of;
  const keepMs = plan?.guards.security.dataRetentionMs;
  return { executionId, openUntilMs, ...(keepMs === undefined ? {} : { keepMs }) };
}
