import { expect, test } from '@jest/globals';
import { PROBLEMS } from '../../src/plan/problem';
import { adviceFor } from '../../web/executions/advice';
import { failureOf } from '../../web/executions/failure';
import { overlay, statusOf } from '../../web/graph/overlay';
import { withPiece, withStatus, withStep } from '../../web/executions/live';
import type { Execution } from '../../web/shapes';
import { call, iso, step } from './steps';

const error = { type: 'tool-error', title: 'Tool failed', status: 502, detail: 'It is broken.' };
const EXECUTION: Execution = {
  executionId: 'e',
  runId: 'r',
  workflow: 'w',
  origin: 'request',
  status: 'running',
  startedAt: iso(0),
  duration: 0,
  steps: [],
  usage: { inputTokens: 0, outputTokens: 0, costUsd: 0, durationMs: 0 },
  source: 'state',
  links: { self: '', history: '', events: '', cancel: '' },
};

test('a failure is shown with the innermost step that failed and all that was tried', () => {
  const pay = step('both.pay', {
    status: 'failed',
    error,
    calls: [
      call({ provider: 'a', status: 'failed', attempts: 3, error, skipped: [{ provider: 'z', reason: 'set Z_KEY' }] }),
      call({ number: 2, provider: '', status: 'failed', skipped: [{ provider: 'b', reason: 'its breaker is open' }] }),
    ],
  });
  const failure = failureOf({
    status: 'failed',
    error,
    steps: [step('both', { status: 'failed', kind: 'parallel' }), pay],
  });
  expect(failure?.step?.path).toBe('both.pay');
  expect(failure?.tried).toEqual([
    { provider: 'z', outcome: 'passed over', detail: 'set Z_KEY' },
    { provider: 'a', outcome: 'failed', attempts: 3, detail: 'It is broken.' },
    { provider: 'b', outcome: 'passed over', detail: 'its breaker is open' },
  ]);
  expect(failureOf({ status: 'completed', steps: [pay] })).toBeUndefined();
});

test('the step that the problem names is the cause, also beside others that failed', () => {
  const steps = [step('a', { status: 'failed' }), step('b', { status: 'failed' })];
  expect(failureOf({ status: 'failed', error: { ...error, step: 'b' }, steps })?.step?.path).toBe('b');
});

test('there is advice for every type of problem', () => {
  for (const type of Object.keys(PROBLEMS).filter((one) => !/conflict|method|media/.test(one)))
    expect([type, adviceFor(type)]).not.toEqual([type, adviceFor('unheard-of')]);
  expect(adviceFor('app/too-risky')).toMatch(/fail step/);
});

test('rounds of a loop show as one node: how many there are, and the worst of them', () => {
  const rounds = ['completed', 'failed', 'running'].map((status, index) =>
    step(`each[${index}].score`, { status: status as 'failed', ...(index < 2 ? { endedAt: iso(1) } : {}) }),
  );
  expect(overlay(rounds).get('each[].score')).toMatchObject({
    status: 'failed',
    path: 'each[1].score',
    records: 3,
    ended: 2,
  });
});

test('a question that is open waits, and an unknown word is shown as it came', () => {
  const task = { id: 't', signal: 's', status: 'open' as const, roles: [], reminded: 0, refused: 0 };
  expect(statusOf(step('a', { kind: 'waitFor', status: 'running', task }))).toBe('waiting');
  expect(overlay([step('a', { status: 'levitating' as 'running' })]).get('a')?.status).toBe('levitating');
});

test('streamed events change what is shown of an execution', () => {
  const usage = { inputTokens: 5, outputTokens: 7, costUsd: 0.5, durationMs: 1 };
  let live = { execution: EXECUTION, texts: {} };
  live = withStep(live, step('a', { status: 'running' }));
  live = withPiece(withPiece(live, { path: 'a', text: 'Once ', reset: true }), { path: 'a', text: 'upon' });
  expect(live.texts).toEqual({ a: 'Once upon' });
  live = withStep(live, step('a', { endedAt: iso(5), usage, calls: [call()] }));
  expect([live.texts, live.execution.steps.length, live.execution.usage]).toEqual([{}, 1, { ...usage, durationMs: 0 }]);
  live = withStatus(live, { status: 'paused', paused: { since: iso(6), by: 'ana' } });
  expect(live.execution).toMatchObject({ status: 'paused', paused: { by: 'ana' } });
  expect(withStatus(live, { status: 'running' }).execution.paused).toBeUndefined();
});
