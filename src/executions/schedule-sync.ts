/** Keeps Temporal's Schedules in step with the definitions: any process may do it, and all of them at once. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client, ScheduleDescription } from '@temporalio/client';
import { ScheduleAlreadyRunning, ScheduleNotFoundError } from '@temporalio/client';
import {
  encodeScheduleAction,
  encodeSchedulePolicies,
  encodeScheduleSpec,
} from '@temporalio/client/lib/schedule-helpers';
import type { Plan } from '../plan/plan';
import { OmniError } from '../plan/problem';
import { requestError } from './failure';
import type { ScheduledPlan, ScheduleHome } from './schedule-record';
import { fingerprintOf, optionsOf, scheduleId } from './schedule-record';

/** Schedules of other queues than that of the engine workers are left alone. */
export interface ScheduleParts extends ScheduleHome {
  readonly client: Client;
}

/** How often a change is tried while others change the same schedule. */
const TRIES = 6;
const PAUSE_MS = 150;

/** What Temporal says of a definition's schedule; undefined when there is none. */
export async function findSchedule(parts: ScheduleParts, workflow: string): Promise<ScheduleDescription | undefined> {
  const { client, taskQueue } = parts;
  try {
    return await client.schedule.getHandle(scheduleId(taskQueue, workflow)).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw requestError(error, '');
  }
}

/** Makes or changes the schedule of a plan, or removes it where the plan has none. Whether it is paused stays as it is. */
export async function putSchedule(parts: ScheduleParts, { schedule, id, name }: Plan): Promise<void> {
  if (schedule === undefined) return removeSchedule(parts, id);
  const plan: ScheduledPlan = { id, name, schedule };
  const wanted = fingerprintOf(optionsOf(plan, parts).action);
  for (let tried = 0; tried < TRIES; tried += 1) {
    if (tried > 0) await delay(PAUSE_MS * tried);
    const found = await findSchedule(parts, id).catch((error: unknown) => closed(parts, id, error));
    if (found === undefined) await create(parts, plan);
    else if (fingerprintOf(found.action) === wanted) return;
    else await change(parts, plan, found);
  }
  throw new OmniError('conflict', `The schedule of ${id} is being changed elsewhere. Publish the definition again.`);
}

export async function removeSchedule({ client, taskQueue }: ScheduleParts, workflow: string): Promise<void> {
  try {
    await client.schedule.getHandle(scheduleId(taskQueue, workflow)).delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw requestError(error, '');
  }
}

type Found = Pick<ScheduleDescription, 'raw'> & { readonly action: { readonly memo?: unknown } };

/** One that was told with a key that is withdrawn now: nobody can read it, and it is told anew. */
async function closed({ client, taskQueue }: ScheduleParts, workflow: string, error: unknown): Promise<Found> {
  if (!(error instanceof OmniError) || error.problem.type !== 'policy') throw error;
  const { namespace } = client.options;
  const raw = await client.workflowService.describeSchedule({ namespace, scheduleId: scheduleId(taskQueue, workflow) });
  return { raw, action: {} };
}

async function create(parts: ScheduleParts, plan: ScheduledPlan): Promise<void> {
  const { client, taskQueue } = parts;
  try {
    await client.schedule.create({ scheduleId: scheduleId(taskQueue, plan.id), ...optionsOf(plan, parts) });
  } catch (error) {
    // Another process was faster; whether it made the same is looked at next.
    if (!(error instanceof ScheduleAlreadyRunning)) throw requestError(error, '');
  }
}

/**
 * Not the SDK's own update, which would undo a pause that comes in between: Temporal drops a change whose token is no longer
 * the newest, and the caller looks whether it holds.
 */
async function change(parts: ScheduleParts, plan: ScheduledPlan, found: Found): Promise<void> {
  const { client, taskQueue } = parts;
  const { spec, policies, action } = optionsOf(plan, parts);
  const { namespace, identity, loadedDataConverter } = client.options;
  try {
    await client.workflowService.updateSchedule({
      namespace,
      identity,
      requestId: randomUUID(),
      scheduleId: scheduleId(taskQueue, plan.id),
      conflictToken: found.raw.conflictToken ?? null,
      schedule: {
        spec: encodeScheduleSpec(spec),
        action: await encodeScheduleAction(loadedDataConverter, namespace, action, {}),
        policies: encodeSchedulePolicies(policies),
        state: found.raw.schedule?.state ?? null,
      },
    });
  } catch (error) {
    if (!isConflict(error)) throw requestError(error, '');
  }
}

/** FAILED_PRECONDITION: the token is old. NOT_FOUND: it was removed meanwhile. */
function isConflict(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return code === 9 || code === 5;
}
