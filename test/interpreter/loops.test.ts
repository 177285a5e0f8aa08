/** `forEach` and `repeat`, in virtual time. */
import { describe, expect, test } from '@jest/globals';
import type { CallRequest } from '../../src/plan/call';
import type { ForEachStep, RepeatStep, Step } from '../../src/plan/plan';
import { answered, candidate, echo, expression, failing, object, planOf, tool, walk } from './walk';

const forEach = (fields: Partial<ForEachStep> = {}): ForEachStep => ({
  kind: 'forEach',
  name: 'each',
  list: 'trigger.payload.items',
  as: 'item',
  concurrency: 10,
  steps: [tool('score', { input: object({ n: expression('item'), at: expression('index') }) })],
  join: 'all',
  onItemError: 'fail',
  ...fields,
});

const items = (count: number) => ({ items: Array.from({ length: count }, (_, i) => i) });

describe('forEach', () => {
  test('gives the results in the order of the list, however the items end', async () => {
    const answer = (request: CallRequest) =>
      answered(request, request.input['n'] ?? null, 100 - Number(request.input['n']));
    const { output, calls } = await walk(planOf([forEach()]), { answer, payload: items(5) });
    expect(output).toEqual([0, 1, 2, 3, 4]);
    expect(calls.map(({ path }) => path)).toEqual([0, 1, 2, 3, 4].map((n) => `each[${n}].score`));
  });

  test('runs so many at once', async () => {
    const { tookMs } = await walk(planOf([forEach({ concurrency: 3 })]), { payload: items(9) });
    expect(tookMs).toBe(30);
  });

  test('collect sees the item, its position and the steps of its own round', async () => {
    const collect = 'string(item) + "/" + string(index) + "/" + string(steps.score.output.n)';
    const { output } = await walk(planOf([forEach({ collect, as: 'item' })]), { payload: items(3) });
    expect(output).toEqual(['0/0/0', '1/1/1', '2/2/2']);
  });

  test('whatever of its items fails and continues as new, none is left running', async () => {
    for (let failures = 0; failures < 8; failures += 1)
      for (const delays of [
        [10, 20, 40],
        [20, 10, 40],
        [40, 10, 20],
        [10, 10, 10],
        [40, 20, 10],
      ])
        for (const join of [1, 2] as const) {
          const answer = (request: CallRequest) => {
            const at = Number(request.input['at']);
            const afterMs = delays[at];
            return (failures >> at) % 2 === 1
              ? failing(request, 'tool-error', afterMs)
              : answered(request, {}, afterMs);
          };
          const chain = [candidate('first'), candidate('second')];
          const steps = [tool('score', { chain, input: object({ at: expression('index') }) })];
          const each = forEach({ concurrency: 2, join, steps });
          const { state } = await walk(planOf([each]), { answer, payload: items(3), continueEvery: 1 });
          const running = [...state.records.values()].filter(({ status }) => status === 'running');
          expect([failures, delays, join, running]).toEqual([failures, delays, join, []]);
        }
  });

  test('an empty list gives an empty list', async () => {
    expect((await walk(planOf([forEach()]), { payload: items(0) })).output).toEqual([]);
  });

  const third = (request: CallRequest) => (request.input['n'] === 2 ? failing(request, 'tool-error') : echo(request));

  test('the first failure cancels the rest and fails the step', async () => {
    const { state, calls } = await walk(planOf([forEach({ concurrency: 1 })]), { answer: third, payload: items(9) });
    expect(state.ended?.error).toMatchObject({ type: 'tool-error', step: 'each[2].score' });
    expect(calls).toHaveLength(3);
  });

  test('with onItemError: continue the place of a failed item holds its error', async () => {
    const plan = planOf([forEach({ onItemError: 'continue', collect: 'steps.score.output.n' })]);
    const { output } = await walk(plan, { answer: third, payload: items(4) });
    expect(output).toMatchObject([0, 1, { error: { type: 'tool-error' } }, 3]);
  });

  test('with a number the first that many to complete win', async () => {
    const answer = (request: CallRequest) =>
      answered(request, request.input['n'] ?? null, 10 + 10 * Number(request.input['n']));
    const { output, tookMs } = await walk(planOf([forEach({ join: 2 })]), { answer, payload: items(5) });
    expect(output).toEqual([0, 1]);
    expect(tookMs).toBe(20);
  });

  test('what the steps assign does not change the list that they go over', async () => {
    const steps: Step[] = [{ kind: 'set', name: 'grow', values: { list: expression('vars.list + [1]') } }];
    const plan = planOf(
      [
        { kind: 'set', name: 'begin', values: { list: expression('[1, 2]') } },
        forEach({ list: 'vars.list', concurrency: 1, steps }),
      ],
      { output: expression('size(vars.list)') },
    );
    for (const continueEvery of [undefined, 1])
      expect((await walk(plan, { ...(continueEvery === undefined ? {} : { continueEvery }) })).output).toBe(4);
  });

  test('10,000 items leave one record, and continuing often changes nothing', async () => {
    const plan = planOf([forEach({ concurrency: 50, collect: 'steps.score.output.n', onItemError: 'continue' })]);
    const answer = (request: CallRequest) =>
      Number(request.input['n']) % 4_000 === 7 ? failing(request, 'tool-error') : echo(request);
    const { output, calls, rounds, state } = await walk(plan, { answer, payload: items(10_000), continueEvery: 500 });
    expect(output).toHaveLength(10_000);
    expect((output as unknown[]).filter((one) => typeof one !== 'number')).toHaveLength(3);
    expect(calls).toHaveLength(10_000);
    expect(rounds).toBeGreaterThanOrEqual(20);
    expect(state.records.size).toBe(1);
  }, 60_000);
});

