import { describe, expect, test } from '@jest/globals';
import { costOf, likelyUse, priceIn, roundUsd, sizeOf } from '../../src/plan/price';
import { addUsage, NO_USAGE } from '../../src/plan/record';
import { spentIn, unanswered } from '../../src/plan/spent';

describe('the cost of a call', () => {
  test('is exact to a millionth of a millionth of a dollar, whatever the price is counted by', () => {
    expect(
      costOf({ usdPerMillionInputTokens: 0.25, usdPerMillionOutputTokens: 1.5 }, { inputTokens: 3, outputTokens: 7 }),
    ).toBe(0.00001125);
    expect(costOf({ usdPerMillionCharacters: 0.6 }, { characters: 24 })).toBe(0.0000144);
    expect(costOf({ usdPerAudioSecond: 0.0001 }, { audioSeconds: 1.234 })).toBe(0.0001234);
    expect(costOf({ usdPerImage: 0.067, usdPerCall: 0.005 }, { images: 3 })).toBe(0.206);
    expect(costOf({ usdPerMillionInputTokens: 0.01875 }, { inputTokens: 1 })).toBe(0.00000001875);
    expect(costOf({}, { inputTokens: 1000 })).toBe(0);
  });

  test('counts input that the vendor had kept at its own price, where there is one', () => {
    const used = { inputTokens: 1_000, cachedInputTokens: 600 };
    const price = { usdPerMillionInputTokens: 1, usdPerMillionCachedInputTokens: 0.1 };
    expect(costOf(price, used)).toBe(0.00046);
    expect(costOf({ usdPerMillionInputTokens: 1 }, used)).toBe(0.001);
    expect(costOf({ ...price, usdPerMillionCachedInputTokens: 0 }, used)).toBe(0.0004);
    expect(costOf(price, { inputTokens: 10, cachedInputTokens: 600 })).toBe(0.000001);
  });

  test('of a thousand calls adds up as in a bookkeeping of whole parts', () => {
    let sum = NO_USAGE;
    for (let i = 0; i < 1000; i += 1) sum = addUsage(sum, { ...NO_USAGE, costUsd: 0.0001 });
    expect(sum.costUsd).toBe(0.1);
    expect(roundUsd(0.1 + 0.2)).toBe(0.3);
  });

  test('says when part of a sum is an estimate or has no price', () => {
    const sum = addUsage({ ...NO_USAGE, estimated: true }, addUsage(NO_USAGE, { ...NO_USAGE, unpriced: true }));
    expect(sum).toMatchObject({ estimated: true, unpriced: true });
    expect(addUsage(NO_USAGE, NO_USAGE)).toEqual(NO_USAGE);
  });
});

test('a price is looked up by own names only', () => {
  expect(priceIn({}, { provider: 'constructor', tool: 'toString' })).toBeUndefined();
  const book = { a: { 'x.y': { '*': { usdPerCall: 1 }, big: { usdPerCall: 2 } } } };
  expect(priceIn(book, { provider: 'a', tool: 'x.y' })).toEqual({ usdPerCall: 1 });
  expect(priceIn(book, { provider: 'a', tool: 'x.y', model: 'big' })).toEqual({ usdPerCall: 2 });
  expect(priceIn(book, { provider: 'a', tool: 'x.y', model: 'other' })).toBeUndefined();
});

describe('what a call is likely to use', () => {
  const perToken = { usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 2 };

  test('is its text and maxTokens; without maxTokens its end is open', () => {
    expect(likelyUse(perToken, { text: 'abcdefgh' }, { maxTokens: 100 })).toEqual({
      inputTokens: 2,
      outputTokens: 100,
      costUsd: 0.000202,
      open: false,
    });
    expect(likelyUse(perToken, { text: 'abcdefgh' }, {})).toMatchObject({ outputTokens: 0, open: true });
  });

  test('is known without maxTokens where tokens are not paid for', () => {
    expect(likelyUse({ usdPerCall: 0.5 }, { url: 'x' }, {})).toEqual({
      inputTokens: 0,
      outputTokens: 0,
      costUsd: 0.5,
      open: false,
    });
    expect(likelyUse({ usdPerMillionCharacters: 1e6 / 8 }, { text: 'olá!' }, {})).toMatchObject({
      costUsd: 0.5,
      open: false,
    });
    expect(likelyUse({ usdPerAudioSecond: 1 }, {}, {}).open).toBe(true);
  });

  test('counts other scripts by their bytes, and encoded media not at all', () => {
    expect(sizeOf({ a: ['日本語日'], b: { c: 'ab' } })).toEqual({ characters: 6, tokens: 4 });
    expect(sizeOf('A'.repeat(5000))).toEqual({ characters: 0, tokens: 0 });
  });
});

describe('a call that was never answered', () => {
  const candidate = { provider: 'p', timeoutMs: 1, config: { maxTokens: 10 }, price: { usdPerMillionOutputTokens: 1 } };
  const request = {
    tool: 't.t',
    path: 's',
    number: 1,
    candidates: [candidate],
    input: { text: 'abcd' },
    retry: [],
    idempotent: 'key',
    key: 'k',
    caller: {},
  } as const;

  test('is charged what was sent and what it allows itself, and says that this is an estimate', () => {
    expect(unanswered(request, candidate)).toEqual({
      inputTokens: 1,
      outputTokens: 10,
      costUsd: 0.00001,
      durationMs: 0,
      estimated: true,
    });
    expect(unanswered(request, { ...candidate, price: {} })).toEqual(NO_USAGE);
    expect(unanswered(request, { provider: 'p', timeoutMs: 1, config: {} })).toEqual(NO_USAGE);
  });

  test('is found in the last heartbeat, beside what attempts before it have used', () => {
    const spent = { ...NO_USAGE, inputTokens: 3 };
    expect(spentIn({ attempt: 1, spent, running: { ...NO_USAGE, inputTokens: 4, estimated: true } })).toMatchObject({
      inputTokens: 7,
      estimated: true,
    });
    expect(spentIn({ attempt: 1, spent })).toEqual(spent);
    for (const nothing of [undefined, null, 7, {}, { spent: 1 }]) expect(spentIn(nothing)).toEqual(NO_USAGE);
  });
});
