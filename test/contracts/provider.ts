/** The suites that every provider passes: `describeTools` for any, `describeProvider` for those that speak HTTP. */
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { OmniError, type BuiltInProblemType } from '../../src/plan/problem';
import { CONTRACTS } from '../../src/tools/contracts';
import type { CallContext, Provider, ToolAnswer } from '../../src/tools/tool';
import type { Stub, StubOptions } from '../stubs/stub';
import { FAULTS, GREEDY, type FaultCase } from './faults';

export interface ToolCase {
  readonly tool: string;
  readonly input: object;
  /** What the answer must say beyond fitting the contract. */
  readonly check?: (output: never) => void;
  /** Inputs that fit the contract and that the provider must refuse, with the type of the refusal. */
  readonly refuses?: readonly { readonly why: string; readonly input: object; readonly type: BuiltInProblemType }[];
}

export interface HttpProvider {
  create(settings: { apiKey?: string; baseUrl?: string }): Provider;
  stub(options: StubOptions): Promise<Stub>;
  /** One case for each of the provider's tools. */
  readonly calls: readonly ToolCase[];
  /** Tools whose answer is audio bytes: what is wrong with JSON is not asked of them. */
  readonly audioTools?: readonly string[];
}

export function contextOf(extra: Partial<CallContext> = {}): CallContext {
  return {
    signal: new AbortController().signal,
    timeoutMs: 20_000,
    idempotencyKey: 'origin/step#1/p',
    config: {},
    caller: {},
    ...extra,
  };
}

export function callTool(
  provider: Provider,
  { tool, input }: ToolCase,
  extra: Partial<CallContext> = {},
): Promise<ToolAnswer> {
  const run = provider.tools[tool];
  if (run === undefined) throw new Error(`${provider.name} has no tool ${tool}`);
  return run(input as never, contextOf(extra));
}

/** The error of a call that must fail; anything but an `OmniError` is a failure of the test. */
export async function failureOf(promise: Promise<unknown>): Promise<OmniError> {
  const outcome = await promise.then(
    (value) => new Error(`expected a failure, got ${inspect(value).slice(0, 200)}`),
    (error: unknown) => error,
  );
  if (outcome instanceof OmniError) return outcome;
  throw outcome instanceof Error ? outcome : new Error(inspect(outcome));
}

/** What holds for any provider, whether it calls a vendor or runs an engine. */
export function describeTools(name: string, provider: () => Provider, calls: readonly ToolCase[]): void {
  describe(`${name}: tools`, () => {
    test('has one case for each of its tools, and a contract for each', () => {
      expect(calls.map(({ tool }) => tool).sort()).toEqual(Object.keys(provider().tools).sort());
      for (const { tool } of calls) expect(CONTRACTS.map((contract) => contract.name)).toContain(tool);
    });

    for (const one of calls) {
      const contract = CONTRACTS.find((each) => each.name === one.tool);
      test(`${one.tool}: the case fits the contract, and so does the answer`, async () => {
        expect(contract?.input.safeParse(one.input)).toMatchObject({ success: true });
        const { output } = await callTool(provider(), one);
        expect(contract?.output.safeParse(output)).toMatchObject({ success: true });
        one.check?.(output as never);
      });

      test(`${one.tool}: a cancelled call ends as cancelled`, async () => {
        const error = await failureOf(callTool(provider(), one, { signal: AbortSignal.abort() }));
        expect(error.problem).toMatchObject({ type: 'cancelled', provider: provider().name });
      });

      for (const { why, input, type } of one.refuses ?? [])
        test(`${one.tool}: refuses ${why} as ${type}`, async () => {
          const error = await failureOf(callTool(provider(), { ...one, input }));
          expect(error.problem).toMatchObject({ type, provider: provider().name });
        });
    }
  });
}

