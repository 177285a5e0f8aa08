/** Every attempt that a vendor bills is on the ledger: those that failed, those that were cut off, those whose worker was lost. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Json } from '../../src/plan/json';
import type { Plan } from '../../src/plan/plan';
import { costOf, sizeOf } from '../../src/plan/price';
import type { ExecutionState } from '../../src/plan/record';
import { OPENROUTER } from '../../src/providers/openrouter';
import { pricesOf } from '../../src/language/plan-prices';
import { CONTRACTS } from '../../src/tools/contracts';
import { ToolRegistry } from '../../src/tools/registry';
import type { Provider } from '../../src/tools/tool';
import { providerOf, until } from '../contracts/provider';
import { candidate, literal, object, planOf, tool } from '../interpreter/walk';
import type { Fault } from '../stubs/faults';
import { promptTokens } from '../stubs/openai-answers';
import { startOpenAiStub } from '../stubs/openai-shaped';
import type { ChatRequest } from '../stubs/openai-wire';
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

/** The stub's, and OpenRouter's for its usual model. */
const PRICE = { usdPerMillionInputTokens: 0.25, usdPerMillionOutputTokens: 1.5 };

/** Tokens of every request after the first so many, as the stub bills them. */
const sentSince = (from: number): number =>
  stub.calls.slice(from).reduce((sum, { body }) => sum + promptTokens(body as ChatRequest), 0);

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
  const before = stub.calls.length;
  // An answer that misfits is asked for twice in one attempt.
  stub.next(...Array.from({ length: 4 }, () => ({ kind: 'misfit' }) as const));
  const { state } = await run(translate());
  const sent = sentSince(before);
  const once = await run(translate());
  const [step] = state.steps;
  expect(step?.calls).toMatchObject([{ attempts: 3, status: 'completed' }]);
  const one = once.state.usage;
  expect(one.costUsd).toBeGreaterThan(0);
  expect(state.usage.inputTokens).toBe(sent);
  expect(state.usage.outputTokens).toBe(5 * one.outputTokens);
  expect(state.usage.costUsd).toBeCloseTo(costOf(PRICE, state.usage), 12);
  expect(state.usage.estimated).toBeUndefined();
}, 30_000);

test('when every attempt fails, all of them are charged', async () => {
  const before = stub.calls.length;
  stub.always({ kind: 'misfit' });
  const { state, failure } = await run(translate());
  stub.always(undefined);
  expect(failure).toBeDefined();
  expect(stub.calls).toHaveLength(before + 6);
  expect(state.usage.inputTokens).toBe(sentSince(before));
  expect(state.usage.costUsd).toBeCloseTo(costOf(PRICE, state.usage), 12);
}, 30_000);

const once = { retry: [{ maxAttempts: 1, initialIntervalMs: 50, backoff: 1, maxIntervalMs: 100 }] };
/** The texts of the request, at four bytes a token. */
const sentTokens = (): number => sizeOf((stub.calls.at(-1)?.body as { messages: Json }).messages).tokens;

test.each<[string, Fault, boolean]>([
  ['breaks in the middle', { kind: 'cut', after: 'half' }, true],
  ['falls silent in the middle', { kind: 'stall' }, false],
  ['never begins', { kind: 'hang' }, false],
  ['ends too early', { kind: 'truncated' }, true],
])(
  'an answer that %s is charged what was sent and what came, as an estimate',
  async (_, fault, came) => {
    stub.always(fault);
    const { state } = await run(translate(once));
    expect(state.usage.inputTokens).toBe(sentTokens());
    expect(state.usage.inputTokens).toBeGreaterThan(50);
    expect(state.usage.outputTokens > 0).toBe(came);
    expect(state.usage.costUsd).toBe(costOf(PRICE, state.usage));
    expect(state.usage.estimated).toBe(true);
  },
  30_000,
);

test.each<[string, Fault]>([
  ['a refusal', { kind: 'status', status: 429 }],
  ['a failing vendor', { kind: 'status', status: 503 }],
  ['an error inside a 200', { kind: 'error-inside', at: 'body', code: 502 }],
  ['a connection that is cut before any answer', { kind: 'cut', after: 'request' }],
])(
  '%s costs nothing',
  async (_, fault) => {
    stub.always(fault);
    const { state } = await run(translate(once));
    expect(state.usage).toEqual({ inputTokens: 0, outputTokens: 0, costUsd: 0, durationMs: expect.any(Number) });
  },
  30_000,
);

test('an attempt that was cut off counts beside the one that succeeded', async () => {
  stub.next({ kind: 'cut', after: 'half' });
  const { state } = await run(translate());
  const one = (await run(translate())).state.usage;
  expect(state.usage.inputTokens).toBe(one.inputTokens + sentTokens());
  expect(state.usage.costUsd).toBeGreaterThan(one.costUsd);
  expect(state.usage.estimated).toBe(true);
}, 30_000);

test('a call that is cancelled while the vendor works is charged as far as it is known', async () => {
  stub.always({ kind: 'hang' });
  const slow = translate({
    ...once,
    chain: [{ ...candidate('openrouter'), timeoutMs: 20_000, config: object({ maxTokens: literal(100) }) }],
  });
  const before = stub.calls.length;
  const prices = pricesOf(slow, new ToolRegistry(CONTRACTS, [openrouter]));
  const handle = await engine.start(slow, {}, { flags: {}, settings: {}, prices });
  await until(() => stub.calls.length > before);
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow();
  const { usage } = await handle.query<ExecutionState>('state');
  expect(usage).toMatchObject({ outputTokens: 100, estimated: true });
  expect(usage.costUsd).toBeGreaterThan(0.00015);
}, 30_000);
