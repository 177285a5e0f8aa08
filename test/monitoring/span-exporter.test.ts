/** Spans on their way into the database. */
import { expect, test } from '@jest/globals';
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { pino } from 'pino';
import { createSpanExporter, keptSpan } from '../../src/monitoring/span-exporter';
import { openTraces } from '../../src/monitoring/traces';
import type { KeptSpan } from '../../src/store/span-table';
import { inSpan } from '../../src/tracing/span';
import type { Tracing } from '../../src/tracing/tracing';
import { createTracing } from '../../src/tracing/tracing';

interface Bench {
  readonly tracing: Tracing;
  readonly kept: KeptSpan[];
  readonly lines: string[];
  fail: boolean;
}

function bench(): Bench {
  const kept: KeptSpan[] = [];
  const lines: string[] = [];
  const logger = pino({ base: null }, { write: (line: string) => void lines.push(String(JSON.parse(line).msg)) });
  const table = {
    keep: (_home: string, spans: readonly KeptSpan[]) => {
      expect(isTracingSuppressed(context.active())).toBe(true);
      if (made.fail) return Promise.reject(new Error('the database is away'));
      kept.push(...spans);
      return Promise.resolve();
    },
  };
  const exporters = [createSpanExporter({ table, home: 'here', logger })];
  const tracing = createTracing({ service: 'omni-mcp', version: '1', ratio: 1, exporters });
  const made = { tracing, kept, lines, fail: false };
  return made;
}

const attempt = (tracing: Tracing) => tracing.begin('one', {}, () => Promise.resolve());

test('what was traced is kept with its names, its parents and its outcome', async () => {
  const { tracing, kept } = bench();
  const attributes = { 'omni.execution.id': 'coach-1', 'omni.workflow': 'coach', 'omni.attempt': 2 };
  const failing = inSpan.bind(undefined, 'inner', { attributes }, () => Promise.reject(new TypeError('Ada was here')));
  await expect(tracing.begin('outer', {}, failing)).rejects.toThrow();
  await tracing.close();
  const [inner, outer] = kept;
  expect(inner).toMatchObject({
    name: 'inner',
    parentId: outer?.spanId,
    traceId: outer?.traceId,
    service: 'omni-mcp',
    kind: 'internal',
    status: 'error',
    executionId: 'coach-1',
    workflow: 'coach',
    attributes: { ...attributes, 'error.type': 'TypeError' },
    links: [],
  });
  expect(outer).not.toHaveProperty('parentId');
  expect(JSON.stringify(kept)).not.toContain('Ada');
  expect(outer!.startedUs / 1_000).toBeGreaterThan(Date.now() - 60_000);
  expect(outer!.endedUs).toBeGreaterThanOrEqual(outer!.startedUs);
});

test('a database that is away loses spans, says so once, says when it is back, and fails nobody', async () => {
  const made = bench();
  const { tracing, kept, lines } = made;
  made.fail = true;
  const lost = async () => {
    await attempt(tracing);
    await tracing.flush().catch(() => undefined);
  };
  await lost();
  await lost();
  expect([lines, kept]).toEqual([['spans not kept'], []]);
  made.fail = false;
  await attempt(tracing);
  await tracing.flush();
  await attempt(tracing);
  await tracing.flush();
  expect(lines).toEqual(['spans not kept', 'spans kept again']);
  expect(kept).toHaveLength(2);
  await tracing.close();
});

test('a database that does not answer is asked once at a time, and what waits for it is bounded', async () => {
  let asked = 0;
  let answer: () => void = () => undefined;
  const silence = new Promise<void>((resolve) => (answer = resolve));
  const table = { keep: () => ((asked += 1), silence) };
  const exporter = createSpanExporter({ table, home: 'here', logger: pino({ level: 'silent' }) });
  const codes: number[] = [];
  for (let i = 0; i < 35; i += 1) exporter.export([], ({ code }) => void codes.push(code));
  await new Promise(setImmediate);
  expect([asked, codes]).toEqual([1, [1, 1, 1]]);
  answer();
  await exporter.shutdown();
  await new Promise(setImmediate);
  expect([asked, codes]).toEqual([32, [1, 1, 1, ...Array<number>(32).fill(0)]]);
});

test('whatever stands in a span, PostgreSQL can take it, and it is of bounded size', () => {
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`n${i}`, i]));
  const span = keptSpan({
    name: `step \0 ${'x'.repeat(1_000)}`,
    kind: 0,
    spanContext: () => ({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 }),
    startTime: [1_790_000_000, 500_000],
    endTime: [1_789_999_999, 0],
    status: { code: SpanStatusCode.OK, message: 'somebody’s words' },
    attributes: { a: `${'y'.repeat(255)}😀`, b: Number.NaN, c: ['\0', 'z'.repeat(999)], d: '\ud800', ...many },
    links: Array.from({ length: 50 }, () => ({
      context: trace.wrapSpanContext({ traceId: 'c', spanId: 'd', traceFlags: 1 }).spanContext(),
    })),
    events: [{ name: 'exception', time: [0, 0], attributes: { message: 'somebody’s words' } }],
    resource: { attributes: {} },
  } as unknown as ReadableSpan);
  expect(span).toMatchObject({ startedUs: 1_790_000_000_000_500, endedUs: 1_790_000_000_000_500, service: 'unknown' });
  expect(span.attributes).toMatchObject({
    a: `${'y'.repeat(255)}\ufffd`,
    b: 'NaN',
    c: ['', 'z'.repeat(256)],
    d: '\ufffd',
  });
  expect([span.name.length, Object.keys(span.attributes).length, span.links.length]).toEqual([255, 64, 16]);
  expect(JSON.stringify(span)).not.toMatch(/somebody|\\u0000/);
});

test('old traces are deleted bit by bit, until there are none, and what fails is tried again', async () => {
  const answers = [true, true, false, new Error('away'), false];
  const seen: number[] = [];
  const done = new Promise<void>((resolve) => {
    const drop = (_home: string, olderMs: number): Promise<boolean> => {
      const answer = answers.shift();
      seen.push(olderMs);
      if (answers.length === 0) resolve();
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer ?? false);
    };
    const table = { drop, find: never, trace: never, spans: never, figures: never };
    const traces = openTraces({ table, home: 'here', days: 2, logger: pino({ level: 'silent' }), everyMs: 1 });
    stop = () => traces.stop();
  });
  await done;
  await stop();
  expect(seen.slice(0, 5)).toEqual(Array(5).fill(2 * 24 * 3_600_000));
});

let stop: () => Promise<void>;
const never = (): never => {
  throw new Error('not asked for');
};