export function describeProvider(name: string, http: HttpProvider): void {
  const key = 'sk-canary-7f3a91';
  let stub: Stub;
  let provider: Provider;

  beforeEach(async () => {
    stub = await http.stub({ key });
    provider = http.create({ apiKey: key, baseUrl: stub.baseUrl });
  });
  afterEach(() => stub.close());

  describeTools(name, () => provider, http.calls);

  describe(`${name}: over HTTP`, () => {
    test('without its key it says which variable to set, and calls nobody', async () => {
      const without = http.create({ baseUrl: stub.baseUrl });
      const required = without.variables.filter((variable) => variable.required).map((variable) => variable.name);
      expect(required).not.toEqual([]);
      for (const variable of required) expect(without.unconfigured).toContain(variable);
      for (const one of http.calls)
        expect((await failureOf(callTool(without, one))).problem.type).toBe('authentication');
      expect(stub.calls).toEqual([]);
    });

    test('a key that no header can carry is called unusable without being quoted', async () => {
      const odd = http.create({ apiKey: `${key}\u0007`, baseUrl: stub.baseUrl });
      const error = await failureOf(callTool(odd, http.calls[0] as ToolCase));
      expect(inspect([odd.unconfigured, error], { depth: 9 })).not.toContain(key);
    });

    test('the probe passes with the right key and tells a wrong one', async () => {
      await provider.probe?.(new AbortController().signal);
      const wrong = http.create({ apiKey: 'sk-wrong', baseUrl: stub.baseUrl });
      expect((await failureOf(wrong.probe?.(new AbortController().signal) ?? Promise.resolve())).problem.type).toBe(
        'authentication',
      );
    });

    for (const one of http.calls) {
      test(`${one.tool}: usage and cost are the vendor's to the token`, async () => {
        const { usage } = await callTool(provider, one);
        expect(stub.calls).toHaveLength(1);
        expect({ inputTokens: 0, outputTokens: 0, ...usage }).toMatchObject(stub.calls[0]?.usage ?? { missing: true });
        expect(usage?.model).toEqual(expect.any(String));
      });

      test(`${one.tool}: the idempotency key is the same on every attempt, whatever its characters`, async () => {
        const keys = ['origin/each[3].score#1/p', 'origin/passo-não/p', `long${'x'.repeat(400)}`];
        for (const idempotencyKey of keys)
          for (let attempt = 0; attempt < 2; attempt += 1) await callTool(provider, one, { idempotencyKey });
        const sent = stub.calls.map((call) => call.idempotencyKey);
        expect(sent[0]).toBe(keys[0]);
        expect([sent[1], sent[3], sent[5]]).toEqual([sent[0], sent[2], sent[4]]);
        expect(new Set(sent).size).toBe(3);
      });

      const audio = http.audioTools?.includes(one.tool) === true;
      for (const fault of FAULTS.filter(({ onlyJson }) => !(audio && onlyJson)))
        test(`${one.tool}: ${fault.name}`, () => holds(fault, one));

      test(`${one.tool}: a hanging call ends at its time, a cancelled one at once, and both close their sockets`, async () => {
        stub.next({ kind: 'hang' }, { kind: 'stall' }, { kind: 'hang' });
        for (let late = 0; late < 2; late += 1)
          expect((await failureOf(callTool(provider, one, { timeoutMs: 150 }))).problem.type).toBe('timeout');
        const cancel = new AbortController();
        const pending = failureOf(callTool(provider, one, { signal: cancel.signal }));
        await until(() => stub.calls.length === 3);
        cancel.abort();
        expect((await pending).problem.type).toBe('cancelled');
        await until(allClosed);
      });

      for (const [what, fault] of GREEDY)
        test(`${one.tool}: ${what} is cut short and costs less than 64 MB`, async () => {
          stub.next(fault);
          const before = process.memoryUsage.rss();
          let peak = before;
          const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 5);
          const error = await failureOf(callTool(provider, one));
          clearInterval(watch);
          expect(error.problem.type).toBe('too-large');
          expect(Math.max(peak, process.memoryUsage.rss()) - before).toBeLessThan(64 * 1024 * 1024);
          await until(allClosed);
        });
    }

    test('fifty hanging calls leave no socket behind', async () => {
      stub.always({ kind: 'hang' });
      const cancels = Array.from({ length: 50 }, () => new AbortController());
      const all = cancels.map(({ signal }) => failureOf(callTool(provider, http.calls[0] as ToolCase, { signal })));
      await until(() => stub.calls.length === 50);
      for (const cancel of cancels) cancel.abort();
      for (const error of await Promise.all(all)) expect(error.problem.type).toBe('cancelled');
      await until(allClosed);
    });
  });

  const allClosed = (): boolean => stub.calls.length > 0 && stub.calls.every((call) => call.closedAt !== undefined);

  async function holds(fault: FaultCase, one: ToolCase): Promise<void> {
    const elsewhere = await http.stub({ key });
    try {
      stub.next(fault.fault(elsewhere.origin));
      const error = await failureOf(callTool(provider, one));
      expect({ type: error.problem.type, retryable: error.retryable }).toEqual({
        type: fault.type,
        retryable: fault.retryable,
      });
      expect(error.problem.provider).toBe(provider.name);
      if (fault.waits === undefined) expect(error.retryAfterMs).toBeUndefined();
      else {
        expect(error.retryAfterMs).toBeGreaterThanOrEqual(fault.waits[0]);
        expect(error.retryAfterMs).toBeLessThanOrEqual(fault.waits[1]);
      }
      const shown = inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error.problem);
      for (const secret of [key, 'refused:', 'Sign in', 'surprise', 'unasked']) expect(shown).not.toContain(secret);
      expect(error.message.length).toBeLessThan(400);
      expect(stub.calls).toHaveLength(1);
      expect(elsewhere.calls).toEqual([]);
    } finally {
      await elsewhere.close();
    }
  }
}

/** Waits until it is true; fails after five seconds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 5000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 5)))
    if (await holds()) return;
  throw new Error(`still not: ${holds.toString()}`);
}
