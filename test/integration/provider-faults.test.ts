/** A first provider that fails in every way a vendor can: the step ends on the second one, and nobody is called too early. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/client';
import type { ToolStep } from '../../src/plan/plan';
import type { ExecutionState } from '../../src/plan/record';
import { OPENROUTER } from '../../src/providers/openrouter';
import { CONTRACTS } from '../../src/tools/contracts';
import { candidate, literal, object, planOf, tool } from '../interpreter/walk';
import { providerOf } from '../contracts/provider';
import type { Fault } from '../stubs/faults';
import { startOpenAiStub } from '../stubs/openai-shaped';
import type { Stub } from '../stubs/stub';
import { testEngine } from './engine';

let stub: Stub;
let engine: Awaited<ReturnType<typeof testEngine>>;
let secondAsked: number[] = [];

beforeAll(async () => {
  stub = await startOpenAiStub({ key: 'stub-key' });
  const second = {
    name: 'second',
    title: 'Second',
    variables: [],
    tools: {
      'mt.translate': (input: { readonly text: string; readonly targetLanguage: string }) => {
        secondAsked.push(Date.now());
        return Promise.resolve({ output: { ...input, text: `${input.targetLanguage}: ${input.text}` } });
      },
    },
  };
  engine = await testEngine({
    contracts: CONTRACTS,
    // One engine for all faults: none of them may be kept from its call by those before.
    limits: { openrouter: { failures: 1_000 } },
    providers: [providerOf({ provider: OPENROUTER }, stub), second],
  });
}, 60_000);
beforeEach(() => {
  secondAsked = [];
  stub.always(undefined);
});
afterAll(async () => {
  await engine.close();
  await stub.close();
});

const translate = planOf([
  tool('translate', {
    tool: 'mt.translate',
    chain: [{ ...candidate('openrouter'), timeoutMs: 700 }, candidate('second')],
    input: object({ text: literal('hello'), sourceLanguage: literal('en'), targetLanguage: literal('pt') }),
    retry: [{ maxAttempts: 3, initialIntervalMs: 100, backoff: 2, maxIntervalMs: 30_000 }],
  }),
]);

const [translateStep] = translate.steps;
const once = { ...translate, steps: [{ ...(translateStep as ToolStep), idempotent: 'none' as const }] };

/** The type of what an execution failed by. */
const problemIn = (thrown: unknown): unknown => {
  const { cause } = thrown as Error;
  return cause instanceof ApplicationFailure ? cause.type : thrown;
};

const busy: Fault = { kind: 'status', status: 429, headers: { 'retry-after': '2' } };
const FAULTS: readonly { name: string; fault: Fault; type: string; apartMs?: number }[] = [
  { name: 'times out', fault: { kind: 'drip', everyMs: 100 }, type: 'timeout' },
  { name: 'answers 429 with Retry-After: 2', fault: busy, type: 'rate-limited', apartMs: 2_000 },
  { name: 'answers 500', fault: { kind: 'status', status: 500 }, type: 'provider-unavailable' },
  { name: 'answers garbage', fault: { kind: 'garbage' }, type: 'tool-error' },
  { name: 'hangs', fault: { kind: 'hang' }, type: 'timeout' },
];

test.each(FAULTS)(
  'when the first provider $name, the step ends on the second',
  async ({ fault, type, apartMs = 0 }) => {
    const before = stub.calls.length;
    stub.always(fault);
    const handle = await engine.start(translate);
    expect(await handle.result()).toMatchObject({ text: 'pt: hello' });

    const calls = stub.calls.slice(before);
    expect(calls).toHaveLength(3);
    expect(new Set(calls.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    for (const [i, call] of calls.slice(1).entries())
      expect(call.at - (calls[i]?.at ?? 0)).toBeGreaterThanOrEqual(apartMs);
    // After the last attempt nothing is waited for.
    expect(secondAsked).toHaveLength(1);

    const [step] = (await handle.query<ExecutionState>('state')).steps;
    expect(step).toMatchObject({
      provider: 'second',
      calls: [
        { provider: 'openrouter', status: 'failed', attempts: 3, error: { type } },
        { provider: 'second', status: 'completed', attempts: 1 },
      ],
    });
    const { events = [] } = await handle.fetchHistory();
    const attempts = (events ?? []).flatMap((event) => event.activityTaskStartedEventAttributes?.attempt ?? []);
    expect(attempts).toEqual([3, 1]);
    // A provider that asks to be left alone is left alone by the executions that follow, too.
    await new Promise((resolve) => setTimeout(resolve, apartMs));
  },
  30_000,
);

test.each(FAULTS)(
  'when the first provider of a tool that is tried once $name, the second is asked only if the first has surely done nothing',
  async ({ fault, type, apartMs = 0 }) => {
    const before = stub.calls.length;
    stub.always(fault);
    const handle = await engine.start(once);
    const unknown = type !== 'rate-limited';
    expect(await handle.result().then(() => 'completed', problemIn)).toBe(unknown ? 'outcome-unknown' : 'completed');
    expect(stub.calls.slice(before)).toHaveLength(1);
    expect(secondAsked).toHaveLength(unknown ? 0 : 1);
    const [step] = (await handle.query<ExecutionState>('state')).steps;
    expect(step?.calls?.[0]?.error).toMatchObject(
      unknown ? { type: 'outcome-unknown', data: { was: type } } : { type },
    );
    await new Promise((resolve) => setTimeout(resolve, apartMs));
  },
  30_000,
);

test('a provider that recovers in time keeps the step', async () => {
  stub.next(busy);
  const before = stub.calls.length;
  const handle = await engine.start(translate);
  await handle.result();
  const [first, second] = stub.calls.slice(before);
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(2_000);
  expect(secondAsked).toHaveLength(0);
}, 30_000);
