import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createSchedules } from '../../src/executions/schedules';
import type { Schedules } from '../../src/executions/schedules';
import { followPublished } from '../../src/library/schedule-keeper';
import type { Plan } from '../../src/plan/plan';
import { OmniError } from '../../src/plan/problem';
import type { Answer, Door } from './door';
import { openDoor } from './door';
import { ECHO_CONTRACTS, echoProvider } from './echo-tools';

let door: Door;
beforeAll(async () => {
  door = await openDoor({ providers: [echoProvider()], contracts: ECHO_CONTRACTS, definitions: {} });
});
afterAll(() => door.close());

interface Parts {
  readonly version?: string;
  /** After `trigger:`; empty: no trigger. */
  readonly schedule?: string;
  readonly steps?: string;
}
const RETURN = '{ name: back, return: { day: "${trigger.payload.day}", at: "${execution.startedAt}" } }';
const DAILY = '{ cron: "0 8 * * 1-5", timezone: Europe/Madrid, payload: { day: monday } }';

const text = ({ version = '1.0.0', schedule = DAILY, steps = RETURN }: Parts = {}): string =>
  `name: Report\nversion: ${version}\ntrigger:\n  payload: { day: string }\n${schedule && `  schedule: ${schedule}\n`}steps: [ ${steps} ]\n`;

const publish = async (id: string, parts?: Parts): Promise<Plan> => {
  const { status, body } = await door.ask('PUT', `/workflows/${id}`, text(parts), {
    'Content-Type': 'application/yaml',
  });
  expect([status, body.detail]).toEqual([200, undefined]);
  return (await door.catalogue.loadPlan(id)).plan;
};
const newId = (): string => `sched-${randomUUID()}`;
const own = async (id: string): Promise<Answer['body']> => {
  const { status, body } = await door.ask('GET', `/workflows/${id}/schedules`);
  expect(status).toBe(200);
  return body.schedules[0];
};
const inTemporal = async (id: string): Promise<boolean> => {
  const { client, taskQueue } = door.harness;
  return client.schedule
    .getHandle(`omni:${taskQueue}:${id}`)
    .describe()
    .then(
      () => true,
      () => false,
    );
};
const another = (): Schedules => createSchedules(door.harness);

describe('publishing', () => {
  test('a definition with a schedule puts it into Temporal, with its next times in its time zone', async () => {
    const id = newId();
    await publish(id);
    const schedule = await own(id);
    expect(schedule).toMatchObject({
      workflow: id,
      cron: '0 8 * * 1-5',
      timezone: 'Europe/Madrid',
      overlap: 'skip',
      payload: { day: 'monday' },
      status: 'active',
      last: [],
      running: [],
      started: 0,
      links: { trigger: `/workflows/${id}/schedules/trigger` },
    });
    expect(schedule.next.length).toBeGreaterThan(3);
    for (const time of schedule.next) {
      const there = new Intl.DateTimeFormat('en-GB', {
        timeZone: 'Europe/Madrid',
        weekday: 'short',
        hour: '2-digit',
        minute: '2-digit',
      });
      expect(there.format(new Date(time))).toMatch(/^(Mon|Tue|Wed|Thu|Fri) 08:00$/);
    }
    const listed = (await door.ask('GET', '/schedules')).body.schedules;
    expect(listed.filter((one: Answer['body']) => one.workflow === id)).toEqual([schedule]);
    expect((await door.ask('GET', `/workflows/${id}`)).body.schedule).toBe(true);
  });

  test('another version changes it, one without a schedule removes it', async () => {
    const id = newId();
    await publish(id);
    await publish(id, { version: '1.1.0', schedule: '{ cron: "30 6 1 * *", payload: { day: first } }' });
    const changed = await own(id);
    expect(changed).toMatchObject({ cron: '30 6 1 * *', timezone: 'UTC', payload: { day: 'first' } });
    for (const time of changed.next) expect(time).toMatch(/-01T06:30:00.000Z$/);
    await publish(id, { version: '1.2.0', schedule: '' });
    expect([await own(id), await inTemporal(id)]).toEqual([undefined, false]);
    const { status, body } = await door.ask('POST', `/workflows/${id}/schedules/trigger`);
    expect([status, body.detail]).toEqual([404, expect.stringContaining('trigger.schedule')]);
  });

  test('leaves a pause and its reason as they are, also when times change', async () => {
    const id = newId();
    await publish(id);
    const paused = await door.ask('POST', `/workflows/${id}/schedules/pause`, { note: 'until the audit is over' });
    expect([paused.status, paused.body.status, paused.body.next]).toEqual([200, 'paused', []]);
    await publish(id, { version: '1.1.0', schedule: '{ cron: "15 * * * *", payload: { day: any } }' });
    expect(await own(id)).toMatchObject({ cron: '15 * * * *', status: 'paused', note: 'until the audit is over' });
    const resumed = await door.ask('POST', `/workflows/${id}/schedules/resume`);
    expect([resumed.status, resumed.body.status, resumed.body.note]).toEqual([200, 'active', undefined]);
    for (const time of resumed.body.next) expect(time).toMatch(/:15:00.000Z$/);
  });

  test('at the very moment of a pause leaves the pause', async () => {
    const id = newId();
    const plan = await publish(id);
    for (let minute = 1; minute <= 8; minute += 1) {
      const changed = { ...plan, schedule: { ...plan.schedule, cron: `${minute} 3 * * *` } } as Plan;
      await Promise.all([another().put(changed), another().pause(changed)]);
      expect(await another().get(changed)).toMatchObject({ cron: `${minute} 3 * * *`, status: 'paused' });
      expect((await another().resume(changed)).next[0]).toMatch(/T0[12]:0\d:00.000Z$/);
    }
  });

  test('says that the version counts when Temporal is away, and why the schedule does not follow', async () => {
    const { plan, ...entry } = await door.catalogue.get(await publish(newId()).then((published) => published.id));
    const away = { put: () => Promise.reject(new OmniError('provider-unavailable', 'Temporal does not answer.')) };
    await expect(followPublished(away, { ...entry, ...(plan && { plan }) })).rejects.toMatchObject({
      problem: {
        type: 'provider-unavailable',
        detail: expect.stringContaining(`Version 1.0.0 of ${entry.id} is published`),
      },
    });
  });

  test('changes nothing in Temporal when the schedule is the same', async () => {
    const id = newId();
    const { client, taskQueue } = door.harness;
    const seen = async (): Promise<Date | undefined> =>
      (await client.schedule.getHandle(`omni:${taskQueue}:${id}`).describe()).info.lastUpdatedAt;
    await publish(id);
    const before = await seen();
    await publish(id, { version: '1.1.0', steps: `{ name: keep, set: { a: 1 } }, ${RETURN}` });
    expect(await seen()).toEqual(before);
  });
});

