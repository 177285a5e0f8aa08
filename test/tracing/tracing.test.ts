/** Which spans this process makes, and what they tell. */
import { expect, test } from '@jest/globals';
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { OmniError } from '../../src/plan/problem';
import { parseTraceparent, traceparent } from '../../src/plan/trace';
import { activeTraceparent, annotate, inSpan } from '../../src/tracing/span';
import { createTracing } from '../../src/tracing/tracing';

const FROM = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };

function traced(ratio = 1) {
  const exporter = new InMemorySpanExporter();
  const tracing = createTracing({ service: 'test', version: '1.2.3', ratio, exporters: [exporter] });
  return {
    tracing,
    spans: async () => {
      await tracing.flush();
      return exporter.getFinishedSpans();
    },
  };
}

test('a span goes on with the trace that it is given, and what happens inside of it lies below it', async () => {
  const { tracing, spans } = traced();
  const header = await tracing.begin('outer', { from: FROM, attributes: { a: 1 } }, () =>
    inSpan('inner', {}, () => {
      annotate({ b: 2 });
      return Promise.resolve(activeTraceparent());
    }),
  );
  const [inner, outer] = await spans();
  expect(outer).toMatchObject({ name: 'outer', attributes: { a: 1 }, parentSpanContext: { ...FROM, isRemote: true } });
  expect(inner).toMatchObject({ name: 'inner', attributes: { b: 2 }, parentSpanContext: outer?.spanContext() });
  expect(inner?.resource.attributes).toMatchObject({ 'service.name': 'test', 'service.version': '1.2.3' });
  expect(parseTraceparent(header)).toEqual({ traceId: FROM.traceId, spanId: inner?.spanContext().spanId });
});

test('where nothing is traced, work simply runs', async () => {
  const { spans } = traced();
  expect(await inSpan('inner', {}, () => Promise.resolve(activeTraceparent() ?? 'nothing'))).toBe('nothing');
  annotate({ b: 2 });
  expect(await spans()).toEqual([]);
});

test('a span of the program around is left as it is, and gone on with', async () => {
  traced();
  const exporter = new InMemorySpanExporter();
  const around = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const span = around.getTracer('around').startSpan('theirs');
  const header = context.with(trace.setSpan(context.active(), span), () => {
    annotate({ ours: 1 });
    return activeTraceparent();
  });
  span.end();
  await around.forceFlush();
  expect(exporter.getFinishedSpans().map(({ attributes }) => attributes)).toEqual([{}]);
  expect(parseTraceparent(header)?.spanId).toBe(span.spanContext().spanId);
});

test('of what went wrong a span tells the type, never the text', async () => {
  const { tracing, spans } = traced();
  const fail = (name: string, error: Error) =>
    tracing.begin(name, {}, () => Promise.reject(error)).catch(() => undefined);
  await fail('ours', new OmniError('rate-limited', 'ann@example.com sent too much'));
  await fail('pg', Object.assign(new Error('duplicate key ann@example.com'), { code: '23505' }));
  await fail('odd', Object.assign(new Error('x'), { name: 'not a name: ann@example.com' }));
  const told = await spans();
  expect(told.map(({ attributes }) => attributes['error.type'])).toEqual(['rate-limited', '23505', 'unknown']);
  expect(told.every(({ status }) => status.code === SpanStatusCode.ERROR && status.message === undefined)).toBe(true);
  expect(JSON.stringify(told.map(({ attributes, events, name }) => ({ attributes, events, name })))).not.toContain(
    'ann@',
  );
});

test('an attempt that only waited for a limit has not failed', async () => {
  const { tracing, spans } = traced();
  const postponed = Object.assign(new Error('later'), { type: 'postponed' });
  await tracing.begin('call', {}, () => Promise.reject(postponed)).catch(() => undefined);
  expect((await spans()).map(({ status, attributes }) => [status.code, attributes])).toEqual([
    [SpanStatusCode.UNSET, { 'omni.postponed': true }],
  ]);
});

test('whether a trace is kept follows from its id, whoever makes the span', async () => {
  const ids = Array.from({ length: 400 }, (_, i) => (i * 10_000_019 + 1).toString(16).padStart(8, '0').repeat(4));
  const kept = async (ratio: number) => {
    const { tracing, spans } = traced(ratio);
    for (const [i, traceId] of ids.entries()) {
      const spanId = (i + 1).toString(16).padStart(16, '0');
      await tracing.begin('made', { from: { traceId, spanId } }, () => Promise.resolve());
      tracing.keep({ name: 'told', traceId, spanId, startedAt: 1, endedAt: 2, failed: false, attributes: {} });
    }
    const of = (name: string) => async () =>
      new Set((await spans()).filter((span) => span.name === name).map((span) => span.spanContext().traceId));
    const [made, told] = [await of('made')(), await of('told')()];
    expect(made).toEqual(told);
    return told.size;
  };
  expect(await kept(1)).toBe(ids.length);
  expect(await kept(0)).toBe(0);
});

test.each([
  undefined,
  '',
  5,
  'nonsense',
  `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
  `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`,
  '00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01',
  `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-${'x'.repeat(200)}`,
])('%p names no trace', (text) => {
  expect(parseTraceparent(text)).toBeUndefined();
});

test('a header is read back as it was written, and a later version of it too', () => {
  expect(parseTraceparent(traceparent(FROM))).toEqual(FROM);
  expect(parseTraceparent(`cc-${FROM.traceId}-${FROM.spanId}-01-what-will-be`)).toEqual(FROM);
});
