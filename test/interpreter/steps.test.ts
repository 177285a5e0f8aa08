/** What each step kind of this version does, in virtual time. */
import { describe, expect, test } from '@jest/globals';
import { candidate, expression, answered, failing, literal, object, planOf, tool, walk } from './walk';

describe('a list of steps', () => {
  test('runs in order and gives the last output', async () => {
    const { output, calls, tookMs } = await walk(planOf([tool('one'), tool('two')]));
    expect(output).toEqual({ name: 'two' });
    expect(calls.map(({ path, number, key }) => [path, number, key])).toEqual([
      ['one', 1, 'execution/one#1'],
      ['two', 1, 'execution/two#1'],
    ]);
    expect(tookMs).toBe(20);
  });

  test('skips a step whose condition is false, and an expression sees it as skipped', async () => {
    const plan = planOf([tool('one', { if: 'false' }), tool('two')], {
      output: object({ one: expression('steps.one.status'), two: expression('steps.two.output.name') }),
    });
    const { output, status, calls } = await walk(plan);
    expect(output).toEqual({ one: 'skipped', two: 'two' });
    expect(status('one')).toBe('skipped');
    expect(calls).toHaveLength(1);
  });

  test('a condition that fails is a failure of its step', async () => {
    const { state, status } = await walk(planOf([tool('one', { if: 'trigger.payload.missing > 1' })]));
    expect(state.ended?.error).toMatchObject({ type: 'expression', step: 'one' });
    expect(status('one')).toBe('failed');
  });
});

describe('a tool step', () => {
  const chain = [candidate('first'), candidate('second'), candidate('third', 'fallback')];

  test('goes on to the next provider after a failure and hands it the rest of the chain', async () => {
    const { calls, state } = await walk(planOf([tool('one', { chain })]), {
      answer: (request) => (request.number < 3 ? failing(request, 'provider-unavailable') : answered(request, 'ok')),
    });
    expect(calls.map(({ candidates }) => candidates.map(({ provider }) => provider))).toEqual([
      ['first', 'second', 'third'],
      ['second', 'third'],
      ['third'],
    ]);
    expect(state.records.get('one')).toMatchObject({ status: 'completed', provider: 'third', output: 'ok' });
    expect(state.records.get('one')?.calls?.map(({ status }) => status)).toEqual(['failed', 'failed', 'completed']);
  });

  test('fails with the last error and a word on every provider', async () => {
    const { state } = await walk(planOf([tool('one', { chain })]), {
      answer: (request) => failing(request, 'timeout'),
    });
    expect(state.ended?.error).toMatchObject({
      type: 'timeout',
      step: 'one',
      data: { tried: [{ provider: 'first' }, { provider: 'second' }, { provider: 'third' }] },
    });
  });

  test('ends as degraded, with an empty output, where a mode stands at the end of the chain', async () => {
    const plan = planOf([tool('one', { chain, mode: 'text-only' })], { output: expression('steps.one.status') });
    const { output, status } = await walk(plan, { answer: (request) => failing(request, 'timeout') });
    expect(output).toBe('degraded');
    expect(status('one')).toBe('degraded');
  });

  test('after an unknown outcome asks no other provider, only a fallback that was named', async () => {
    const { calls } = await walk(planOf([tool('one', { chain, idempotent: 'none' })]), {
      answer: (request) => (request.number === 1 ? failing(request, 'outcome-unknown') : answered(request, 'ok')),
    });
    expect(calls.map(({ candidates }) => candidates[0]?.provider)).toEqual(['first', 'third']);
  });

  test('leaves a key out whose expression is absent', async () => {
    const input = object({ note: expression('trigger.payload.note'), name: literal('x') });
    const { calls } = await walk(planOf([tool('one', { input })]));
    expect(calls[0]?.input).toEqual({ name: 'x' });
  });

  test('refuses an input that Temporal could not carry, before anything is scheduled', async () => {
    const input = object({ text: literal('x'.repeat(1_600_000)) });
    const { calls, state } = await walk(planOf([tool('one', { input })]));
    expect(calls).toHaveLength(0);
    expect(state.ended?.error).toMatchObject({ type: 'too-large', step: 'one' });
  });
});