describe('a start by hand', () => {
  test('is an execution of the definition with the payload of the schedule, without a plan, listed with its origin', async () => {
    const id = newId();
    await publish(id);
    const { status, body, headers } = await door.ask('POST', `/workflows/${id}/schedules/trigger`);
    expect([status, body.status, headers.get('location')]).toEqual([202, 'started', body.links.self]);
    await door.executions.wait(body.executionId, AbortSignal.timeout(30_000));
    const { body: execution } = await door.ask('GET', body.links.self);
    expect(execution).toMatchObject({ workflow: id, version: '1.0.0', origin: 'schedule', status: 'completed' });
    expect(execution.output.day).toBe('monday');
    const history = await door.ask('GET', `${body.links.history}?limit=1`);
    expect(history.body.events[0].attributes.input).toEqual([{ omni: 1, payload: { day: 'monday' }, context: {} }]);
    const schedule = await own(id);
    expect(schedule).toMatchObject({ started: 1, last: [{ executionId: body.executionId }] });
    const until = Date.now() + 10_000;
    for (;;) {
      const { executions } = (await door.ask('GET', `/executions?workflow=${id}`)).body;
      if (executions.length > 0 || Date.now() > until) {
        expect(executions).toMatchObject([{ executionId: body.executionId, origin: 'schedule', workflow: id }]);
        break;
      }
    }
  });

  test('gives a definition its payload also when that has a field called payload', async () => {
    const id = newId();
    const yaml = `name: Inner\nversion: 1.0.0\ntrigger:\n  payload: { payload: string }\n  schedule: { cron: "0 8 * * *", payload: { payload: inner } }\nsteps: [ { name: back, return: "\${trigger.payload.payload}" } ]\n`;
    await door.ask('PUT', `/workflows/${id}`, yaml, { 'Content-Type': 'application/yaml' });
    const { body } = await door.ask('POST', `/workflows/${id}/schedules/trigger`);
    await door.executions.wait(body.executionId, AbortSignal.timeout(30_000));
    expect(await door.executions.describe(body.executionId)).toMatchObject({ status: 'completed', output: 'inner' });
  });

  test('runs what is published then, not what was published when the schedule was made', async () => {
    const id = newId();
    await publish(id);
    await publish(id, { version: '2.0.0', steps: '{ name: back, return: { changed: true } }' });
    const { body } = await door.ask('POST', `/workflows/${id}/schedules/trigger`);
    await door.executions.wait(body.executionId, AbortSignal.timeout(30_000));
    expect(await door.executions.describe(body.executionId)).toMatchObject({
      version: '2.0.0',
      output: { changed: true },
    });
  });

  test('keeps to the overlap rule: skip is a conflict that names what runs, buffer-one waits its turn', async () => {
    const id = newId();
    const asks = '{ name: ask, waitFor: { signal: go } }';
    await publish(id, { steps: asks });
    const trigger = (): Promise<Answer> => door.ask('POST', `/workflows/${id}/schedules/trigger`);
    const first = (await trigger()).body.executionId;
    const second = await trigger();
    expect([second.status, second.body.data]).toEqual([409, { running: [first] }]);
    expect(await own(id)).toMatchObject({ started: 1, skipped: 1, running: [first] });
    await publish(id, {
      version: '1.1.0',
      steps: asks,
      schedule: '{ cron: "0 8 * * *", overlap: buffer-one, payload: { day: x } }',
    });
    const queued = await trigger();
    expect([queued.status, queued.body]).toEqual([202, { status: 'queued' }]);
    await door.executions.signal(first, 'go', null);
    await door.executions.wait(first, AbortSignal.timeout(30_000));
    const until = Date.now() + 15_000;
    while ((await own(id)).started < 2 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 200));
    const { last, running } = await own(id);
    expect(last).toHaveLength(2);
    expect(running).toEqual([last[0].executionId]);
    await door.executions.terminate(last[0].executionId);
  });

  test('is possible while it is paused', async () => {
    const id = newId();
    await publish(id);
    await door.ask('POST', `/workflows/${id}/schedules/pause`);
    const { status, body } = await door.ask('POST', `/workflows/${id}/schedules/trigger`);
    expect([status, body.status]).toEqual([202, 'started']);
    expect((await own(id)).status).toBe('paused');
  });
});

