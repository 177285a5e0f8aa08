/** Providers with limits and breakers under a real engine: a greedy or failing one costs other executions nothing. */
import { afterEach, expect, test } from '@jest/globals';
import { OmniError } from '../../src/plan/problem';
import type { ExecutionState } from '../../src/plan/record';
import { candidate, planOf, tool } from '../interpreter/walk';
import { anyContract, provider, testEngine, type Answer } from './engine';

let engine: Awaited<ReturnType<typeof testEngine>> | undefined;
afterEach(async () => engine?.close());

const echo: Answer = (input) => Promise.resolve(input);
const down: Answer = () => Promise.reject(new OmniError('provider-unavailable', 'It is down.'));
const once = [{ maxAttempts: 1, initialIntervalMs: 100, backoff: 2, maxIntervalMs: 1_000 }];

async function run(plan: ReturnType<typeof planOf>, times: number): Promise<readonly ExecutionState[]> {
  const one = async (): Promise<ExecutionState[]> => {
    const handle = await engine?.start(plan);
    await handle?.result().catch(() => undefined);
    const state = await handle?.query<ExecutionState>('state');
    return state === undefined ? [] : [state];
  };
  return (await Promise.all(Array.from({ length: times }, one))).flat();
}

const callsOf = (states: readonly ExecutionState[]) =>
  states.flatMap(({ steps }) => steps.flatMap(({ calls = [] }) => calls));

test('calls over the rate wait at Temporal, cost no attempt and all succeed, even where only one attempt is allowed', async () => {
  const at: number[] = [];
  const slow = provider('slow', (input) => echo(input, undefined as never).finally(() => at.push(Date.now())), {
    limits: { perSecond: 5, burst: 1 },
  });
  for (const idempotent of ['key', 'none'] as const) {
    at.length = 0;
    const contracts = ['test.echo', 'test.local'].map((name) => anyContract(name, { idempotent }));
    engine = await testEngine({ providers: [slow], contracts });
    const plan = planOf([tool('call', { chain: [candidate('slow')], retry: once, idempotent })]);
    const states = await run(plan, 6);
    expect(states.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 'completed'));
    for (const call of callsOf(states)) expect(call).toMatchObject({ status: 'completed', attempts: 1, skipped: [] });
    expect(at).toHaveLength(6);
    // The first of the second engine finds a full bucket of its own.
    expect(Math.max(...at) - Math.min(...at)).toBeGreaterThanOrEqual(950);
    await engine.close();
    engine = undefined;
  }
}, 60_000);

test('over its limit the next provider is taken at once, and the record says why', async () => {
  const busy = provider('busy', echo, { limits: { perSecond: 0.01, burst: 1 } });
  engine = await testEngine({ providers: [busy, provider('second', echo)] });
  const states = await run(planOf([tool('call', { chain: [candidate('busy'), candidate('second')], retry: once })]), 3);
  const calls = callsOf(states);
  expect(calls.map((call) => call.provider).sort()).toEqual(['busy', 'second', 'second']);
  const skipped = calls.flatMap((call) => call.skipped);
  expect(skipped).toEqual(
    Array.from({ length: 2 }, () => ({ provider: 'busy', reason: 'is called 0.01 times a second at most' })),
  );
}, 60_000);

test('after failures in a row a provider is left alone, and taken again when it is back', async () => {
  let answer = down;
  let asked = 0;
  const shaky = provider(
    'shaky',
    (input, call) => {
      asked += 1;
      return answer(input, call);
    },
    { limits: { failures: 2, openMs: 1_500 } },
  );
  engine = await testEngine({ providers: [shaky, provider('second', echo)] });
  const plan = planOf([tool('call', { chain: [candidate('shaky'), candidate('second')], retry: once })]);
  for (let count = 0; count < 2; count += 1) await run(plan, 1);
  expect(asked).toBe(2);
  const [state] = await run(plan, 1);
  const [call] = callsOf(state === undefined ? [] : [state]);
  expect(call).toMatchObject({ provider: 'second', attempts: 1 });
  expect(call?.skipped).toEqual([{ provider: 'shaky', reason: expect.stringContaining('failed 2 times in a row') }]);
  expect(asked).toBe(2);
  answer = echo;
  await new Promise((resolve) => setTimeout(resolve, 1_600));
  expect(callsOf(await run(plan, 1))[0]).toMatchObject({ provider: 'shaky', skipped: [] });
}, 60_000);

test('a provider that hangs on all its calls holds its own slots only', async () => {
  const greedy = provider(
    'greedy',
    (_, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    {
      limits: { concurrent: 3 },
    },
  );
  engine = await testEngine({ providers: [greedy, provider('second', echo)] });
  const chain = [{ ...candidate('greedy'), timeoutMs: 3_000 }, candidate('second')];
  const states = await run(planOf([tool('call', { chain, retry: once })]), 12);
  expect(states.every(({ status }) => status === 'completed')).toBe(true);
  const passed = callsOf(states).filter(({ skipped }) => skipped.some(({ provider }) => provider === 'greedy'));
  expect(passed.length).toBeGreaterThanOrEqual(6);
  for (const { startedAt, endedAt } of passed) expect(endedAt - startedAt).toBeLessThan(2_500);
}, 60_000);
