/** Spans and the traces that they make, on a real PostgreSQL. */
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import type { KeptSpan } from '../../src/store/span-table';
import type { Store } from '../../src/store/store';
import { testDatabaseUrl, testStore } from '../servers';

let store: Store;
let database: Client;
beforeAll(async () => {
  store = await testStore();
  database = new Client({ connectionString: await testDatabaseUrl() });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await store.close();
});

const NOW = Date.now() * 1_000;
const id = (bytes: number): string => randomBytes(bytes).toString('hex');
const span = (changes: Partial<KeptSpan> = {}): KeptSpan => ({
  traceId: id(16),
  spanId: id(8),
  name: 'step say',
  service: 'omni-mcp',
  kind: 'internal',
  status: 'ok',
  startedUs: NOW,
  endedUs: NOW + 5_000,
  attributes: {},
  links: [],
  ...changes,
});
/** A door, an execution in it, a step, a call. */
const whole = (changes: Partial<KeptSpan> = {}): readonly [KeptSpan, KeptSpan, KeptSpan, KeptSpan] => {
  const of = { traceId: id(16), executionId: `coach-${randomUUID()}`, workflow: 'coach', ...changes };
  const { traceId } = of;
  const door = span({ traceId, name: 'POST /workflows/{name}/execute', kind: 'server', startedUs: NOW - 1 });
  const execution = span({ ...of, name: 'workflow_execution', parentId: door.spanId, endedUs: NOW + 9_000 });
  const step = span({ ...of, parentId: execution.spanId, endedUs: NOW + 8_000 });
  const call = span({ ...of, name: 'call echo.say', parentId: step.spanId, startedUs: NOW + 1_000 });
  return [door, execution, step, call];
};

test('spans are found as they were kept, in order of their start, what encloses before what is in it', async () => {
  const home = randomUUID();
  const [door, execution, step, call] = whole();
  const told = {
    ...call,
    status: 'error' as const,
    attributes: { 'omni.provider': 'echo', 'omni.attempt': 2, 'omni.tags': ['a', 'b'] },
    links: [{ traceId: id(16), spanId: id(8) }],
  };
  await store.spans.keep(home, [told, step, execution, door]);
  expect(await store.spans.spans(home, door.traceId, 10)).toEqual([door, execution, step, told]);
  expect(await store.spans.spans(home, door.traceId, 2)).toEqual([door, execution]);
  expect(await store.spans.spans(randomUUID(), door.traceId, 10)).toEqual([]);
});

test('what is kept twice, in one batch or in several at once, counts once', async () => {
  const home = randomUUID();
  const spans = whole();
  const [{ traceId }, execution] = spans;
  await Promise.all([
    store.spans.keep(home, [...spans, execution]),
    store.spans.keep(home, [...spans].reverse()),
    store.spans.keep(home, [{ ...execution, name: 'another' }]),
  ]);
  await store.spans.keep(home, spans);
  expect(await store.spans.spans(home, traceId, 10)).toHaveLength(4);
  expect(await store.spans.trace(home, traceId)).toMatchObject({ spans: 4 });
});

test('in whatever order spans arrive, the trace tells of its first one, of its execution, and how that ended', async () => {
  const home = randomUUID();
  const outcome = async (order: readonly number[], changes: Partial<KeptSpan> = {}) => {
    const spans = whole(changes);
    for (const index of order)
      await store.spans.keep(
        home,
        spans.filter((_, at) => at === index),
      );
    const { startedUs, durationMs, traceId, executionId, ...row } = (await store.spans.trace(home, spans[0].traceId))!;
    expect([traceId, executionId]).toEqual([spans[0].traceId, spans[1].executionId]);
    return { ...row, startedUs, durationMs };
  };
  const row = { name: 'POST /workflows/{name}/execute', service: 'omni-mcp', workflow: 'coach' };
  const ended = { ...row, startedUs: NOW - 1, durationMs: 9.001, spans: 4 };
  expect(await outcome([0, 1, 2, 3])).toEqual({ ...ended, status: 'success' });
  expect(await outcome([3, 2, 1, 0])).toEqual({ ...ended, status: 'success' });
  expect(await outcome([2, 0, 3, 1], { status: 'error' })).toEqual({ ...ended, status: 'error' });
  expect(await outcome([0, 3, 2])).toMatchObject({ ...row, startedUs: NOW - 1, spans: 3, status: 'running' });
  expect(await outcome([3, 2])).toMatchObject({ name: 'step say', startedUs: NOW, spans: 2, status: 'running' });
});

test('a child that has ended does not end the trace of its parent', async () => {
  const home = randomUUID();
  const [door, execution, step, call] = whole();
  const child = span({
    ...execution,
    spanId: id(8),
    executionId: `${execution.executionId}.step`,
    parentId: step.spanId,
    startedUs: NOW + 2_000,
    status: 'error',
  });
  await store.spans.keep(home, [door, call, child]);
  expect(await store.spans.trace(home, door.traceId)).toMatchObject({
    status: 'running',
    executionId: execution.executionId,
  });
  await store.spans.keep(home, [step, execution]);
  expect(await store.spans.trace(home, door.traceId)).toMatchObject({
    status: 'success',
    executionId: execution.executionId,
  });
  expect(await store.spans.find(home, { executionId: child.executionId!, limit: 9 })).toHaveLength(1);
});