describe('Temporal', () => {
  test('is put in step by a process that starts: what is new is made, what is gone removed, what is broken left alone', async () => {
    const [kept, gone, broken, fresh] = [newId(), newId(), newId(), newId()];
    const plan = await publish(kept);
    const without = await publish(fresh, { schedule: '' });
    for (const id of [gone, broken]) await publish(id);
    const schedules = another();
    const definitions = [
      { id: kept, plan },
      { id: broken },
      { id: fresh, plan: { ...without, schedule: plan.schedule } as Plan },
    ];
    await visible(gone);
    expect(await schedules.sync(definitions)).toEqual([]);
    expect(await Promise.all([kept, gone, broken, fresh].map(inTemporal))).toEqual([true, false, true, true]);
    expect(await schedules.sync(definitions.filter(({ id }) => id !== kept))).toEqual([]);
    expect(await inTemporal(kept)).toBe(false);
  });

  test('holds one schedule when many processes put it there at the same moment, and what they agree on', async () => {
    const id = newId();
    const plan = { ...(await publish(id, { schedule: '' })), schedule: (await publish(newId())).schedule } as Plan;
    await Promise.all(Array.from({ length: 8 }, () => another().put(plan)));
    expect(await inTemporal(id)).toBe(true);
    const later = { ...plan, schedule: { ...plan.schedule, cron: '5 5 * * *' } } as Plan;
    await Promise.all(Array.from({ length: 8 }, () => another().put(later)));
    const { next } = await another().get(later);
    expect(next.length).toBeGreaterThan(0);
    for (const time of next)
      expect(
        new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Madrid', timeStyle: 'short' }).format(new Date(time)),
      ).toBe('05:05');
  });

  test('keeps the schedules of other queues', async () => {
    const id = newId();
    await publish(id);
    const other = createSchedules({ ...door.harness, taskQueue: `other-${randomUUID()}` });
    expect(await other.sync([])).toEqual([]);
    expect(await inTemporal(id)).toBe(true);
  });

  test('where somebody removed a schedule by hand, it is missing until it is resumed', async () => {
    const id = newId();
    await publish(id);
    const { client, taskQueue } = door.harness;
    await client.schedule.getHandle(`omni:${taskQueue}:${id}`).delete();
    expect(await own(id)).toMatchObject({ status: 'missing', next: [] });
    expect((await door.ask('POST', `/workflows/${id}/schedules/trigger`)).status).toBe(404);
    expect((await door.ask('POST', `/workflows/${id}/schedules/pause`)).status).toBe(404);
    expect((await door.ask('POST', `/workflows/${id}/schedules/resume`)).body.status).toBe('active');
  });

  test('is given either day where a cron expression restricts both, as everywhere else', async () => {
    const id = newId();
    await publish(id, { schedule: '{ cron: "0 0 13 * 7", payload: { day: x } }' });
    const days = (await own(id)).next.map((time: string) => new Date(time));
    expect(days.some((day: Date) => day.getUTCDay() === 0 && day.getUTCDate() !== 13)).toBe(true);
    expect(days.every((day: Date) => day.getUTCDay() === 0 || day.getUTCDate() === 13)).toBe(true);
  });
});

/** Lists of schedules trail behind. */
async function visible(id: string): Promise<void> {
  const { client, taskQueue } = door.harness;
  const until = Date.now() + 15_000;
  while (Date.now() < until) {
    for await (const { scheduleId } of client.schedule.list()) if (scheduleId === `omni:${taskQueue}:${id}`) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`the schedule of ${id} is never listed`);
}
