/** The Temporal Schedule of a definition: its id, what Temporal is told, and what Temporal tells of it. */
import { createHash } from 'node:crypto';
import type { ScheduleDescription } from '@temporalio/client';
import { ScheduleOverlapPolicy } from '@temporalio/client';
import { readCron } from '../language/cron';
import { canonical, isObject } from '../plan/json';
import type { Plan, ScheduleTrigger } from '../plan/plan';
import { OmniError } from '../plan/problem';
import type { StartArgument } from '../plan/record';
import { idPrefix } from './origin';

/** Times that passed while Temporal was away are made up for within a day. */
export const CATCH_UP_MS = 24 * 60 * 60 * 1000;

export type ScheduledPlan = Pick<Plan, 'id' | 'name'> & { readonly schedule: ScheduleTrigger };

/** Times are ISO 8601. */
export interface Schedule extends ScheduleTrigger {
  readonly workflow: string;
  /** `missing`: Temporal does not have it, because somebody removed it there or it could not be made yet. */
  readonly status: 'active' | 'paused' | 'missing';
  /** Why it was paused. */
  readonly note?: string;
  /** The next times, soonest first; none while it is paused. */
  readonly next: readonly string[];
  /** What it started, newest first. */
  readonly last: readonly { readonly at: string; readonly startedAt: string; readonly executionId: string }[];
  /** Executions that it started and that have not ended. */
  readonly running: readonly string[];
  /** How often it has started an execution. */
  readonly started: number;
  /** Times that were passed over because the execution before still ran. */
  readonly skipped: number;
  /** Times that passed while Temporal was away for too long. */
  readonly missed: number;
}

/** Definitions' ids hold no colon, so the queue ends at the last one. */
export function scheduleId(taskQueue: string, workflow: string): string {
  return `omni:${taskQueue}:${workflow}`;
}

/** The definition that a Temporal Schedule belongs to; undefined when it is none of this queue's. */
export function workflowOf(taskQueue: string, id: string): string | undefined {
  const prefix = scheduleId(taskQueue, '');
  const rest = id.startsWith(prefix) ? id.slice(prefix.length) : ':';
  return rest.includes(':') ? undefined : rest;
}

export interface ScheduleHome {
  readonly taskQueue: string;
  /** Id of the key that encrypts what Temporal is told; absent: nothing is encrypted. */
  readonly keyId?: string;
}

/** The execution loads its plan and its settings when it starts, so that neither is older than the start. */
export function optionsOf({ id, name, schedule }: ScheduledPlan, { taskQueue, keyId }: ScheduleHome) {
  const cron = readCron(schedule.cron);
  if ('fault' in cron) throw new OmniError('internal', cron.fault);
  const argument: StartArgument = { omni: 1, payload: schedule.payload, context: {} };
  const told = {
    spec: { cronExpressions: [...cron.expressions], timezone: schedule.timezone },
    policies: { overlap: OVERLAP[schedule.overlap], catchupWindow: CATCH_UP_MS, pauseOnFailure: false },
  };
  const action = {
    type: 'startWorkflow' as const,
    workflowType: id,
    workflowId: idPrefix(id, 'schedule'),
    taskQueue,
    args: [argument] as unknown[],
    staticSummary: name,
  };
  const fingerprint = createHash('sha256')
    // With a new key all is told anew: nothing is left then that needs the one before.
    .update(canonical({ ...told, action, ...(keyId === undefined ? {} : { keyId }) }))
    .digest('hex');
  return { ...told, action: { ...action, memo: { [FINGERPRINT]: fingerprint } } };
}

const FINGERPRINT = 'omniSchedule';

/** Equal for schedules that Temporal was told the same of: what it says of their times is no longer what it was told. */
export function fingerprintOf(action: { readonly memo?: unknown }): unknown {
  return isObject(action.memo) ? action.memo[FINGERPRINT] : undefined;
}

const OVERLAP: Readonly<Record<ScheduleTrigger['overlap'], ScheduleOverlapPolicy>> = {
  skip: ScheduleOverlapPolicy.SKIP,
  'buffer-one': ScheduleOverlapPolicy.BUFFER_ONE,
  'buffer-all': ScheduleOverlapPolicy.BUFFER_ALL,
  'cancel-other': ScheduleOverlapPolicy.CANCEL_OTHER,
  'allow-all': ScheduleOverlapPolicy.ALLOW_ALL,
};

/** `found`: what Temporal says; undefined when it has no such schedule. */
export function scheduleOf({ id, schedule }: ScheduledPlan, found: ScheduleDescription | undefined): Schedule {
  const empty = { next: [], last: [], running: [], started: 0, skipped: 0, missed: 0 };
  if (found === undefined) return { workflow: id, ...schedule, status: 'missing', ...empty };
  const { state, info } = found;
  return {
    workflow: id,
    ...schedule,
    status: state.paused ? 'paused' : 'active',
    ...(state.paused && state.note !== undefined && state.note !== '' ? { note: state.note } : {}),
    next: state.paused ? [] : info.nextActionTimes.map((time) => time.toISOString()),
    last: info.recentActions
      .map(({ scheduledAt, takenAt, action }) => ({
        at: scheduledAt.toISOString(),
        startedAt: takenAt.toISOString(),
        executionId: action.workflow.workflowId,
      }))
      .reverse(),
    running: info.runningActions.map(({ workflow }) => workflow.workflowId),
    started: info.numActionsTaken,
    skipped: info.numActionsSkippedOverlap,
    missed: info.numActionsMissedCatchupWindow,
  };
}
