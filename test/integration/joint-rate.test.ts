/** Two workers that know nothing of each other keep a rate together that is the vendor's, and each goes on alone without the count. */
import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from '@jest/globals';
import type { ExecutionState } from '../../src/plan/record';
import { candidate, planOf, tool } from '../interpreter/walk';
import { provider, testEngine } from './engine';

type Engine = Awaited<ReturnType<typeof testEngine>>;
let engines: readonly Engine[] = [];
afterEach(() => Promise.all(engines.map((engine) => engine.close())));

test('calls of both together keep to the rate; they wait at Temporal and cost no attempt', async () => {
  const at: number[] = [];
  const name = `vendor-${randomUUID()}`;
  const vendor = provider(
    name,
    (input) => {
      at.push(Date.now());
      return Promise.resolve(input);
    },
    { limits: { perSecond: 5, burst: 1, shared: true } },
  );
  engines = await Promise.all([testEngine({ providers: [vendor] }), testEngine({ providers: [vendor] })]);
  const once = [{ maxAttempts: 1, initialIntervalMs: 100, backoff: 2, maxIntervalMs: 1_000 }];
  const plan = planOf([tool('call', { chain: [candidate(name)], retry: once })]);
  const states = await Promise.all(
    Array.from({ length: 12 }, async (_, i) => {
      const handle = await engines[i % 2]?.start(plan);
      await handle?.result();
      return handle?.query<ExecutionState>('state');
    }),
  );
  for (const state of states)
    expect(state?.steps[0]?.calls).toMatchObject([{ status: 'completed', attempts: 1, skipped: [] }]);
  expect(at).toHaveLength(12);
  // Eleven fifths of a second; each by itself would take five.
  expect(Math.max(...at) - Math.min(...at)).toBeGreaterThanOrEqual(2_000);
}, 60_000);

test('the next provider is taken where the others have used up the rate, and the record says why', async () => {
  const name = `vendor-${randomUUID()}`;
  const limits = { perSecond: 0.01, burst: 1, shared: true };
  const chain = [
    provider(name, (input) => Promise.resolve(input), { limits }),
    provider('second', (input) => Promise.resolve(input)),
  ];
  engines = [await testEngine({ providers: chain }), await testEngine({ providers: chain })];
  const plan = planOf([tool('call', { chain: [candidate(name), candidate('second')] })]);
  const calls = [];
  for (const engine of engines) {
    const handle = await engine.start(plan);
    await handle.result();
    const { steps } = await handle.query<ExecutionState>('state');
    calls.push(...(steps[0]?.calls ?? []));
  }
  expect(calls).toMatchObject([
    { provider: name, skipped: [] },
    {
      provider: 'second',
      skipped: [{ provider: name, reason: 'is called 0.01 times a second at most by all processes together' }],
    },
  ]);
}, 60_000);
