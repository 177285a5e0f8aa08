/** Executions on a real Temporal server: what history and Web UI show, what ends how, and that nothing hangs. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { defaultPayloadConverter } from '@temporalio/common';
import type { WorkflowHandle } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import { OmniError } from '../../src/plan/problem';
import type { ExecutionState } from '../../src/plan/record';
import { candidate, expression, literal, object, planOf, tool } from '../interpreter/walk';
import { provider, testEngine } from './engine';

const calls: { provider: string; at: number; key: string; attemptOf: string }[] = [];
const note = (name: string, key: string, path = ''): number =>
  calls.push({ provider: name, at: Date.now(), key, attemptOf: path });

const aborted: string[] = [];
let failures: Record<string, OmniError[]> = {};

const echo = provider('echo', (input, call) => {
  note('echo', call.idempotencyKey);
  return Promise.resolve(input);
});
const shaky = provider('shaky', (input, call) => {
  note('shaky', call.idempotencyKey);
  const failure = failures['shaky']?.shift();
  return failure === undefined ? Promise.resolve(input) : Promise.reject(failure);
});
const hanging = provider(
  'hanging',
  (_input, { signal }) =>
    new Promise(() => signal.addEventListener('abort', () => aborted.push((signal.reason as OmniError).problem.type))),
);
const large = provider('large', (input) =>
  Promise.resolve({ text: 'x'.repeat(100_000), length: JSON.stringify(input['text'] ?? '').length - 2 }),
);
const keyless = provider('keyless', () => Promise.reject(new Error('never called')), {
  unconfigured: 'set KEYLESS_KEY',
});
const crashing = provider('crashing', () => Promise.reject(new TypeError('secret-canary')));

const simple = planOf([tool('one', { chain: [candidate('echo')] }), tool('two', { chain: [candidate('echo')] })], {
  id: 'simple-plan',
  input: { type: 'object', properties: { n: { type: 'number' } }, required: ['n'], additionalProperties: false },
});

let engine: Awaited<ReturnType<typeof testEngine>>;
beforeAll(async () => {
  engine = await testEngine({
    providers: [echo, shaky, hanging, large, keyless, crashing],
    plans: { 'simple-plan': simple },
  });
}, 60_000);
afterAll(() => engine.close());

async function failureOf(handle: WorkflowHandle) {
  const thrown: unknown = await handle.result().then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof WorkflowFailedError)) throw new Error('it did not fail');
  return thrown.cause as Error & { type?: string; details?: unknown[] };
}

describe('what the Web UI shows', () => {
  test('workflow type is the id, activity type the tool, activity id the step’s path, the summary step and providers', async () => {
    const handle = await engine.start(simple, { n: 1 });
    expect(await handle.result()).toEqual({ name: 'two' });
    const { events } = await handle.fetchHistory();
    expect(events?.[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name).toBe('simple-plan');
    const scheduled = (events ?? []).filter((event) => event.activityTaskScheduledEventAttributes);
    expect(scheduled.map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name)).toEqual([
      'test.echo',
      'test.echo',
    ]);
    expect(scheduled.map((event) => event.activityTaskScheduledEventAttributes?.activityId)).toEqual([
      'one#1',
      'two#1',
    ]);
    const summaries = scheduled.map(
      (event) => event.userMetadata?.summary && defaultPayloadConverter.fromPayload(event.userMetadata.summary),
    );
    expect(summaries).toEqual(['one · echo', 'two · echo']);
  });

  test('the query `state` tells every step, also after the end', async () => {
    const handle = await engine.start(simple, { n: 1 });
    await handle.result();
    const state = await handle.query<ExecutionState>('state');
    expect(state).toMatchObject({ status: 'completed', definition: { id: 'simple-plan' }, output: { name: 'two' } });
    expect(state.steps.map(({ path, status, provider }) => [path, status, provider])).toEqual([
      ['one', 'completed', 'echo'],
      ['two', 'completed', 'echo'],
    ]);
  });
});

describe('starts without a plan', () => {
  test('a bare payload completes, and the plan is recorded in the history', async () => {
    const handle = await engine.startBare('simple-plan', { n: 1 });
    expect(await handle.result()).toEqual({ name: 'two' });
    const { events } = await handle.fetchHistory();
    expect(events?.some((event) => event.markerRecordedEventAttributes)).toBe(true);
  });

  test('a payload that does not fit is refused by pointer', async () => {
    const failure = await failureOf(await engine.startBare('simple-plan', { n: 'one' }));
    expect(failure).toMatchObject({ type: 'validation' });
    expect(failure.message).toContain('/n');
  });

  test.each(['no-such-definition', 'agt:other', 'Upper', 'default', ...Object.getOwnPropertyNames(Object.prototype)])(
    'the type %s is refused by name',
    async (type) => {
      const failure = await failureOf(await engine.startBare(type, {}));
      expect(failure).toMatchObject({ type: 'not-found' });
      expect(failure.message).toContain(type);
    },
  );

  test('a workflow of our own is refused without what it is for', async () => {
    const failure = await failureOf(await engine.startBare('agt:task', {}));
    expect(failure).toMatchObject({ type: 'validation' });
    expect(failure.message).toContain('taskId');
  });
});

describe('the provider chain', () => {
  const chain = [candidate('shaky'), candidate('keyless'), candidate('echo')];
  const retry = [{ maxAttempts: 2, initialIntervalMs: 50, backoff: 2, maxIntervalMs: 5_000 }];

  test('waits as long as it was told before it asks the same provider again', async () => {
    failures = { shaky: [new OmniError('rate-limited', 'slow down', { retryAfterMs: 2_000 })] };
    calls.length = 0;
    const handle = await engine.start(planOf([tool('one', { chain, retry })]));
    expect(await handle.result()).toEqual({ name: 'one' });
    const [first, second] = calls;
    expect([first?.provider, second?.provider]).toEqual(['shaky', 'shaky']);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(2_000);
    expect(first?.key).toBe(second?.key);
  });

  test('does not wait after the last attempt, but goes on to the next provider that can be called', async () => {
    failures = { shaky: [1, 2].map(() => new OmniError('provider-unavailable', 'down', { retryAfterMs: 60_000 })) };
    calls.length = 0;
    const handle = await engine.start(planOf([tool('one', { chain, retry })]));
    expect(await handle.result()).toEqual({ name: 'one' });
    expect(calls.map((call) => call.provider)).toEqual(['shaky', 'echo']);
    const [step] = (await handle.query<ExecutionState>('state')).steps;
    expect(step).toMatchObject({
      provider: 'echo',
      calls: [
        { provider: 'shaky', status: 'failed' },
        { provider: 'echo', skipped: [{ provider: 'keyless', reason: 'set KEYLESS_KEY' }] },
      ],
    });
  });

  test('a hanging provider is timed out, told so by its signal, and the next one answers', async () => {
    aborted.length = 0;
    const slow = { ...candidate('hanging'), timeoutMs: 300 };
    const handle = await engine.start(
      planOf([tool('one', { chain: [slow, candidate('echo')], retry: [{ ...retry[0]!, maxAttempts: 1 }] })]),
    );
    expect(await handle.result()).toEqual({ name: 'one' });
    expect(aborted).toEqual(['timeout']);
  });

  test('a defect of a provider is a typed error that quotes nothing', async () => {
    const failure = await failureOf(await engine.start(planOf([tool('one', { chain: [candidate('crashing')] })])));
    expect(failure).toMatchObject({ type: 'tool-error' });
    expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain('secret-canary');
  });

  test('nobody to call is said once for all, without a retry', async () => {
    const failure = await failureOf(
      await engine.start(planOf([tool('one', { chain: [candidate('keyless'), candidate('absent')], retry })])),
    );
    expect(failure).toMatchObject({ type: 'provider-unavailable' });
    expect(failure.message).toContain('keyless: set KEYLESS_KEY; absent: not in this version');
  });
});

test('cancelling reaches the provider and ends the execution as cancelled', async () => {
  aborted.length = 0;
  const handle = await engine.start(planOf([tool('one', { chain: [{ ...candidate('hanging'), timeoutMs: 60_000 }] })]));
  for (let status = ''; status !== 'running';) {
    status = (await handle.query<ExecutionState>('state').catch(() => undefined))?.steps[0]?.status ?? '';
  }
  await handle.cancel();
  await failureOf(handle);
  expect((await handle.describe()).status.name).toBe('CANCELLED');
  for (let i = 0; i < 50 && aborted.length === 0; i += 1) await new Promise((resolve) => setTimeout(resolve, 100));
  expect(aborted).toEqual(['cancelled']);
}, 30_000);

test('an answer above 64 KiB travels as a reference and is whole again for the next tool', async () => {
  const next = tool('two', {
    chain: [candidate('large')],
    input: object({ text: expression('steps.one.output.text') }),
  });
  const plan = planOf([tool('one', { chain: [candidate('large')] }), next], {
    output: object({
      first: expression('steps.one.output.text'),
      bytes: expression('steps.one.output.text.bytes'),
      length: expression('steps.two.output.length'),
    }),
  });
  const handle = await engine.start(plan);
  expect(await handle.result()).toMatchObject({
    first: { bytes: 100_000, $blob: expect.anything() },
    bytes: 100_000,
    length: 100_000,
  });
  expect(JSON.stringify(await handle.fetchHistory()).length).toBeLessThan(64 * 1024);
});

test('a local tool runs inside the workflow task: no activity event', async () => {
  const plan = planOf(
    [1, 2, 3].map((n) =>
      tool(`s${n}`, {
        tool: 'test.local',
        placement: 'local',
        chain: [candidate('echo')],
        input: object({ n: literal(n) }),
      }),
    ),
  );
  const handle = await engine.start(plan);
  expect(await handle.result()).toEqual({ n: 3 });
  const { events } = await handle.fetchHistory();
  expect(events?.some((event) => event.activityTaskScheduledEventAttributes)).toBe(false);
});

test('an output that Temporal could not carry fails the execution by name', async () => {
  const text = expression('trigger.payload.text');
  const output = object(Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`k${i}`, text])));
  const plan = planOf([{ kind: 'set', name: 'a', values: { a: literal(1) } }], { output });
  const failure = await failureOf(await engine.start(plan, { text: 'y'.repeat(60_000) }));
  expect(failure).toMatchObject({ type: 'too-large' });
});
