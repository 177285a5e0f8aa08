/** `wait` and `waitFor`, in virtual time. */
import { describe, expect, test } from '@jest/globals';
import { answer, answerRefusal, receive } from '../../src/interpreter/inbox';
import type { LiveState } from '../../src/interpreter/state';
import type { Json, JsonObject } from '../../src/plan/json';
import type { WaitForStep } from '../../src/plan/plan';
import { object, expression, planOf, START_MS, tool, walk } from './walk';

const HOUR = 3_600_000;

const waitFor = (fields: Partial<WaitForStep> = {}): WaitForStep => ({
  kind: 'waitFor',
  name: 'review',
  signal: 'decision',
  from: [],
  form: {
    type: 'object',
    properties: { approved: { type: 'boolean' }, note: { type: 'string' } },
    required: ['approved'],
    additionalProperties: false,
  },
  reminders: [],
  ...fields,
});

const signal = (atMs: number, payload: Json, name = 'decision') => ({
  atMs,
  send: (state: LiveState, at: number) => receive(state, { name, payload, at }, new Set(['decision'])),
});

const answers = (atMs: number, data: JsonObject, roles: string[], seen: (string | undefined)[], path = 'review') => ({
  atMs,
  send: (state: LiveState, at: number) => {
    const given = { path, data, by: `by-${roles.join()}`, roles };
    const refused = answerRefusal(state, given);
    seen.push(refused?.type);
    if (refused === undefined) answer(state, given, at);
  },
});

test('wait sleeps for a time, or until one, and says when it woke', async () => {
  const { output, tookMs } = await walk(planOf([{ kind: 'wait', name: 'nap', forMs: 24 * HOUR }]));
  expect([output, tookMs]).toEqual(['2026-01-02T00:00:00.000Z', 24 * HOUR]);
  const until = planOf([{ kind: 'wait', name: 'nap', until: "timestamp('2026-01-01T06:00:00Z')" }]);
  expect((await walk(until)).tookMs).toBe(6 * HOUR);
});

