/** What was counted and traced, over HTTP. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { KeptSpan } from '../../src/store/span-table';
import { homeOf } from '../../src/store/kept-execution-table';
import type { Door } from './door';
import { openDoor } from './door';
import { ECHO_CONTRACTS, echoProvider } from './echo-tools';

let door: Door;
beforeAll(async () => {
  door = await openDoor({
    contracts: ECHO_CONTRACTS,
    providers: [echoProvider()],
    definitions: {
      'counted.yaml': `
name: Counted
version: 1.0.0
trigger: { payload: { text: string, ok: boolean } }
steps:
  - { name: say, tool: echo.say, provider: echo, input: { text: "\${trigger.payload.text}" } }
  - { name: stop, if: "!trigger.payload.ok", fail: { type: app/stopped, detail: Enough } }
`,
    },
  });
}, 60_000);
afterAll(() => door.close());

const run = (ok: boolean) =>
  door.ask('POST', '/workflows/counted/execute', { payload: { text: 'x', ok } }, { Prefer: 'wait=30' });

test('executions, steps and calls are counted where they happen, and the series say so at once', async () => {
  expect([(await run(true)).body.status, (await run(false)).body.status]).toEqual(['completed', 'failed']);
  const of = async (query: string) => (await door.ask('GET', `/monitoring/metrics?${query}`)).body.series;
  const sum = async (query: string): Promise<number> =>
    (await of(query))
      .flatMap((one: { points: { value: number }[] }) => one.points.map(({ value }) => value))
      .reduce((a: number, b: number) => a + b, 0);
  expect(await sum('name=workflow_executions&labels=workflow:counted,status:success')).toBe(1);
  expect(await sum('name=workflow_executions&labels=workflow:counted,error:app/stopped')).toBe(1);
  expect(await sum('name=orchestrator_steps_total&labels=workflow:counted,kind:tool')).toBe(2);
  expect(await sum('name=orchestrator_calls_total&labels=tool:echo.say,outcome:completed')).toBe(2);
  const [duration] = await of('name=workflow_duration&labels=workflow:counted,status:completed');
  expect(duration.points.at(-1)).toMatchObject({ count: 1 });
  const listed = await door.ask('GET', '/monitoring/metrics');
  expect(listed.body.metrics).toContainEqual(
    expect.objectContaining({ name: 'orchestrator_executions_total', alias: 'workflow_executions' }),
  );
}, 60_000);

test('the dashboard has the specification’s shape, and counts what just ran', async () => {
  const { body } = await door.ask('GET', '/monitoring/dashboard');
  expect(Object.keys(body)).toEqual(['metrics', 'alerts', 'traces', 'healthChecks']);
  expect(body.metrics.workflow_executions.latest).toBeGreaterThanOrEqual(2);
  expect(body.alerts).toMatchObject({ firing: 0, resolved: 0 });
  expect(Object.keys(body.traces)).toEqual(['total', 'successRate', 'averageDuration']);
  expect(body.healthChecks).toMatchObject({ degraded: 0, unhealthy: 0 });
});

test('a range that ends before it begins, a step of no length and labels of no form are refused', async () => {
  for (const query of [
    'name=x&startTime=2026-01-02&endTime=2026-01-01',
    'name=x&stepSeconds=0',
    'name=x&labels=workflow',
    'name=x&unknown=1',
    'name=x&startTime=yesterday',
  ]) {
    const { status, body } = await door.ask('GET', `/monitoring/metrics?${query}`);
    expect([query, status, body.type]).toEqual([query, 400, 'validation']);
  }
  const old = await door.ask(
    'GET',
    '/monitoring/metrics?name=workflow_executions&startTime=2024-01-01&endTime=2024-01-02',
  );
  expect([old.status, old.body.series]).toEqual([200, []]);
});

const span = (changes: Partial<KeptSpan>): KeptSpan => ({
  traceId: randomBytes(16).toString('hex'),
  spanId: randomBytes(8).toString('hex'),
  name: 'workflow_execution',
  service: 'omni-mcp',
  kind: 'internal',
  status: 'ok',
  startedUs: 1_790_000_000_000_000,
  endedUs: 1_790_000_000_250_500,
  executionId: 'counted-1',
  workflow: 'counted',
  attributes: { 'omni.execution.id': 'counted-1', 'omni.workflow': 'counted' },
  links: [],
  ...changes,
});

test('traces are listed as the specification asks, page by page, and shown with their spans', async () => {
  const { store, taskQueue } = door.harness;
  const whole = span({});
  const step = span({ ...whole, spanId: 'ab'.repeat(8), parentId: whole.spanId, name: 'step say', status: 'unset' });
  const failed = span({ status: 'error', startedUs: 1_790_000_001_000_000, endedUs: 1_790_000_001_000_000 });
  await store.spans.keep(homeOf('default', taskQueue), [step, whole, failed]);
  const ask = async (query: string) => (await door.ask('GET', `/monitoring/traces?endTime=2027-01-01&${query}`)).body;
  const summary = {
    traceId: whole.traceId,
    operationName: 'workflow_execution',
    service: 'omni-mcp',
    status: 'success',
    startTime: '2026-09-21T14:13:20.000Z',
    duration: 250.5,
    executionId: 'counted-1',
    workflow: 'counted',
  };
  const row = { ...summary, spans: 2 };
  expect(await ask('operationName=workflow_execution&status=success')).toEqual({ traces: [row] });
  expect(await ask('workflow=counted&minDuration=100')).toEqual({ traces: [row] });
  const first = await ask('executionId=counted-1&limit=1');
  expect(first).toMatchObject({ traces: [{ traceId: failed.traceId, status: 'error' }], next: expect.any(String) });
  expect(await ask(`executionId=counted-1&limit=1&cursor=${first.next}`)).toEqual({ traces: [row] });
  const shown = {
    service: 'omni-mcp',
    kind: 'internal',
    startTime: row.startTime,
    endTime: '2026-09-21T14:13:20.250Z',
  };
  const of = { ...shown, duration: 250.5, executionId: 'counted-1', workflow: 'counted', links: [] };
  const { attributes } = whole;
  expect((await door.ask('GET', `/monitoring/traces/${whole.traceId}`)).body).toEqual({
    ...summary,
    spans: expect.arrayContaining([
      { ...of, attributes, spanId: whole.spanId, name: 'workflow_execution', status: 'ok' },
      { ...of, attributes, spanId: step.spanId, parentId: whole.spanId, name: 'step say', status: 'unset' },
    ]),
  });
});

test('a trace that is not here is not found, and what cannot be asked is refused with what can', async () => {
  const unknown = await door.ask('GET', `/monitoring/traces/${'0'.repeat(32)}`);
  expect([unknown.status, unknown.body.type]).toEqual([404, 'not-found']);
  for (const [query, word] of [
    ['status=done', 'success'],
    ['startTime=2026-01-02&endTime=2026-01-01', 'before'],
    ['minDuration=-1', 'minDuration'],
    ['limit=1001', '1000'],
    ['cursor=x', 'Begin without'],
    ['operation=x', 'operation'],
  ]) {
    const { status, body } = await door.ask('GET', `/monitoring/traces?${query}`);
    expect([query, status, body.type, body.detail]).toEqual([query, 400, 'validation', expect.stringContaining(word!)]);
  }
  expect((await door.ask('GET', '/monitoring/traces/xyz')).status).toBe(400);
  expect((await door.ask('GET', '/monitoring/traces', undefined, await door.as('agent', ['agent']))).status).toBe(403);
});
