/** The schedules of definitions: kept in step with what is published, shown, paused, and started by hand. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ScheduleDescription, ScheduleHandle } from '@temporalio/client';
import type { Plan } from '../plan/plan';
import { OmniError } from '../plan/problem';
import { requestError } from './failure';
import type { Schedule, ScheduledPlan } from './schedule-record';
import { fingerprintOf, optionsOf, scheduleId, scheduleOf, workflowOf } from './schedule-record';
import type { ScheduleParts } from './schedule-sync';
import { findSchedule, putSchedule, removeSchedule } from './schedule-sync';

/** A definition as it counts now; without a plan it has errors, and its schedule is left as it is. */
export interface Definition {
  readonly id: string;
  readonly plan?: Plan;
}

export interface SyncFault {
  readonly workflow: string;
  readonly error: unknown;
}

/** `queued`: it starts when the execution before has ended. */
export type Triggered =
  { readonly status: 'started'; readonly executionId: string; readonly runId: string } | { readonly status: 'queued' };

export interface Schedules {
  /** Puts the schedule of one definition in step with its plan. Throws `provider-unavailable`, `conflict`. */
  put(plan: Plan): Promise<void>;
  /** The same for all; what this process has put in step before is not looked at again. Gives what went wrong. */
  sync(definitions: readonly Definition[]): Promise<readonly SyncFault[]>;
  /** Throws `not-found` when the definition has no schedule, as the following do. */
  get(plan: Plan): Promise<Schedule>;
  pause(plan: Plan, note?: string): Promise<Schedule>;
  /** Also puts a missing one in place. */
  resume(plan: Plan): Promise<Schedule>;
  /** Starts it now, under the schedule's overlap rule: throws `conflict` when that says to skip. */
  trigger(plan: Plan): Promise<Triggered>;
}

/** How long Temporal has to answer one request, and how long a start by hand is waited for. */
const ANSWER_MS = 10_000;
const TRIGGER_MS = 5_000;
const PAUSED = 'Paused over the API.';
const RESUMED = 'Resumed over the API.';

export function createSchedules(parts: ScheduleParts): Schedules {
  const { client, taskQueue } = parts;
  const bounded = <T>(request: () => Promise<T>): Promise<T> => client.withDeadline(Date.now() + ANSWER_MS, request);
  /** By definition, the fingerprint that this process has last put in step; empty: no schedule. */
  const known = new Map<string, string>();
  let listed = false;

  const put = async (plan: Plan): Promise<void> => {
    await bounded(() => putSchedule(parts, plan));
    known.set(plan.id, markOf(plan));
  };
  const markOf = ({ id, name, schedule }: Plan): string =>
    schedule === undefined ? '' : String(fingerprintOf(optionsOf({ id, name, schedule }, parts).action));
  const remove = async (workflow: string): Promise<void> => {
    await bounded(() => removeSchedule(parts, workflow));
    known.delete(workflow);
  };
  const act = async (plan: Plan, action: (handle: ScheduleHandle) => Promise<void>): Promise<Schedule> => {
    const scheduled = withSchedule(plan);
    const found = await bounded(() => findSchedule(parts, plan.id));
    if (found === undefined) throw missing(plan.id);
    await bounded(() => action(client.schedule.getHandle(found.scheduleId))).catch((error: unknown) => {
      throw requestError(error, '');
    });
    return scheduleOf(scheduled, await bounded(() => findSchedule(parts, plan.id)));
  };

  return {
    put,
    async sync(definitions) {
      const faults: SyncFault[] = [];
      const attempt = async (workflow: string, run: () => Promise<void>): Promise<void> =>
        run().catch((error: unknown) => void faults.push({ workflow, error }));
      const there = new Map(definitions.map(({ id, plan }) => [id, plan]));
      // Those of an earlier life of this process, whose definitions are gone or have lost their schedules.
      if (!listed)
        await attempt('', async () => {
          for (const workflow of await bounded(() => listSchedules(parts)))
            if (!known.has(workflow)) known.set(workflow, 'not looked at');
          listed = true;
        });
      for (const workflow of known.keys()) if (!there.has(workflow)) await attempt(workflow, () => remove(workflow));
      for (const plan of there.values())
        if (plan !== undefined && (known.get(plan.id) ?? '') !== markOf(plan)) await attempt(plan.id, () => put(plan));
      return faults;
    },
    async get(plan) {
      const scheduled = withSchedule(plan);
      return scheduleOf(scheduled, await bounded(() => findSchedule(parts, plan.id)));
    },
    pause: (plan, note) => act(plan, (handle) => handle.pause(note ?? PAUSED)),
    async resume(plan) {
      withSchedule(plan);
      await put(plan);
      return act(plan, (handle) => handle.unpause(RESUMED));
    },
    async trigger(plan) {
      const { id, schedule } = withSchedule(plan);
      const before = await bounded(() => findSchedule(parts, id));
      if (before === undefined) throw missing(id);
      const { overlap } = optionsOf({ ...plan, schedule }, parts).policies;
      await bounded(() => client.schedule.getHandle(scheduleId(taskQueue, id)).trigger(overlap)).catch(
        (error: unknown) => {
          throw requestError(error, '');
        },
      );
      const until = Date.now() + TRIGGER_MS;
      while (Date.now() < until) {
        const after = await bounded(() => findSchedule(parts, id));
        const outcome = after && outcomeOf(id, { before, after });
        if (outcome !== undefined) return outcome;
        await delay(100);
      }
      return { status: 'queued' };
    },
  };
}

async function listSchedules({ client, taskQueue }: ScheduleParts): Promise<readonly string[]> {
  const found: string[] = [];
  try {
    for await (const one of client.schedule.list()) {
      const workflow = workflowOf(taskQueue, one.scheduleId);
      if (workflow !== undefined) found.push(workflow);
    }
  } catch (error) {
    throw requestError(error, '');
  }
  return found;
}

interface Change {
  readonly before: ScheduleDescription;
  readonly after: ScheduleDescription;
}

/** Undefined as long as Temporal has done nothing with it. */
function outcomeOf(workflow: string, { before, after }: Change): Triggered | undefined {
  const last = after.info.recentActions.at(-1)?.action.workflow;
  if (after.info.numActionsTaken > before.info.numActionsTaken && last !== undefined)
    return { status: 'started', executionId: last.workflowId, runId: last.firstExecutionRunId };
  if (after.info.numActionsSkippedOverlap === before.info.numActionsSkippedOverlap) return undefined;
  const running = after.info.runningActions.map((action) => action.workflow.workflowId);
  throw new OmniError(
    'conflict',
    `Nothing was started: the execution before still runs, and the overlap rule of ${workflow} passes over what comes meanwhile.`,
    { data: { running } },
  );
}

function withSchedule(plan: Plan): ScheduledPlan {
  const { id, name, schedule } = plan;
  if (schedule !== undefined) return { id, name, schedule };
  throw new OmniError(
    'not-found',
    `The definition ${id} has no schedule. Write one under trigger.schedule and publish it.`,
  );
}

function missing(workflow: string): OmniError {
  return new OmniError(
    'not-found',
    `Temporal has no schedule of ${workflow}: it was removed there, or could not be made yet. Resume it, and it is made anew.`,
  );
}