describe('waitFor', () => {
  test('gives the form with who answered and when', async () => {
    const { output } = await walk(planOf([waitFor()]), { messages: [signal(5_000, { approved: true })] });
    expect(output).toEqual({ approved: true, by: 'unverified', at: '2026-01-01T00:00:05.000Z' });
  });

  test('an early message is kept until a step asks for it', async () => {
    const plan = planOf([tool('one'), { kind: 'wait', name: 'nap', forMs: 60_000 }, waitFor()]);
    const { output, tookMs } = await walk(plan, { messages: [signal(5, { approved: false })] });
    expect(output).toMatchObject({ approved: false });
    expect(tookMs).toBe(60_010);
  });

  test('a message that does not fit is ignored and counted; a plain one where roles are asked as well', async () => {
    const messages = [signal(1_000, { approved: 'yes' }), signal(2_000, { approved: true })];
    const { state } = await walk(planOf([waitFor()]), { messages });
    expect(state.records.get('review')?.task).toMatchObject({ refused: 1, answer: { at: START_MS + 2_000 } });
    const roles = await walk(planOf([waitFor({ from: ['lead'], timeoutMs: 5_000 })]), { messages });
    expect(roles.state.records.get('review')).toMatchObject({ status: 'failed', task: { refused: 2 } });
  });

  test('an answer is refused for its form, its role, or because there is one, and else ends the wait', async () => {
    const seen: (string | undefined)[] = [];
    const messages = [
      answers(1_000, { approved: true }, ['clerk'], seen),
      answers(2_000, { approved: 3 }, ['lead'], seen),
      answers(3_000, { approved: true }, ['lead'], seen),
      answers(3_000, { approved: false }, ['lead'], seen),
      answers(4_000, { approved: true }, ['lead'], seen, 'elsewhere'),
    ];
    const plan = planOf([waitFor({ from: ['lead'] }), { kind: 'wait', name: 'nap', forMs: 5_000 }], {
      output: expression('steps.review.output.approved'),
    });
    const { output } = await walk(plan, { messages });
    expect(seen).toEqual(['authorization', 'validation', undefined, 'conflict', 'not-found']);
    expect(output).toBe(true);
  });

  test('nobody in 24 h: reminders came, roles grew, and the step fails as timeout', async () => {
    const reminders = [
      { everyMs: 4 * HOUR, to: [], steps: [tool('nudge')] },
      { afterMs: 8 * HOUR, to: ['lead'], steps: [] },
    ];
    const seen: (string | undefined)[] = [];
    const step = waitFor({ from: ['reviewer'], timeoutMs: 24 * HOUR, reminders });
    const refused = [answers(7 * HOUR, { approved: true }, ['lead'], seen)];
    const { calls, state, tookMs } = await walk(planOf([step]), { messages: refused });
    expect(seen).toEqual(['authorization']);
    expect(calls).toHaveLength(5);
    expect(tookMs).toBe(24 * HOUR);
    expect(state.ended?.error).toMatchObject({ type: 'timeout', step: 'review' });
    const inTime = await walk(planOf([step]), { messages: [answers(9 * HOUR, { approved: true }, ['lead'], seen)] });
    expect(inTime.output).toMatchObject({ approved: true, by: 'by-lead' });
    expect(inTime.calls).toHaveLength(2);
  });

  test('onTimeout handles running out of patience, and only that', async () => {
    const { status, output } = await walk(
      planOf([waitFor({ timeoutMs: 1_000, onTimeout: [{ steps: [tool('give_up')] }] })]),
    );
    expect([status('review'), output]).toEqual(['failed', { name: 'give_up' }]);
  });

  test('four questions at once inside a loop are answered each for itself', async () => {
    const seen: (string | undefined)[] = [];
    const each = {
      kind: 'forEach' as const,
      name: 'each',
      list: '[1, 2, 3, 4]',
      as: 'item',
      concurrency: 4,
      join: 'all' as const,
      onItemError: 'fail' as const,
      steps: [waitFor()],
      collect: 'steps.review.output.note',
    };
    const messages = [2, 0, 3, 1].map((n, i) =>
      answers(1_000 * (i + 1), { approved: true, note: `n${n}` }, [], seen, `each[${n}].review`),
    );
    const { output } = await walk(planOf([each]), { messages });
    expect(output).toEqual(['n0', 'n1', 'n2', 'n3']);
  });

  test('what is open is shown, and no longer once it is answered', async () => {
    const shown: string[][] = [];
    await walk(planOf([waitFor({ from: ['lead'] })]), {
      messages: [answers(10, { approved: true }, ['lead'], [])],
      onAwaiting: (open) => void shown.push([...open.keys()]),
    });
    expect(shown).toEqual([['review'], []]);
  });

  test('survives continuing as new while it waits', async () => {
    const branches = [
      { name: 'ask', single: false, steps: [waitFor({ timeoutMs: 60_000 })] },
      { name: 'work', single: false, steps: Array.from({ length: 6 }, (_, i) => tool(`t${i}`)) },
    ];
    const plan = planOf([{ kind: 'parallel', name: 'both', branches, join: 'all' }]);
    const { output, rounds, calls } = await walk(plan, {
      continueEvery: 1,
      messages: [signal(35, { approved: true })],
    });
    expect(output).toMatchObject({ ask: { approved: true }, work: { name: 't5' } });
    expect([rounds > 4, calls.length]).toEqual([true, 6]);
  });
});

test('maxMs does not count the time inside waits, and does count work beside them', async () => {
  const guards = { budget: { maxMs: 1_000 }, security: { piiRedaction: false, encryption: false } };
  const alone = await walk(planOf([{ kind: 'wait', name: 'nap', forMs: HOUR }, tool('one')], { guards }));
  expect(alone.state.ended?.error).toBeUndefined();
  const steps = Array.from({ length: 200 }, (_, i) => tool(`t${i}`, { input: object({}) }));
  const branches = [
    { name: 'nap', single: true, steps: [{ kind: 'wait' as const, name: 'nap', forMs: HOUR }] },
    { name: 'work', single: false, steps },
  ];
  const busy = await walk(planOf([{ kind: 'parallel', name: 'both', branches, join: 'all' }], { guards }));
  expect(busy.state.ended?.error).toMatchObject({ type: 'budget-exceeded' });
  expect(busy.tookMs).toBe(1_000);
});
