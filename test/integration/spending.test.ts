/** Every attempt that a vendor bills is on the ledger: those that failed, those that were cut off, those whose worker was lost. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Plan } from '../../src/plan/plan';
import type { ExecutionState } from '../../src/plan/record';
import { OPENROUTER } from '../../src/providers/openrouter';
import { pricesOf } from '../../src/language/plan-prices';
import { CONTRACTS } from '../../src/tools/contracts';
import { ToolRegistry } from '../../src/tools/registry';
import type { Provider } from '../../src/tools/tool';
import { providerOf } from '../contracts/provider';
import { candidate, literal, object, planOf, tool } from '../interpreter/walk';
import { startOpenAiStub } from '../stubs/openai-shaped';
import type { Stub } from '../stubs/stub';
import { testEngine } from './engine';

let stub: Stub;
let openrouter: Provider;
let engine: Awaited<ReturnType<typeof testEngine>>;

beforeAll(async () => {
  stub = await startOpenAiStub({ key: 'stub-key' });
  openrouter = providerOf({ provider: OPENROUTER }, stub);
  engine = await testEngine({ contracts: CONTRACTS, providers: [openrouter] });
}, 60_000);
beforeEach(() => stub.always(undefined));
afterAll(async () => {
  await engine.close();
  await stub.close();
});

const input = object({ text: literal('hello'), sourceLanguage: literal('en'), targetLanguage: literal('pt') });
const retry = [{ maxAttempts: 3, initialIntervalMs: 50, backoff: 1, maxIntervalMs: 100 }];
const translate = (fields: object = {}): Plan =>
  planOf([
    tool('translate', {
      tool: 'mt.translate',
      chain: [{ ...candidate('openrouter'), timeoutMs: 700 }],
      input,
      retry,
      ...fields,
    }),
  ]);

async function run(plan: Plan): Promise<{ state: ExecutionState; failure: unknown }> {
  const prices = pricesOf(plan, new ToolRegistry(CONTRACTS, [openrouter]));
  const handle = await engine.start(plan, {}, { flags: {}, settings: {}, prices });
  const failure = await handle.result().then(
    () => undefined,
    (error: unknown) => error,
  );
  return { state: await handle.query<ExecutionState>('state'), failure };
}

test('attempts that failed after they were billed count beside the one that succeeded', async () => {
  stub.next({ kind: 'misfit' }, { kind: 'misfit' });
  const { state } = await run(translate());
  const once = await run(translate());
  const [step] = state.steps;
  expect(step?.calls).toMatchObject([{ attempts: 3, status: 'completed' }]);
  const one = once.state.usage;
  expect(one.costUsd).toBeGreaterThan(0);
  expect(state.usage.inputTokens).toBe(3 * one.inputTokens);
  expect(state.usage.outputTokens).toBe(3 * one.outputTokens);
  expect(state.usage.costUsd).toBeCloseTo(3 * one.costUsd, 12);
  expect(state.usage.estimated).toBeUndefined();
}, 30_000);

test('when every attempt fails, all of them are charged', async () => {
  stub.always({ kind: 'misfit' });
  const { state, failure } = await run(translate());
  expect(failure).toBeDefined();
  stub.always(undefined);
  const one = (await run(translate())).state.usage;
  expect(state.usage.inputTokens).toBe(3 * one.inputTokens);
  expect(state.usage.costUsd).toBeCloseTo(3 * one.costUsd, 12);
}, 30_000);
