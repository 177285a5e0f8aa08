/** A vendor that takes 200 calls and never answers: afterwards neither a socket nor a slot is held, and it can be called as before. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ExecutionState } from '../../src/plan/record';
import { OPENROUTER } from '../../src/providers/openrouter';
import type { Provider } from '../../src/tools/tool';
import { providerOf } from '../contracts/provider';
import { candidate, expression, literal, object, planOf, tool } from '../interpreter/walk';
import { startOpenAiStub } from '../stubs/openai-shaped';
import type { Stub } from '../stubs/stub';
import type { Harness } from '../support';
import { harness } from '../support';

const CALLS = 200;

let stub: Stub;
let vendor: Provider;
let parts: Harness;
beforeAll(async () => {
  stub = await startOpenAiStub();
  // As many slots as calls: one that is not given back is missed by the calls that follow.
  vendor = { ...providerOf({ provider: OPENROUTER }, stub), limits: { concurrent: CALLS, failures: 10 * CALLS } };
  parts = await harness({ providers: [vendor] });
}, 60_000);
afterAll(async () => {
  await parts.close();
  await stub.close();
});

const plan = planOf([
  {
    kind: 'forEach',
    name: 'each',
    list: 'trigger.payload.items',
    as: 'item',
    concurrency: CALLS,
    steps: [
      tool('translate', {
        tool: 'mt.translate',
        chain: [{ ...candidate('openrouter'), timeoutMs: 3_000 }],
        input: object({ text: expression('item'), sourceLanguage: literal('en'), targetLanguage: literal('pt') }),
      }),
    ],
    join: 'all',
    onItemError: 'continue',
  },
]);
const items = Array.from({ length: CALLS }, (_, i) => `hello ${i}`);

test('200 calls that hang end as timeout, their sockets are closed and their slots free', async () => {
  stub.always({ kind: 'hang' });
  const hanging = await parts.start(plan, { items });
  const failed = (await hanging.result()) as { readonly error?: { readonly type: string } }[];
  expect(failed.map(({ error }) => error?.type)).toEqual(items.map(() => 'timeout'));
  expect(stub.calls).toHaveLength(CALLS);
  for (let tries = 0; tries < 50 && stub.calls.some(({ closedAt }) => closedAt === undefined); tries += 1)
    await pause(100);
  expect(stub.calls.filter(({ closedAt }) => closedAt === undefined)).toEqual([]);
  expect(parts.registry.turnstile(vendor).standing().underWay).toBe(0);

  stub.always(undefined);
  const honest = await parts.start(plan, { items });
  expect(await honest.result()).toHaveLength(CALLS);
  const { steps } = await honest.query<ExecutionState>('state');
  const calls = steps.flatMap((step) => step.calls ?? []);
  for (const call of calls) expect(call).toMatchObject({ status: 'completed', attempts: 1, skipped: [] });
  expect(stub.calls).toHaveLength(2 * CALLS);
  expect(parts.registry.turnstile(vendor).standing()).toMatchObject({ underWay: 0, breaker: 'closed' });
}, 120_000);
