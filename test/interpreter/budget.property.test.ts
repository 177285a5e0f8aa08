/** Fifty steps at once on a budget for ten: what is spent stays within the limit and what the calls under way use beyond their estimates. `npm run test:faults` tries many more. */
import { expect, test } from '@jest/globals';
import { problemOf } from '../../src/plan/problem';
import { NO_USAGE } from '../../src/plan/record';
import { Dice } from './random-definition';
import { eachSeed } from './seeds';
import type { Walked } from './walk';
import { candidate, planOf, tool, walk } from './walk';

const PRICE = 0.1;
const LIMIT = 10 * PRICE;

const FIFTY = planOf(
  [
    {
      kind: 'parallel',
      name: 'all',
      join: 'all',
      branches: Array.from({ length: 50 }, (_, i) => ({
        name: `b${i}`,
        single: true,
        steps: [tool(`b${i}`, { chain: [candidate('p0')], onError: [{ continue: true }] })],
      })),
    },
  ],
  { guards: { budget: { maxCostUsd: LIMIT }, security: { piiRedaction: false, encryption: false } } },
);

interface Spent extends Walked {
  readonly spentUsd: number;
  /** What calls have used beyond the price, at the most at one time. */
  readonly excessUsd: number;
}

/** Each call takes a time by chance and uses between nothing and `most` times its price; one in eight fails, and is charged all the same. */
async function spend(seed: number, most: number): Promise<Spent> {
  const dice = new Dice(seed);
  const underWay = new Set<number>();
  let excessUsd = 0;
  const walked = await walk(FIFTY, {
    prices: { p0: { 'test.echo': { '*': { usdPerCall: PRICE } } } },
    play: async (request, clock) => {
      const costUsd = PRICE * most * dice.roll();
      const fails = dice.chance(0.125);
      const ms = 1 + dice.below(2_000);
      underWay.add(costUsd);
      excessUsd = Math.max(
        excessUsd,
        [...underWay].reduce((sum, cost) => sum + Math.max(0, cost - PRICE), 0),
      );
      const how = await clock.sleep(ms);
      underWay.delete(costUsd);
      if (how === 'cancelled') return { status: 'cancelled' };
      const facts = { provider: 'p0', candidate: 0, attempts: 1, skipped: [], usage: { ...NO_USAGE, costUsd } };
      if (!fails) return { status: 'completed', output: request.path, ...facts };
      return { status: 'failed', problem: problemOf('tool-error', 'It broke.'), ...facts };
    },
  });
  return { ...walked, spentUsd: walked.state.usage.costUsd, excessUsd };
}

test(
  'calls that use no more than their price never pass the limit',
  () =>
    eachSeed(40, async (seed) => {
      const { spentUsd, state, calls } = await spend(seed, 1);
      expect(spentUsd).toBeLessThanOrEqual(LIMIT + 1e-9);
      expect(state.ended?.error?.type).toBe('budget-exceeded');
      expect(calls.length).toBeGreaterThanOrEqual(10);
      expect(spentUsd).toBeGreaterThan(LIMIT - 2 * PRICE);
    }),
  600_000,
);

test(
  'calls that use up to three times as much pass it by what those under way use beyond their price, at most',
  () =>
    eachSeed(150, async (seed) => {
      const { spentUsd, excessUsd, state } = await spend(seed, 3);
      expect(spentUsd).toBeLessThanOrEqual(LIMIT + excessUsd + 1e-9);
      expect(state.ended?.error?.type).toBe('budget-exceeded');
    }),
  600_000,
);
