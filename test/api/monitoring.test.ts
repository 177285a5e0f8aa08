/** What was counted, over HTTP. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
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