describe('onError', () => {
  const answer = (request: Parameters<typeof failing>[0]) =>
    request.path === 'one' ? failing(request, 'not-found') : answered(request, 'mended');

  test('continue leaves the step failed and goes on', async () => {
    const { status, state } = await walk(planOf([tool('one', { onError: [{ continue: true }] }), tool('two')]), {
      answer,
    });
    expect([status('one'), status('two')]).toEqual(['failed', 'completed']);
    expect(state.ended?.error).toBeUndefined();
  });

  test('the first handler that matches runs its steps, and their last output becomes the step’s', async () => {
    const onError = [
      { when: "error.type == 'timeout'", continue: true as const },
      {
        when: "error.type == 'not-found'",
        steps: [tool('mend', { input: object({ why: expression('error.type') }) })],
      },
    ];
    const plan = planOf([tool('one', { onError })], { output: expression('steps.one') });
    const { output, calls } = await walk(plan, { answer });
    expect(output).toMatchObject({ status: 'failed', output: 'mended' });
    expect(calls.at(-1)).toMatchObject({ path: 'one.onError.mend', input: { why: 'not-found' } });
  });

  test('without a match the failure goes up', async () => {
    const { state } = await walk(planOf([tool('one', { onError: [{ when: 'false', continue: true }] })]), { answer });
    expect(state.ended?.error).toMatchObject({ type: 'not-found' });
  });

  test('a spent budget cannot be handled', async () => {
    const plan = planOf([tool('one'), tool('two', { onError: [{ continue: true }] })], {
      guards: { budget: { maxTokens: 5 }, security: { piiRedaction: false, encryption: false } },
    });
    const { state, calls } = await walk(plan, {
      answer: (request) => {
        const { outcome, afterMs } = answered(request, 'ok');
        const usage = { inputTokens: 3, outputTokens: 2, costUsd: 0, durationMs: 1 };
        return { afterMs, outcome: { ...outcome, usage } as typeof outcome };
      },
    });
    expect(calls).toHaveLength(1);
    expect(state.ended?.error).toMatchObject({ type: 'budget-exceeded', data: { spent: [{ step: 'one' }] } });
  });
});

describe('parallel', () => {
  const branches = ['a', 'b', 'c'].map((name) => ({ name, single: true, steps: [tool(name)] }));
  const after = (ms: Record<string, number>) => (request: Parameters<typeof answered>[0]) =>
    answered(request, request.path, ms[request.path.slice(-1)] ?? 1);

  test('runs its branches at once and gives their outputs by name', async () => {
    const { output, tookMs } = await walk(planOf([{ kind: 'parallel', name: 'all', branches, join: 'all' }]));
    expect(output).toEqual({ a: { name: 'a' }, b: { name: 'b' }, c: { name: 'c' } });
    expect(tookMs).toBe(10);
  });

  test('the first that many to complete win, and the rest are cancelled', async () => {
    const plan = planOf([{ kind: 'parallel', name: 'two', branches, join: 2 }]);
    const { output, status, tookMs } = await walk(plan, { answer: after({ a: 30, b: 10, c: 20 }) });
    expect(output).toEqual({ b: 'two.b', c: 'two.c' });
    expect(status('two.a')).toBe('cancelled');
    expect(tookMs).toBe(20);
  });

  test('the first failure cancels the rest and fails the step', async () => {
    const plan = planOf([{ kind: 'parallel', name: 'all', branches, join: 'all' }]);
    const { state, status } = await walk(plan, {
      answer: (request) => (request.path === 'all.b' ? failing(request, 'tool-error', 5) : answered(request, 1, 50)),
    });
    expect(state.ended?.error).toMatchObject({ type: 'tool-error', step: 'all.b' });
    expect([status('all.a'), status('all.b'), status('all.c'), status('all')]).toEqual([
      'cancelled',
      'failed',
      'cancelled',
      'failed',
    ]);
  });

  test('with a number it fails when too few are left, listing every error', async () => {
    const plan = planOf([{ kind: 'parallel', name: 'two', branches, join: 2 }]);
    const { state } = await walk(plan, {
      answer: (request) => (request.path === 'two.a' ? answered(request, 1) : failing(request, 'tool-error')),
    });
    expect(state.ended?.error?.detail).toContain('two.b: first fails; two.c: first fails');
  });

  test('a return in a branch ends the execution and cancels the others', async () => {
    const plan = planOf([
      {
        kind: 'parallel',
        name: 'race',
        join: 'all',
        branches: [
          { name: 'slow', single: true, steps: [tool('slow')] },
          { name: 'quick', single: false, steps: [{ kind: 'return', name: 'done', value: literal('early') }] },
        ],
      },
      tool('never'),
    ]);
    const { output, status, state } = await walk(plan);
    expect(output).toBe('early');
    expect([status('race.slow'), status('never')]).toEqual(['cancelled', undefined]);
    expect(state.ended?.error).toBeUndefined();
  });
});

