/** Compensation, `finally`, children and the reserving budget, in virtual time. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CallRequest } from '../../src/plan/call';
import type { Step, ToolStep } from '../../src/plan/plan';
import { NO_USAGE } from '../../src/plan/record';
import { answered, candidate, echo, expression, failing, literal, object, planOf, tool, walk } from './walk';

const undo = (input: ToolStep['input'] = object({})): ToolStep => tool('compensate', { tool: 'test.undo', input });
const undone = (calls: readonly CallRequest[]) =>
  calls.filter((call) => call.tool === 'test.undo').map(({ path }) => path);
const stop: Step = { kind: 'fail', name: 'stop', type: 'app/stopped', detail: literal('no more') };

describe('compensation', () => {
  test('runs in reverse order of completion when the execution fails', async () => {
    const plan = planOf([tool('a', { compensate: undo() }), tool('b', { compensate: undo() }), tool('c'), stop]);
    const { calls, state } = await walk(plan);
    expect(undone(calls)).toEqual(['b.compensate', 'a.compensate']);
    expect(state.ended?.error).toMatchObject({ type: 'app/stopped' });
  });

  test('does not run when the execution completes, nor for a failure that is handled', async () => {
    const plan = planOf([
      tool('a', { compensate: undo() }),
      { kind: 'steps', name: 'try', steps: [tool('b', { compensate: undo() }), stop], onError: [{ continue: true }] },
    ]);
    expect(undone((await walk(plan)).calls)).toEqual([]);
  });

  test('sees the scope as it was, its own step and the error', async () => {
    const input = object({
      id: expression('steps.pay.output.id'),
      n: expression('vars.n'),
      why: expression('error.type'),
    });
    const plan = planOf([
      { kind: 'set', name: 'one', values: { n: literal(1) } },
      tool('pay', { input: object({ id: literal('r1') }), compensate: undo(input) }),
      { kind: 'set', name: 'two', values: { n: literal(2) } },
      stop,
    ]);
    expect((await walk(plan)).calls.at(-1)?.input).toEqual({ id: 'r1', n: 1, why: 'app/stopped' });
  });

  test('one that fails does not stop the rest and is listed in the error', async () => {
    const plan = planOf([tool('a', { compensate: undo() }), tool('b', { compensate: undo() }), stop]);
    const { calls, state } = await walk(plan, {
      answer: (request) => (request.path === 'b.compensate' ? failing(request, 'conflict') : echo(request)),
    });
    expect(undone(calls)).toEqual(['b.compensate', 'a.compensate']);
    expect(state.ended?.error).toMatchObject({
      type: 'app/stopped',
      data: { compensations: [{ type: 'conflict', step: 'b.compensate' }] },
    });
  });

  test('runs for a step whose outcome is unknown, and when the execution is cancelled', async () => {
    const plan = planOf([tool('a', { compensate: undo() }), tool('b', { compensate: undo() })]);
    const { calls, state } = await walk(plan, { cancelAfterMs: 15 });
    expect(undone(calls)).toEqual(['b.compensate', 'a.compensate']);
    expect(state.ended).toMatchObject({ cancelled: true });
  });

  test('runs at once for a branch that lost', async () => {
    const branches = [
      { name: 'slow', single: false, steps: [tool('book', { compensate: undo() }), tool('late')] },
      { name: 'quick', single: false, steps: [tool('x'), { kind: 'wait' as const, name: 'bit', forMs: 5 }] },
    ];
    const plan = planOf([{ kind: 'parallel', name: 'race', branches, join: 1 }, tool('after')]);
    const { calls, state } = await walk(plan);
    expect(undone(calls)).toEqual(['race.slow.book.compensate']);
    expect(calls.findIndex(({ path }) => path === 'after')).toBeGreaterThan(
      calls.findIndex(({ tool }) => tool === 'test.undo'),
    );
    expect(state.ended?.error).toBeUndefined();
  });

  test('inside a loop it still sees its item', async () => {
    const steps = [
      tool('book', { input: object({ n: expression('item') }), compensate: undo(object({ n: expression('item') })) }),
    ];
    const each = {
      kind: 'forEach' as const,
      name: 'each',
      list: '[7, 8]',
      as: 'item',
      concurrency: 1,
      join: 'all' as const,
      onItemError: 'fail' as const,
      steps,
    };
    const { calls } = await walk(planOf([each, stop]), { continueEvery: 1 });
    expect(calls.filter((call) => call.tool === 'test.undo').map(({ input }) => input['n'])).toEqual([8, 7]);
  });
});

test('finally always runs, last, may spend, and its failure changes nothing', async () => {
  const last = [tool('log', { input: object({ status: expression('execution.status') }) })];
  const cases: readonly [readonly Step[], string][] = [
    [[tool('a')], 'completed'],
    [[tool('a', { compensate: undo() }), stop], 'failed'],
  ];
  for (const [steps, status] of cases) {
    const { calls } = await walk(planOf(steps, { finally: last }), { continueEvery: 1 });
    expect(calls.at(-1)).toMatchObject({ path: 'finally.log', input: { status } });
  }
  const cancelled = await walk(planOf([tool('a'), tool('b')], { finally: last }), { cancelAfterMs: 5 });
  expect(cancelled.calls.at(-1)?.input).toEqual({ status: 'cancelled' });
  const broken = await walk(planOf([tool('a')], { finally: last }), {
    answer: (request) => (request.path === 'finally.log' ? failing(request, 'tool-error') : echo(request)),
  });
  expect(broken.state.ended?.error).toBeUndefined();
});

describe('children', () => {
  const call: Step = {
    kind: 'workflow',
    name: 'sub',
    workflow: 'other',
    input: object({ n: literal(1) }),
    await: true,
  };
  const child = {
    afterMs: 100,
    outcome: { status: 'completed' as const, output: { ok: true }, usage: { ...NO_USAGE, inputTokens: 7 } },
  };

  test('give their output, and their use counts', async () => {
    const { output, state } = await walk(planOf([call]), { child: () => child });
    expect(output).toEqual({ ok: true });
    expect(state.usage.inputTokens).toBe(7);
  });

  test('an unknown definition fails the step', async () => {
    expect((await walk(planOf([call]))).state.ended?.error).toMatchObject({ type: 'not-found', step: 'sub' });
  });
});

describe('the budget', () => {
  const paid = (tokens: number) => (request: CallRequest) => {
    const { outcome, afterMs } = answered(request, 'ok');
    return { afterMs, outcome: { ...outcome, usage: { ...NO_USAGE, outputTokens: tokens } } as typeof outcome };
  };
  const guards = { budget: { maxTokens: 100 }, security: { piiRedaction: false, encryption: false } };
  const fan = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      name: `b${i}`,
      single: true,
      steps: [tool(`b${i}`, { chain: [candidate('first')], onError: [{ continue: true as const }] })],
    }));

  test('50 branches on a budget for 10 begin 10 calls; the eleventh is refused, which ends what runs', async () => {
    const plan = planOf([{ kind: 'parallel', name: 'fan', branches: fan(50), join: 'all' }], { guards });
    const { calls, state } = await walk(plan, { answer: paid(10) });
    expect(calls).toHaveLength(10);
    expect(state.usage.outputTokens).toBeLessThanOrEqual(100);
    expect(state.ended?.error).toMatchObject({ type: 'budget-exceeded' });
  });

  test('the overrun is at most what the calls under way use beyond their estimates', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 50, maxLength: 50 }), async (costs) => {
        const plan = planOf([{ kind: 'parallel', name: 'fan', branches: fan(50), join: 'all' }], { guards });
        const { calls, state } = await walk(plan, {
          answer: (request) => paid(costs[Number(request.path.slice(5))] ?? 1)(request),
        });
        const greatest = Math.max(...costs);
        expect(state.usage.outputTokens).toBeLessThanOrEqual(100 + calls.length * greatest);
        expect(state.usage.outputTokens - Math.max(0, calls.length - 1) * greatest).toBeLessThanOrEqual(100);
      }),
      { numRuns: 200 },
    );
  });

  test('what a step allows itself is reserved', async () => {
    const step = tool('a', { chain: [{ ...candidate('first'), config: object({ maxTokens: literal(150) }) }] });
    const { calls, state } = await walk(planOf([step], { guards }), { answer: paid(1) });
    expect(calls).toHaveLength(0);
    expect(state.ended?.error).toMatchObject({ type: 'budget-exceeded' });
  });
});
