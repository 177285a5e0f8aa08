/** Alerts over HTTP, and a round of them on a real worker. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createMonitoringSystem } from '../../src/library/monitoring-system';
import { putAlertSchedule } from '../../src/temporal/alert-schedule';
import { ALERT_ROUND_TYPE } from '../../src/plan/alert';
import { createTracing } from '../../src/tracing/tracing';
import type { Door } from './door';
import { openDoor } from './door';
import { ECHO_CONTRACTS, echoProvider } from './echo-tools';

let door: Door;
beforeAll(async () => {
  door = await openDoor({ contracts: ECHO_CONTRACTS, providers: [echoProvider()], definitions: {} });
}, 60_000);
afterAll(() => door.close());

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 55_000; Date.now() < end; await delay(100)) if (await holds()) return;
  throw new Error('It did not come about.');
}

/** As the specification prints it. */
const PRINTED = {
  id: 'high-error-rate',
  name: 'High Error Rate',
  description: 'Alert when error rate exceeds 5%',
  condition: 'error_rate > 5',
  severity: 'high',
  enabled: true,
  threshold: 5,
  duration: 300,
  actions: ['log', 'notify', 'webhook'],
  metadata: { team: 'platform', escalation: 'pagerduty' },
} as const;

test('a condition is checked while it is written: what is wrong, or what it reads now, and nothing is kept', async () => {
  const check = async (terms: object) => (await door.ask('POST', '/monitoring/alert-checks', terms)).body;
  const wrong = await check({ condition: 'eror_rate > 5' });
  expect(wrong).toMatchObject({ valid: false, figures: {}, errors: [{ pointer: '/condition' }] });
  expect(wrong.errors[0].detail).toMatch(/At character 1: .*error_rate/);
  expect(await check({ condition: 'executions_failed >= threshold', threshold: 0, duration: 60 })).toEqual({
    valid: true,
    errors: [],
    holds: true,
    figures: { executions_failed: 0 },
  });
  expect((await door.ask('POST', '/monitoring/alert-checks', { condition: 'calls > 1', id: 'x' })).status).toBe(400);
});

test('the printed alert is made, replaced, listed, silenced and deleted', async () => {
  const made = await door.ask('POST', '/monitoring/alerts', PRINTED);
  expect([made.status, made.headers.get('location')]).toEqual([201, '/monitoring/alerts/high-error-rate']);
  expect(made.body).toMatchObject({ ...PRINTED, state: 'ok', builtIn: false, changed: { by: 'somebody' } });
  expect((await door.ask('POST', '/monitoring/alerts', { ...PRINTED, severity: 'low' })).status).toBe(200);
  const { body: listed } = await door.ask('GET', '/monitoring/alerts?state=ok');
  const ids = listed.alerts.map(({ id }: { id: string }) => id);
  expect(ids).toEqual(expect.arrayContaining(['high-error-rate', 'omni-breaker-open']));
  const silenced = await door.ask('POST', '/monitoring/alerts/high-error-rate/silence', { for: '2h', reason: 'known' });
  expect(silenced.body.silence).toMatchObject({ by: 'somebody', reason: 'known' });
  const loud = await door.ask('POST', '/monitoring/alerts/high-error-rate/silence', { for: '0s' });
  expect([loud.status, loud.body.silence]).toEqual([200, undefined]);
  expect((await door.ask('DELETE', '/monitoring/alerts/high-error-rate')).status).toBe(204);
  expect((await door.ask('GET', '/monitoring/alerts/high-error-rate')).status).toBe(404);
});

test('the library takes the printed alert, fills in what is left out, and rejects what does not fit with its place', async () => {
  const { monitoring } = door.harness;
  const tracing = createTracing({ service: 'test', version: '0', ratio: 1, exporters: [] });
  const noDashboard = () => Promise.reject(new Error('nobody asks'));
  const system = createMonitoringSystem({ monitoring, tracing, config: { variables: {} } }, noDashboard);
  expect(await system.createAlert(PRINTED)).toMatchObject({ ...PRINTED, state: 'ok', changed: { by: 'library' } });
  const least = { id: 'least', name: 'Least', condition: 'executions_failed > 0', severity: 'low' } as const;
  expect(await system.createAlert(least)).toMatchObject({
    enabled: true,
    duration: 300,
    actions: ['log'],
    metadata: {},
  });
  await expect(system.createAlert({ ...least, condition: 'executions_failed >' })).rejects.toMatchObject({
    problem: {
      type: 'validation',
      errors: [{ pointer: '/condition', detail: expect.stringMatching(/^At character \d+/) }],
    },
  });
  for (const id of [PRINTED.id, least.id]) await monitoring.alerts.remove(id);
});

test('what does not fit is refused with its place, and readers change nothing', async () => {
  const wrong = await door.ask('POST', '/monitoring/alerts', { ...PRINTED, condition: 'eror_rate > 5' });
  expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([400, '/condition']);
  expect(wrong.body.errors[0].detail).toMatch(/^At character 1: .*error_rate/);
  for (const odd of ['\0', '\ud800'])
    for (const body of [{ name: odd }, { condition: `error_rate > 5 // ${odd}` }, { metadata: { [odd]: odd } }])
      expect((await door.ask('POST', '/monitoring/alerts', { ...PRINTED, ...body })).status).toBe(400);
  const viewer = await door.as('reader', ['viewer']);
  expect((await door.ask('POST', '/monitoring/alerts', PRINTED, viewer)).status).toBe(403);
  expect((await door.ask('GET', '/monitoring/alerts', undefined, viewer)).status).toBe(200);
  const longer = await door.ask('POST', '/monitoring/alerts/omni-breaker-open/silence', { for: '400d' });
  expect(longer.status).toBe(400);
});

test('a built-in rule is switched off by one of its id, and is as it was when that is deleted', async () => {
  const at = '/monitoring/alerts/omni-event-loop-lag';
  expect((await door.ask('DELETE', at)).status).toBe(409);
  const { id, name, condition, severity, threshold } = (await door.ask('GET', at)).body;
  const off = { id, name, condition, severity, threshold, enabled: false };
  expect((await door.ask('POST', '/monitoring/alerts', off)).body).toMatchObject({ enabled: false, builtIn: true });
  expect((await door.ask('DELETE', at)).status).toBe(204);
  expect((await door.ask('GET', at)).body).toMatchObject({ enabled: true, builtIn: true });
});

test('a schedule of Temporal, put in place by several at once, starts rounds that look at every alert', async () => {
  const { client, taskQueue } = door.harness;
  await Promise.all([putAlertSchedule(client, taskQueue), putAlertSchedule(client, taskQueue)]);
  const schedule = client.schedule.getHandle(`omni-alerts:${taskQueue}`);
  try {
    expect((await schedule.describe()).action).toMatchObject({ workflowType: ALERT_ROUND_TYPE, taskQueue });
    await schedule.trigger();
    await until(async () => (await door.ask('GET', '/monitoring/alerts/omni-breaker-open')).body.seenAt !== undefined);
    expect((await door.ask('GET', '/executions')).body.executions).toEqual([]);
  } finally {
    await schedule.delete();
  }
}, 60_000);