test('lists: one row per trace, newest first, page by page; of a name the first span that all is true of', async () => {
  const home = randomUUID();
  const at = (minutes: number): number => NOW - minutes * 60_000_000;
  const traces = [0, 1, 2, 3, 4].map((minutes) =>
    whole({ startedUs: at(minutes), ...(minutes === 2 && { status: 'error', workflow: 'other' }) }).map((one) => ({
      ...one,
      startedUs: at(minutes),
      endedUs: at(minutes) + (minutes + 1) * 1_000,
    })),
  );
  // The last one still runs.
  const [door, , step, call] = traces[4]!;
  await store.spans.keep(home, [...traces.slice(0, 4).flat(), door!, step!, call!]);
  const minutesOf = async (filter: Partial<Parameters<typeof store.spans.find>[1]>) =>
    (await store.spans.find(home, { limit: 10, ...filter })).map(({ startedUs }) => (NOW - startedUs) / 60_000_000);
  expect(await minutesOf({})).toEqual([0, 1, 2, 3, 4]);
  expect(await minutesOf({ operation: 'workflow_execution' })).toEqual([0, 1, 2, 3, 4]);
  expect(await minutesOf({ operation: 'workflow_execution', status: 'success' })).toEqual([0, 1, 3]);
  for (const operation of [undefined, 'workflow_execution']) {
    const of = operation === undefined ? {} : { operation };
    expect(await minutesOf({ ...of, status: 'error' })).toEqual([2]);
    expect(await minutesOf({ ...of, status: 'running' })).toEqual([4]);
    expect(await minutesOf({ ...of, workflow: 'other' })).toEqual([2]);
    expect(await minutesOf({ ...of, executionId: traces[1]![1]!.executionId! })).toEqual([1]);
    expect(await minutesOf({ ...of, from: new Date(at(3) / 1_000), to: new Date(at(1) / 1_000) })).toEqual([2, 3]);
    expect(await minutesOf({ ...of, minDurationMs: 3, status: 'success' })).toEqual([3]);
    const pages: number[] = [];
    let after: { startedUs: number; traceId: string } | undefined;
    do {
      const page = await store.spans.find(home, { ...of, limit: 2, ...(after && { after }) });
      pages.push(...page.map(({ startedUs }) => (NOW - startedUs) / 60_000_000));
      after = page.at(-1);
    } while (after !== undefined);
    expect(pages).toEqual([0, 1, 2, 3, 4]);
  }
  expect(await minutesOf({ operation: 'call echo.say', status: 'error' })).toEqual([2]);
  expect(await minutesOf({ operation: 'invoke_agent' })).toEqual([]);
  // Neither a step nor the end has told of which definition it is.
  const early = span({ name: 'activity x', executionId: 'early', startedUs: at(-1), endedUs: at(-1) });
  await store.spans.keep(home, [early]);
  expect(await minutesOf({ operation: 'workflow_execution', status: 'running' })).toEqual([-1, 4]);
  const again = span({ ...call!, spanId: id(8), startedUs: call!.startedUs + 1, endedUs: call!.endedUs + 1 });
  await store.spans.keep(home, [again]);
  expect(await minutesOf({ operation: 'call echo.say' })).toEqual([0, 1, 2, 3, 4]);
  expect(await store.spans.figures(home, new Date(at(3) / 1_000))).toEqual({ total: 4, failed: 1, averageMs: 2.5 });
  expect(await store.spans.figures(randomUUID(), new Date(0))).toEqual({ total: 0, failed: 0, averageMs: 0 });
});

test('traces go whole once their last span is too old, and those of others stay', async () => {
  const [home, other] = [randomUUID(), randomUUID()];
  const dayUs = 24 * 3_600_000_000;
  const old = (days: number, traceId = id(16)): KeptSpan =>
    span({ traceId, startedUs: NOW - days * dayUs, endedUs: NOW - days * dayUs });
  const [gone, long] = [id(16), id(16)];
  await store.spans.keep(home, [
    old(9, gone),
    old(8, gone),
    old(9, long),
    old(1, long),
    ...Array.from({ length: 100 }, () => old(10)),
  ]);
  await store.spans.keep(other, [old(30)]);
  const week = 7 * 24 * 3_600_000;
  expect(await store.spans.drop(home, week)).toBe(true);
  expect(await store.spans.drop(home, week)).toBe(false);
  const { rows } = await database.query('SELECT DISTINCT encode(trace_id, $2) AS id FROM spans WHERE home = $1', [
    home,
    'hex',
  ]);
  expect(rows).toEqual([{ id: long }]);
  expect(await store.spans.find(home, { limit: 10 })).toMatchObject([{ traceId: long, spans: 2 }]);
  expect(await store.spans.find(other, { limit: 10 })).toHaveLength(1);
});

test('while one process deletes, another does not', async () => {
  const home = randomUUID();
  await store.spans.keep(home, [span({ startedUs: 0, endedUs: 0 })]);
  await database.query('BEGIN');
  await database.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`traces ${home}`]);
  expect(await store.spans.drop(home, 1)).toBe(false);
  expect(await store.spans.find(home, { limit: 10 })).toHaveLength(1);
  await database.query('COMMIT');
  expect(await store.spans.drop(home, 1)).toBe(false);
  expect(await store.spans.find(home, { limit: 10 })).toEqual([]);
});
