/** `config.prefer`: in which order the providers of a list are tried, settled once per step. */
import { describe, expect, test } from '@jest/globals';
import type { CallRequest } from '../../src/plan/call';
import type { PriceBook } from '../../src/plan/price';
import { answered, candidate, failing, literal, object, planOf, tool, walk } from './walk';

const LIST = [candidate('first'), candidate('second'), candidate('third')];
const FALLBACK = candidate('last', 'fallback');
const asked = (calls: readonly CallRequest[]): unknown =>
  calls.map(({ candidates }) => candidates.map(({ provider }) => provider).join());
const perCall = (usdPerCall: number) => ({ 'test.echo': { '*': { usdPerCall } } });

describe('by live figures', () => {
  const plan = planOf([tool('one', { chain: [...LIST, FALLBACK], prefer: 'latency' })]);

  test('the list is tried in the order that the figures say, and the fallback after it', async () => {
    const { calls, state } = await walk(plan, {
      rank: ({ providers, by, tool: name, path }) => {
        expect([providers, by, name, path]).toEqual([['first', 'second', 'third'], 'latency', 'test.echo', 'one']);
        return [2, 0, 1];
      },
      answer: (request) => (request.number < 4 ? failing(request, 'provider-unavailable') : answered(request, 'ok')),
    });
    expect(asked(calls)).toEqual(['third,first,second,last', 'first,second,last', 'second,last', 'last']);
    expect(state.records.get('one')).toMatchObject({ provider: 'last', order: [2, 0, 1] });
    expect(state.records.get('one')?.calls?.map(({ candidate: position }) => position)).toEqual([0, 1, 2, 3]);
  });

  test('the order stays what it was when the step goes on in another run', async () => {
    let looks = 0;
    const { calls, rounds } = await walk(plan, {
      rank: () => [[1, 0, 2][looks++] ?? 0, looks === 1 ? 0 : 1, 2],
      continueEvery: 1,
      answer: (request) => (request.number < 3 ? failing(request, 'timeout') : answered(request, 'ok')),
    });
    expect(rounds).toBeGreaterThan(1);
    expect(looks).toBe(1);
    expect(asked(calls)).toEqual(['second,first,third,last', 'first,third,last', 'third,last']);
  });

  test('where nobody can tell, the order is the written one', async () => {
    expect(asked((await walk(plan)).calls)).toEqual(['first,second,third,last']);
  });

  test('of a list of one nothing is asked', async () => {
    const alone = planOf([tool('one', { chain: [candidate('first'), FALLBACK], prefer: 'health' })]);
    const { calls } = await walk(alone, {
      rank: () => {
        throw new Error('asked');
      },
    });
    expect(asked(calls)).toEqual(['first,last']);
  });
});

describe('by cost', () => {
  const plan = planOf([
    tool('one', { chain: [...LIST, FALLBACK], prefer: 'cost', input: object({ text: literal('x '.repeat(2_000)) }) }),
  ]);
  const order = async (prices: PriceBook): Promise<unknown> => asked((await walk(plan, { prices })).calls);

  test('the cheapest comes first by the prices of the start, and who has none last', async () => {
    expect(await order({ second: perCall(0.002), third: perCall(0.001), last: perCall(0) })).toEqual([
      'third,second,first,last',
    ]);
  });

  test('equal ones stay in the order written', async () => {
    expect(await order({ first: perCall(0.1), second: perCall(0.1), third: perCall(0.1) })).toEqual([
      'first,second,third,last',
    ]);
  });

  test('tokens, calls and characters are compared by what this call comes to', async () => {
    const tokens = { 'test.echo': { '*': { usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 3 } } };
    // 1,000 tokens in, as many out: $0.004.
    expect(await order({ first: tokens, second: perCall(0.003_9), third: perCall(0.004_1) })).toEqual([
      'second,first,third,last',
    ]);
    const characters = { 'test.echo': { '*': { usdPerMillionCharacters: 0.99 } } };
    expect(await order({ first: tokens, second: characters, third: perCall(0.003_9) })).toEqual([
      'third,second,first,last',
    ]);
  });
});

test('without a preference nobody is asked and nothing is recorded', async () => {
  const { calls, state } = await walk(planOf([tool('one', { chain: LIST })]), { rank: () => [2, 1, 0] });
  expect(asked(calls)).toEqual(['first,second,third']);
  expect(state.records.get('one')).not.toHaveProperty('order');
});