describe('switch, steps, set, fail', () => {
  test('switch runs the first case that holds', async () => {
    const plan = planOf([
      {
        kind: 'switch',
        name: 'pick',
        cases: [
          { when: 'trigger.payload.n > 10', steps: [tool('big')] },
          { when: 'trigger.payload.n > 1', steps: [tool('middle')] },
          { steps: [tool('small')] },
        ],
      },
    ]);
    expect((await walk(plan, { payload: { n: 5 } })).output).toEqual({ name: 'middle' });
    expect((await walk(plan, { payload: { n: 0 } })).output).toEqual({ name: 'small' });
  });

  test('set computes all its values before it assigns them', async () => {
    const plan = planOf(
      [
        { kind: 'set', name: 'first', values: { a: literal(1), b: literal(2) } },
        { kind: 'set', name: 'swap', values: { a: expression('vars.b'), b: expression('vars.a') } },
      ],
      { output: expression('vars') },
    );
    expect((await walk(plan)).output).toEqual({ a: 2, b: 1 });
  });

  test('a timeout on a list cancels what runs in it and fails it', async () => {
    const plan = planOf([{ kind: 'steps', name: 'group', timeoutMs: 25, steps: [tool('a'), tool('b'), tool('c')] }]);
    const { state, status, tookMs } = await walk(plan);
    expect(state.ended?.error).toMatchObject({ type: 'timeout', step: 'group' });
    expect([status('group.b'), status('group.c'), status('group')]).toEqual(['completed', 'cancelled', 'failed']);
    expect(tookMs).toBe(25);
  });

  test('fail raises its own type with detail and data', async () => {
    const plan = planOf([
      {
        kind: 'fail',
        name: 'stop',
        type: 'app/too-old',
        detail: { kind: 'text', parts: ['age ', { source: '1 + 1' }] },
        data: object({ a: literal(1) }),
      },
    ]);
    expect((await walk(plan)).state.ended?.error).toMatchObject({
      type: 'app/too-old',
      detail: 'age 2',
      data: { a: 1 },
      step: 'stop',
    });
  });
});

describe('from outside', () => {
  test('a cancelled execution cancels what runs and ends as cancelled', async () => {
    const { state, status } = await walk(planOf([tool('one'), tool('two')]), { cancelAfterMs: 15 });
    expect(state.ended).toMatchObject({ cancelled: true, error: { type: 'cancelled' } });
    expect([status('one'), status('two')]).toEqual(['completed', 'cancelled']);
    expect(state.records.get('two')?.calls?.[0]).toMatchObject({
      status: 'cancelled',
      error: { type: 'outcome-unknown' },
    });
  });

  test('the budget of time ends the execution', async () => {
    const guards = { budget: { maxMs: 15 }, security: { piiRedaction: false, encryption: false } };
    const { state, tookMs } = await walk(planOf([tool('one'), tool('two')], { guards }));
    expect(state.ended?.error).toMatchObject({ type: 'budget-exceeded' });
    expect(tookMs).toBe(15);
  });
});
