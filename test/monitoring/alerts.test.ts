/** Alerts: what a condition may say, how one goes from state to state, and what is kept of it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Agent } from 'undici';
import { parse } from 'yaml';
import { alertWebhook } from '../../src/library/alert-webhook';
import { verifyMessage, webhookSecrets } from '../../src/library/standard-webhooks';
import { checkCondition } from '../../src/monitoring/alert-condition';
import { ALERT_FIGURES, figuresWith } from '../../src/monitoring/alert-figures';
import { AlertRule } from '../../src/monitoring/alert-rule';
import { BUILT_IN_ALERTS } from '../../src/monitoring/alert-rules';
import type { Standing } from '../../src/monitoring/alert-standing';
import { CLEAR_MS, nextStanding } from '../../src/monitoring/alert-standing';
import type { SendWebhook, Tellers } from '../../src/monitoring/alert-telling';
import type { Alerts } from '../../src/monitoring/alerts';
import { createAlerts } from '../../src/monitoring/alerts';
import { METRICS } from '../../src/monitoring/metric-list';
import { prometheusRules } from '../../src/monitoring/prometheus-rules';
import { OmniError } from '../../src/plan/problem';
import type { Store } from '../../src/store/store';
import { quiet, testStore } from '../support';

let store: Store;
beforeAll(async () => {
  store = await testStore();
});
afterAll(() => store.close());

const FIGURES = figuresWith(
  new Map([
    ['own_gauge', 'gauge'],
    ['own_counter', 'counter'],
  ]),
);
const T0 = Date.UTC(2026, 0, 1);

function refusal(condition: string): OmniError {
  try {
    checkCondition({ condition }, FIGURES);
  } catch (error) {
    if (error instanceof OmniError) return error;
    throw error;
  }
  throw new Error(`${condition} was taken`);
}

function read(terms: Parameters<typeof checkCondition>[0]): readonly string[] {
  const { growth, levels } = checkCondition(terms, FIGURES);
  return [...growth, ...levels];
}

test('a condition that does not fit is refused with the place, and with what to write where that is known', () => {
  expect(refusal('executions > 1 && eror_rate > 5').problem.errors).toEqual([
    { pointer: '/condition', detail: expect.stringMatching(/^At character 19: .*error_rate/) },
  ]);
  expect(refusal('error_rate >').message).toMatch(/At character \d+/);
  expect(refusal('error_rate').message).toMatch(/neither true nor false/);
  expect(refusal('error_rate > "5"').message).toMatch(/At character/);
  expect(refusal('1 > 0').message).toMatch(/does not depend on any figure/);
  expect(refusal('error_rate > threshold').message).toMatch(/threshold/);
  for (const condition of ['error_rate > 5', 'own_gauge < 1', 'workflow_executions > 3', 'orchestrator_agents == 0'])
    expect(read({ condition })).not.toEqual([]);
  for (const rule of BUILT_IN_ALERTS) expect(read(rule)).not.toEqual([]);
});

function walk(readings: readonly (boolean | undefined)[], holdMs: number, patienceMs = holdMs): string {
  let standing: Standing | undefined;
  return readings
    .map((holds, i) => {
      standing = nextStanding(standing, { holds, nowMs: T0 + i * 30_000 }, { holdMs, patienceMs });
      return { ok: 'o', pending: 'p', firing: 'F', resolved: 'r' }[standing.state];
    })
    .join('');
}

test.each([
  ['holds for its time', 'tttttt', 'pppFFF'],
  ['ends before its time', 'ttfttt', 'ppoppp'],
  ['flutters while it fires', 'ttttftft', 'pppFFFFF'],
  ['does not hold for a minute', 'ttttfff', 'pppFFFr'],
  ['comes back', 'ttttfffttttt', 'pppFFFrpppFF'],
  ['has nothing to read while pending', 't__ttttt', 'ppppppFF'],
  ['has never anything to read', '_____', 'ooooo'],
  ['has nothing to read for long while it fires', 'tttt____', 'pppFFFrr'],
  ['has nothing to read for long while pending', 't____', 'pppoo'],
])('a condition that %s: %s makes %s', (_name, readings, states) => {
  const made = walk(
    [...readings].map((one) => (one === '_' ? undefined : one === 't')),
    90_000,
  );
  expect(made).toBe(states);
});

test('whatever is read, nothing fires without having been seen to hold, or ends without a minute of not holding', () => {
  let seed = 7;
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  let standing: Standing | undefined;
  let nowMs = T0;
  let lastTrue = T0;
  let heldSince: number | undefined;
  for (let i = 0; i < 5_000; i += 1) {
    nowMs += Math.floor(random() * 60_000);
    const draw = random();
    const holds = draw < 0.7 ? true : draw < 0.9 ? false : undefined;
    if (holds === true) heldSince ??= nowMs;
    if (holds === false) heldSince = undefined;
    const before = standing?.state ?? 'ok';
    standing = nextStanding(standing, { holds, nowMs }, { holdMs: 60_000, patienceMs: 60_000 });
    if (before !== 'firing' && standing.state === 'firing') {
      expect(before).toBe('pending');
      expect(nowMs - (heldSince ?? nowMs)).toBeGreaterThanOrEqual(60_000);
    }
    if (before === 'firing' && standing.state !== 'firing') {
      expect(standing.state).toBe('resolved');
      expect(nowMs - lastTrue).toBeGreaterThanOrEqual(CLEAR_MS);
    }
    if (holds === true) lastTrue = nowMs;
  }
});

const rule = (over: Partial<AlertRule>): AlertRule =>
  AlertRule.parse({
    ...{ id: 'failing', name: 'Failing', condition: 'executions_failed > 2', severity: 'high', duration: 120 },
    ...{ actions: ['log', 'notify', 'webhook'], ...over },
  });

interface Scene {
  readonly home: string;
  readonly open: (webhook?: SendWebhook, notify?: Tellers['notify']) => Alerts;
  readonly failed: (count: number) => Promise<void>;
}

function scene(): Scene {
  const home = `alerts ${randomUUID()}`;
  return {
    home,
    open: (webhook, notify) =>
      createAlerts({
        ...{ table: store.alerts, samples: store.samples, home, logger: quiet },
        ...(webhook && { webhook }),
        ...(notify && { notify }),
      }),
    failed: (value) =>
      store.samples.keep(home, randomUUID(), 10, [
        { name: 'orchestrator_executions_total', labels: { status: 'failed' }, kind: 'growth', value },
      ]),
  };
}

test('an alert goes pending, firing, webhook, resolved by a passed clock, once for several replicas and over a restart', async () => {
  const { open, failed } = scene();
  const sent: string[] = [];
  let broken = true;
  const webhook: SendWebhook = ({ id, body }) => {
    if (broken) return Promise.reject(new OmniError('provider-unavailable', 'The other side is down.'));
    sent.push(`${id} ${JSON.stringify(body['type'])}`);
    return Promise.resolve();
  };
  const first = open(webhook);
  await first.put(rule({}), 'tester');
  await failed(3);
  const start = Date.now() + 5_000;
  const lookAt = (alerts: Alerts, seconds: number) => alerts.look(new Date(start + seconds * 1_000));
  const state = async () => (await open().get('failing')).state;
  await lookAt(first, 0);
  expect(await state()).toBe('pending');
  const replicas = [first, open(webhook), open(webhook)];
  await Promise.all(replicas.map((one) => lookAt(one, 30)));
  expect(await state()).toBe('firing');
  const [firing] = await first.history({ id: 'failing', limit: 10 });
  expect(firing?.event).toMatchObject({ state: 'firing', from: 'pending', figures: { executions_failed: 3 } });
  const seq = firing?.seq ?? '';
  await first.send(seq);
  expect((await first.history({ id: 'failing', limit: 1 }))[0]?.delivery).toMatchObject({
    tries: 1,
    lastError: 'The other side is down.',
  });
  broken = false;
  const restarted = open(webhook);
  await lookAt(restarted, 60);
  await restarted.send(seq);
  await restarted.send(seq);
  expect(sent).toEqual([`alert_${seq} "alert.firing"`]);
  for (const seconds of [200, 230]) await lookAt(restarted, seconds);
  expect(await state()).toBe('firing');
  const due = await lookAt(restarted, 290);
  expect(await state()).toBe('resolved');
  for (const one of due) await restarted.send(one);
  const events = await restarted.history({ id: 'failing', limit: 10 });
  expect(events.map(({ event }) => event['state'])).toEqual(['resolved', 'firing', 'pending']);
  expect(sent).toEqual([`alert_${seq} "alert.firing"`, `alert_${events[0]?.seq ?? ''} "alert.resolved"`]);
}, 30_000);

test('what happens in one moment is seen by the two looks that it takes, however short the duration is', async () => {
  const { open, failed } = scene();
  const alerts = open();
  await alerts.put(rule({ duration: 30 }), 'tester');
  await failed(3);
  const seen = Date.now();
  // The latest that looks can be: the sample comes ten seconds after, and the look before it has just passed.
  for (const seconds of [40, 70]) await alerts.look(new Date(seen + seconds * 1_000));
  expect(await alerts.get('failing')).toMatchObject({ state: 'firing', figures: { executions_failed: 3 } });
}, 30_000);

test('while it is silent nobody is told, afterwards somebody is, and a rule that is deleted or switched off ends', async () => {
  const { open, failed } = scene();
  const alerts = open(() => Promise.resolve());
  await alerts.put(rule({ duration: 0 }), 'tester');
  await alerts.put(rule({ id: 'other', duration: 0 }), 'tester');
  await failed(3);
  const start = Date.now() + 5_000;
  await alerts.silence('failing', { until: new Date(start + 20_000), by: 'tester', reason: 'known' });
  await alerts.look(new Date(start));
  const actions = async (id: string) =>
    (await alerts.history({ id, limit: 10 })).map(({ event: { state, actions: done, reason } }) => [
      state,
      done,
      reason,
    ]);
  const all = ['log', 'notify', 'webhook'];
  expect(await actions('failing')).toEqual([['firing', [], undefined]]);
  expect(await actions('other')).toEqual([['firing', all, undefined]]);
  await alerts.look(new Date(start + 30_000));
  expect((await actions('failing'))[0]).toEqual(['firing', all, 'silence-over']);
  await alerts.put(rule({ duration: 0, enabled: false }), 'tester');
  await alerts.remove('other');
  await alerts.look(new Date(start + 40_000));
  expect((await actions('failing'))[0]).toEqual(['resolved', all, 'switched-off']);
  expect((await actions('other'))[0]).toEqual(['resolved', all, 'deleted']);
  const [gone] = await alerts.history({ id: 'other', limit: 1 });
  expect(gone).toMatchObject({ event: { name: 'Failing', severity: 'high' }, delivery: { tries: 0 } });
  await expect(alerts.get('other')).rejects.toMatchObject({ problem: { type: 'not-found' } });
}, 30_000);

test('a receiver that was down hears of an alert in order, of each alert by itself, and without waiting longer than it must', async () => {
  const { open, failed } = scene();
  const sent: string[] = [];
  let broken = true;
  const alerts = open(({ body: { type, data } }) => {
    if (broken) return Promise.reject(new OmniError('provider-unavailable', 'The other side is down.'));
    sent.push(`${(data as { id: string }).id} ${JSON.stringify(type)}`);
    return Promise.resolve();
  });
  for (const id of ['one', 'two'])
    await alerts.put(rule({ id, duration: 0, condition: 'executions_failed > 0' }), 'tester');
  await failed(1);
  const start = Date.now() + 5_000;
  const round = async (seconds: number): Promise<readonly string[]> => {
    const due = await alerts.look(new Date(start + seconds * 1_000));
    for (const seq of due) await alerts.send(seq);
    return due;
  };
  expect(await round(0)).toHaveLength(2);
  // Tried again after ten seconds of the database's clock, and not before.
  expect(await round(30)).toEqual([]);
  broken = false;
  await alerts.put(rule({ id: 'one', duration: 0, enabled: false, actions: ['log'] }), 'tester');
  // The end of `one` waits for its beginning, which is due at once.
  expect(await round(60)).toHaveLength(1);
  expect(await round(90)).toHaveLength(1);
  expect(sent).toEqual(['one "alert.firing"', 'one "alert.resolved"']);
}, 30_000);

test('definitions are told by an event whose name is the same at each try; one that does not fit keeps no webhook from being sent', async () => {
  const { open, failed } = scene();
  const told: string[] = [];
  const sent: string[] = [];
  let fault: OmniError | undefined = new OmniError('provider-unavailable', 'Temporal does not answer.');
  const alerts = open(
    ({ id }) => Promise.resolve(void sent.push(id)),
    ({ event: { type, source, id }, data }) => {
      told.push(`${type} ${source} ${id} ${(data as { alert: { state: string } }).alert.state}`);
      return fault === undefined ? Promise.resolve() : Promise.reject(fault);
    },
  );
  await alerts.put(rule({ duration: 0 }), 'tester');
  await failed(3);
  const [seq = ''] = await alerts.look(new Date(Date.now() + 5_000));
  const delivery = async () => (await alerts.history({ id: 'failing', limit: 1 }))[0]?.delivery;
  await alerts.send(seq);
  expect(await delivery()).toEqual({ tries: 1, lastError: 'Temporal does not answer.' });
  fault = new OmniError('validation', 'The event does not fit.');
  await alerts.send(seq);
  expect(await delivery()).toMatchObject({
    tries: 2,
    settledAt: expect.any(Date),
    lastError: 'The event does not fit.',
  });
  await alerts.send(seq);
  expect(told).toEqual(Array(2).fill(`omni.alert.firing /monitoring/alerts/failing alert_${seq} firing`));
  expect(sent).toEqual([`alert_${seq}`, `alert_${seq}`]);
}, 30_000);

test('an action that cannot be done is said in the history', async () => {
  const { open, failed } = scene();
  const alerts = open();
  await alerts.put(rule({ duration: 0 }), 'tester');
  await failed(3);
  await alerts.look(new Date(Date.now() + 5_000));
  const [event] = await alerts.history({ id: 'failing', limit: 1 });
  expect(event?.event).toMatchObject({
    actions: ['log', 'notify'],
    unsent: expect.stringMatching(/ALERT_WEBHOOK_URL is not set/),
  });
}, 30_000);

test('a condition that cannot be computed says why, for as long as that is so, and fires nothing', async () => {
  const { home, open, failed } = scene();
  const alerts = open();
  await alerts.put(
    rule({ duration: 0, condition: 'int(executions_failed) % int(executions_failed - 3.0) > -1' }),
    'tester',
  );
  await failed(3);
  const start = Date.now() + 5_000;
  await alerts.look(new Date(start));
  expect(await alerts.get('failing')).toMatchObject({ state: 'ok', fault: expect.stringMatching(/failed: .*zero/) });
  await store.samples.keep(home, randomUUID(), 10, [
    { name: 'orchestrator_executions_total', labels: { status: 'failed' }, kind: 'growth', value: 2 },
  ]);
  await alerts.look(new Date(start + 30_000));
  const { fault, state } = await alerts.get('failing');
  expect([fault, state]).toEqual([undefined, 'firing']);
}, 30_000);

test('a program’s own counter is read as what happened, and its gauge as what stands', async () => {
  const { home, open } = scene();
  const keep = (name: string, kind: 'growth' | 'level', value: number) =>
    store.samples.keep(home, randomUUID(), 10, [{ name, labels: { of: name }, kind, value }]);
  await keep('orders', 'growth', 3);
  await keep('orders', 'growth', 2);
  await keep('stock', 'level', 7);
  const alerts = open();
  await alerts.put(rule({ id: 'orders', condition: 'orders >= 5', duration: 0 }), 'tester');
  await alerts.put(rule({ id: 'stock', condition: 'stock < 10 && orders > 0', duration: 0 }), 'tester');
  await expect(alerts.put(rule({ id: 'other', condition: 'order > 5' }), 'tester')).rejects.toMatchObject({
    problem: { type: 'validation', errors: [{ pointer: '/condition' }] },
  });
  await alerts.look(new Date(Date.now() + 5_000));
  expect(await alerts.get('orders')).toMatchObject({ state: 'firing', figures: { orders: 5 } });
  expect(await alerts.get('stock')).toMatchObject({ state: 'firing', figures: { orders: 5, stock: 7 } });
}, 30_000);

test('figures are computed from what the samples hold', () => {
  const of = (name: string, value: number, labels = {}, count?: number) => ({
    name,
    labels,
    value,
    ...(count && { count }),
  });
  const window = {
    growth: [
      of('orchestrator_executions_total', 3, { status: 'completed' }),
      of('orchestrator_executions_total', 1, { status: 'failed' }),
      of('orchestrator_call_duration_seconds', 6, { tool: 'a' }, 3),
      of('own_counter', 4),
    ],
    levels: [
      of('orchestrator_breaker_open', 0, { provider: 'a' }),
      of('orchestrator_breaker_open', 1, { provider: 'b' }),
      of('orchestrator_human_tasks_waiting', 2),
      of('orchestrator_human_tasks_waiting', 2),
      of('orchestrator_calls_running', 2),
      of('orchestrator_calls_running', 3),
    ],
  };
  const figure = (name: string) => FIGURES[name]?.read(window);
  expect(figure('error_rate')).toBe(25);
  expect(figure('call_seconds')).toBe(2);
  expect(figure('breaker_open')).toBe(1);
  expect(figure('human_tasks_waiting')).toBe(2);
  expect(figure('orchestrator_calls_running')).toBe(5);
  expect(figure('call_error_rate')).toBeUndefined();
  expect(figure('budget_breaches')).toBe(0);
  expect(figure('own_counter')).toBe(4);
});

test('a webhook is signed as Standard Webhooks says, and an answer that is no 2xx is a failure', async () => {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const verified: string[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const header = (name: string) => request.headers[name] as string | undefined;
      const body = Buffer.concat(parts);
      const message = {
        ...{ id: header('webhook-id'), timestamp: header('webhook-timestamp') },
        ...{ signature: header('webhook-signature'), body },
      };
      verified.push(verifyMessage(message, webhookSecrets({ S: secret }, 'S'), Date.now()).id);
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const door = new Agent();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  const send = alertWebhook({ ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_SECRET: secret }, door);
  try {
    await send?.({ id: 'alert_1', body: { type: 'alert.firing' } });
    status = 500;
    await expect(send?.({ id: 'alert_2', body: {} })).rejects.toThrow(/answered with 500/);
  } finally {
    await door.close();
    await new Promise((resolve) => server.close(resolve));
  }
  expect(verified).toEqual(['alert_1', 'alert_2']);
  expect(alertWebhook({}, door)).toBeUndefined();
});

test('deploy/prometheus/alerts.yaml holds the built-in rules, over metrics that there are', () => {
  const file = readFileSync(path.join(__dirname, '../../deploy/prometheus/alerts.yaml'), 'utf8');
  expect(file).toBe(prometheusRules());
  const { groups } = parse(file) as { groups: [{ rules: { alert: string; expr: string; for: string }[] }] };
  const [{ rules }] = groups;
  expect(rules).toHaveLength(BUILT_IN_ALERTS.length + 1);
  const names = rules.flatMap(({ expr }) => expr.match(/orchestrator_\w+/g) ?? []);
  const own = names.filter((name) => !name.startsWith('orchestrator_nodejs_'));
  expect(own.filter((name) => !Object.hasOwn(METRICS, name))).toEqual([]);
  expect(rules[0]).toMatchObject({ alert: 'OmniErrorRate', for: '30s' });
  expect(rules[0]?.expr).toMatch(/\[300s\].* > 10\) and \(.* >= 5\)$/);
  expect(rules.find(({ alert }) => alert === 'OmniBreakerOpen')).toMatchObject({
    ...{ expr: 'max(orchestrator_breaker_open) >= 1', for: '120s' },
  });
});

test('docs/alerts.md names every figure and every built-in rule', () => {
  const page = readFileSync(path.join(__dirname, '../../docs/alerts.md'), 'utf8').replace(/ +/g, ' ');
  for (const [name, { help }] of Object.entries(ALERT_FIGURES)) expect(page).toContain(`\`${name}\` | ${help} |`);
  for (const { id, condition } of BUILT_IN_ALERTS) expect(page).toContain(`\`${id}\` | \`${condition}\` |`);
});
