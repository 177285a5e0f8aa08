/** Traces that a program tells of by itself. */
import { expect, test } from '@jest/globals';
import { createClean } from '../../src/monitoring/clean-text';
import type { ProgramTraces } from '../../src/monitoring/program-traces';
import { createProgramTraces } from '../../src/monitoring/program-traces';
import { OmniError } from '../../src/plan/problem';
import type { FinishedSpan } from '../../src/tracing/finished-span';

function program(): { readonly traces: ProgramTraces; readonly kept: FinishedSpan[] } {
  const kept: FinishedSpan[] = [];
  let at = 0;
  const tracing = { keep: (span: FinishedSpan) => void kept.push(span) };
  return { traces: createProgramTraces({ tracing, clean: createClean(['s3cr3t-key']), now: () => (at += 10) }), kept };
}

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (thrown) {
    return thrown instanceof OmniError ? thrown.problem.type : 'another error';
  }
  return 'nothing';
}

test('the specification’s example makes a trace of two spans, of which nobody’s id is told', () => {
  const { traces, kept } = program();
  const traceId = traces.startTrace('workflow_execution', { userId: 'user123', workflowId: 'bilingual-coach' });
  const spanId = traces.addSpan(traceId, 'stt_transcription', { tool: 'stt.transcribe', provider: 'openrouter' });
  traces.finishSpan(traceId, spanId);
  traces.finishTrace(traceId, 'success');
  expect(traceId).toMatch(/^[0-9a-f]{32}$/);
  const [span, root] = kept;
  expect(span).toEqual({
    traceId,
    spanId,
    parentSpanId: root?.spanId,
    name: 'stt_transcription',
    startedAt: 20,
    endedAt: 30,
    failed: false,
    attributes: { 'omni.tool': 'stt.transcribe', 'omni.provider': 'openrouter' },
  });
  expect(root).toEqual({
    traceId,
    spanId: root?.spanId,
    name: 'workflow_execution',
    startedAt: 10,
    endedAt: 40,
    failed: false,
    attributes: { 'omni.workflow': 'bilingual-coach' },
  });
  expect(JSON.stringify(kept)).not.toContain('user123');
});

test('of what a program says of a span only names of things and known numbers are kept', () => {
  const { traces, kept } = program();
  const context = {
    email: 'ada@example.com',
    operation: 'ask Ada Lovelace for her card',
    provider: 's3cr3t-key',
    tool: 'ada@example.com',
    step: { name: 'x' },
    model: 'openai/gpt-4o',
    attempt: 2,
    costUsd: Number.NaN,
    phone: 491701234567,
    ['__proto__']: { workflow: 'x' },
  };
  traces.finishTrace(traces.startTrace('ask', context), 'error');
  expect(kept).toMatchObject([{ failed: true, attributes: {} }]);
  expect(kept[0]?.attributes).toEqual({ 'gen_ai.request.model': 'openai/gpt-4o', 'omni.attempt': 2 });
  traces.finishTrace(traces.startTrace('ask', null as never), 'success');
  expect(kept[1]?.attributes).toEqual({});
});

test('what is open in a trace ends with it, as it ends', () => {
  const { traces, kept } = program();
  const traceId = traces.startTrace('import');
  const ended = traces.addSpan(traceId, 'read file');
  traces.finishSpan(traceId, ended);
  traces.addSpan(traceId, 'write rows');
  traces.finishTrace(traceId, 'error');
  expect(kept.map(({ name, failed }) => [name, failed])).toEqual([
    ['read file', false],
    ['write rows', true],
    ['import', true],
  ]);
});

test('ids that are not open are not found, and neither names of people nor other endings are taken', () => {
  const { traces } = program();
  const [one, other] = [traces.startTrace('one'), traces.startTrace('other')];
  const span = traces.addSpan(one, 'part');
  expect(refusal(() => traces.finishSpan(other, span))).toBe('not-found');
  traces.finishSpan(one, span);
  expect(refusal(() => traces.finishSpan(one, span))).toBe('not-found');
  expect(refusal(() => traces.finishTrace(one, 'done' as never))).toBe('validation');
  traces.finishTrace(one, 'success');
  for (const late of [
    () => traces.addSpan(one, 'part'),
    () => traces.finishSpan(one, span),
    () => traces.finishTrace(one, 'success'),
  ])
    expect(refusal(late)).toBe('not-found');
  for (const name of ['', 'for ada@example.com', 'with s3cr3t-key', 'x'.repeat(101), 'a\nb', 7 as never])
    expect([name, refusal(() => traces.startTrace(name))]).toEqual([name, 'validation']);
});

test('a program that never finishes is told so, before it fills the memory', () => {
  const { traces } = program();
  const first = traces.startTrace('one');
  for (let i = 1; i < 1_000; i += 1) traces.startTrace('one');
  expect(refusal(() => traces.startTrace('one'))).toBe('rate-limited');
  for (let i = 0; i < 1_000; i += 1) traces.addSpan(first, 'part');
  expect(refusal(() => traces.addSpan(first, 'part'))).toBe('rate-limited');
  traces.finishTrace(first, 'success');
  expect(refusal(() => traces.startTrace('one'))).toBe('nothing');
});
