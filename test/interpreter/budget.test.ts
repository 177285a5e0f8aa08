import { describe, expect, test } from '@jest/globals';
import type { CallRequest } from '../../src/plan/call';
import type { Step } from '../../src/plan/plan';
import type { Price, PriceBook } from '../../src/plan/price';
import type { Usage } from '../../src/plan/record';
import { NO_USAGE } from '../../src/plan/record';
import type { VirtualAnswer } from '../../src/scenarios/virtual-effects';
import { answered, candidate, expression, literal, object, planOf, tool, walk } from './walk';

const security = { piiRedaction: false, encryption: false };
const within = (maxCostUsd: number, steps: readonly Step[]) =>
  planOf(steps, { guards: { budget: { maxCostUsd }, security } });
const book = (price: Price): PriceBook => ({ first: { 'test.echo': { '*': price } } });
const PER_TOKEN: Price = { usdPerMillionOutputTokens: 1_000 };

/** Answers after so many milliseconds, having used that much. */
const using =
  (used: Partial<Usage>, afterMs = 10) =>
  (request: CallRequest): VirtualAnswer => {
    const { outcome } = answered(request, 'ok');
    return { afterMs, outcome: { ...outcome, usage: { ...NO_USAGE, ...used } } as typeof outcome };
  };

const fifty = (fields: object = {}): readonly Step[] => {
  const branches = Array.from({ length: 50 }, (_, i) => ({
    name: `b${i}`,
    single: true,
    steps: [tool(`b${i}`, fields)],
  }));
  return [{ kind: 'parallel', name: 'all', branches, join: 'all' }];
};
const limited = { chain: [{ ...candidate('first'), config: object({ maxTokens: literal(100) }) }] };

describe('fifty steps at once on a budget for ten', () => {
  test('of a known price: ten run at once, not one more is begun, and none that runs is cancelled', async () => {
    const { state, calls, tookMs } = await walk(within(1, fifty()), {
      prices: book({ usdPerCall: 0.1 }),
      answer: using({ costUsd: 0.1 }),
    });
    expect(calls).toHaveLength(10);
    expect(tookMs).toBe(10);
    expect(state.usage.costUsd).toBe(1);
    expect(state.usage.estimated).toBeUndefined();
    expect(state.ended?.error).toMatchObject({
      type: 'budget-exceeded',
      data: { byTool: [{ tool: 'test.echo', calls: 10, costUsd: 1 }] },
    });
    expect(state.ended?.error?.detail).toContain('Spent so far: 10 calls of test.echo 0 tokens and $1.');
  });

  test('of a price by tokens and maxTokens: what was reserved and not used lets further ones begin', async () => {
    const { state, calls } = await walk(within(1, fifty(limited)), {
      prices: book(PER_TOKEN),
      // A fifth of what each allows itself.
      answer: using({ outputTokens: 20, costUsd: 0.02 }),
    });
    // The last ones find less left than they may use.
    expect(calls.length).toBeGreaterThan(40);
    expect(state.usage.costUsd).toBe(calls.length * 0.02);
    expect(state.usage.costUsd).toBeLessThanOrEqual(1);
  });

  test('of an unknown use: one goes first, the others by what it has used', async () => {
    const { state, calls, tookMs } = await walk(within(1, fifty()), {
      prices: book(PER_TOKEN),
      answer: using({ outputTokens: 100, costUsd: 0.1 }),
    });
    expect(calls).toHaveLength(10);
    expect(tookMs).toBe(20);
    expect(state.usage.costUsd).toBe(1);
  });

  test('continued as new after every call, they spend no more', async () => {
    const { state, rounds } = await walk(within(1, fifty()), {
      prices: book({ usdPerCall: 0.1 }),
      answer: using({ costUsd: 0.1 }),
      continueEvery: 1,
    });
    expect(rounds).toBeGreaterThan(1);
    expect(state.usage.costUsd).toBe(1);
  });
});

test('calls that fail before they are billed do not make the next ones look free', async () => {
  const plan = within(1, [tool('one', { onError: [{ continue: true }] }), tool('two'), tool('three')]);
  const answer = (request: CallRequest): VirtualAnswer => {
    if (request.path !== 'one') return using({ outputTokens: 600, costUsd: 0.6 })(request);
    const problem = { type: 'tool-error', title: 't', status: 502, detail: 'd' } as const;
    return {
      afterMs: 1,
      outcome: { status: 'failed', problem, candidate: 0, attempts: 1, skipped: [], usage: NO_USAGE },
    };
  };
  const { state, calls } = await walk(plan, { prices: book(PER_TOKEN), answer });
  expect(calls.map(({ path }) => path)).toEqual(['one', 'two']);
  expect(state.ended?.error).toMatchObject({ type: 'budget-exceeded' });
  expect(state.usage.costUsd).toBe(0.6);
});

describe('a call whose price is unknown', () => {
  const chosen = {
    chain: [
      { ...candidate('first'), config: object({ model: expression('trigger.payload.model'), depth: literal(1) }) },
    ],
  };
  const prices: PriceBook = { first: { 'test.echo': { '*': { usdPerCall: 0.1 }, small: { usdPerCall: 0.2 } } } };

  test('because an expression chose its model is refused within a budget of money, with how to set the price', async () => {
    const { state, calls } = await walk(within(1, [tool('one', chosen)]), { prices, payload: { model: 'big' } });
    expect(calls).toEqual([]);
    expect(state.ended?.error).toMatchObject({ type: 'policy', step: 'one', provider: 'first' });
    for (const words of ['test.echo with the model big', 'prices.first["big"]', 'OMNI_PRICES'])
      expect(state.ended?.error?.detail).toContain(words);
  });

  test('is made where only tokens are counted', async () => {
    const plan = planOf([tool('one', chosen)], { guards: { budget: { maxTokens: 10 }, security } });
    expect((await walk(plan, { prices, payload: { model: 'big' } })).calls).toHaveLength(1);
  });

  test('a model that an expression chose is called by its name and at its price', async () => {
    const { calls } = await walk(within(1, [tool('one', chosen)]), { prices, payload: { model: 'small' } });
    expect(calls[0]?.candidates).toEqual([
      { provider: 'first', timeoutMs: 1_000, model: 'small', config: { depth: 1 }, price: { usdPerCall: 0.2 } },
    ]);
  });

  test('a model that is no text is refused', async () => {
    const { state } = await walk(within(1, [tool('one', chosen)]), { prices, payload: { model: 7 } });
    expect(state.ended?.error).toMatchObject({ type: 'validation' });
  });
});

test('a call that is cancelled while it runs is charged what it was sent, as an estimate', async () => {
  const plan = within(5, [tool('one', limited)]);
  const { state } = await walk(plan, { prices: book(PER_TOKEN), answer: using({}, 1_000), cancelAfterMs: 5 });
  expect(state.usage).toMatchObject({ outputTokens: 100, estimated: true });
  expect(state.usage.costUsd).toBe(0.1);
});

test('execution.remaining is exact', async () => {
  const plan = within(0.3, [
    tool('one'),
    tool('two', { input: object({ left: expression('execution.remaining.cost') }) }),
  ]);
  const { calls } = await walk(plan, { prices: book({ usdPerCall: 0.1 }), answer: using({ costUsd: 0.1 }) });
  expect(calls[1]?.input).toEqual({ left: 0.2 });
});