const repeat = (fields: Partial<RepeatStep>): RepeatStep => ({
  kind: 'repeat',
  name: 'again',
  steps: [tool('try', { input: object({ n: expression('index') }) })],
  ...fields,
});

describe('repeat', () => {
  test('until is tested after a round and sees its steps', async () => {
    const { output, calls } = await walk(planOf([repeat({ until: 'steps.try.output.n >= 3' })]));
    expect(output).toEqual({ n: 3 });
    expect(calls.map(({ path }) => path)).toEqual(['again[0].try', 'again[1].try', 'again[2].try', 'again[3].try']);
  });

  test('while is tested before a round', async () => {
    expect((await walk(planOf([repeat({ while: 'index < 2' })]))).calls).toHaveLength(2);
    expect((await walk(planOf([repeat({ while: 'false' })]))).calls).toHaveLength(0);
  });

  test('max alone is a number of rounds; reaching it otherwise fails with policy', async () => {
    expect((await walk(planOf([repeat({ max: 3 })]))).calls).toHaveLength(3);
    const { state } = await walk(planOf([repeat({ max: 3, until: 'false' })]));
    expect(state.ended?.error).toMatchObject({ type: 'policy', step: 'again' });
  });

  test('every keeps rounds apart', async () => {
    expect((await walk(planOf([repeat({ max: 3, everyMs: 1_000 })]))).tookMs).toBe(2_010);
  });

  test('inner steps begin each round as not yet run', async () => {
    const steps = [
      {
        kind: 'set' as const,
        name: 'note',
        values: { seen: expression('vars.?seen.orValue([]) + [steps.late.status]') },
      },
      tool('late'),
    ];
    const { state } = await walk(planOf([repeat({ max: 3, steps })]));
    expect(state.vars['seen']).toEqual(['skipped', 'skipped', 'skipped']);
  });

  test('30,000 rounds go on over many rounds of the execution with one record and no lost count', async () => {
    const steps = [
      tool('try', { input: object({}) }),
      { kind: 'set' as const, name: 'count', values: { n: expression('vars.?n.orValue(0) + 1') } },
    ];
    const { state, rounds, calls } = await walk(planOf([repeat({ max: 30_000, steps })]), { continueEvery: 700 });
    expect(state.vars['n']).toBe(30_000);
    expect(calls).toHaveLength(30_000);
    expect(rounds).toBeGreaterThan(40);
    expect(state.records.size).toBeLessThan(5);
  }, 60_000);

  test('rounds that neither call nor wait are stopped with policy', async () => {
    const steps: Step[] = [{ kind: 'set', name: 'a', values: { a: expression('1') } }];
    const { state } = await walk(planOf([repeat({ while: 'true', steps })]));
    expect(state.ended?.error).toMatchObject({ type: 'policy' });
  }, 30_000);
});
