/** The suites that every provider passes: `describeTools` for any, `describeProvider` for those that speak HTTP. */
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { OmniError, type BuiltInProblemType } from '../../src/plan/problem';
import { VARIABLES, type Environment } from '../../src/config';
import { CONTRACTS } from '../../src/tools/contracts';
import type { DefinedProvider } from '../../src/providers/define-provider';
import { createDoor } from '../../src/providers/http/door';
import { usageOf } from '../../src/tools/call-attempt';
import { listedPrice } from '../../src/tools/price-list';
import type { CallContext, Provider, ToolAnswer } from '../../src/tools/tool';
import type { Stub, StubCall, StubOptions } from '../stubs/stub';
import { FAULTS, GREEDY, type FaultCase } from './faults';

export interface ToolCase {
  readonly tool: string;
  readonly input: object;
  /** What the answer must say beyond fitting the contract. */
  readonly check?: (output: never) => void;
  /** Inputs that fit the contract and that the provider must refuse, with the type of the refusal. */
  readonly refuses?: readonly { readonly why: string; readonly input: object; readonly type: BuiltInProblemType }[];
}

/** A vendor's own small part of the suite: its file, its stub, and one happy call for each tool. */
export interface VendorCase {
  readonly provider: DefinedProvider;
  stub(options: StubOptions): Promise<Stub>;
  readonly calls: readonly VendorToolCase[];
  /** How the environment says where the vendor is and what the key is; by the two usual variables unless told. */
  environment?(far: { readonly baseUrl: string; readonly key?: string }): Environment;
  /** Where the vendor hides errors in a 200: `body` as `{ error: { code } }` or by `statusInside`, `choice` as OpenRouter. */
  readonly errorsInside?: readonly ('body' | 'choice')[];
}

export interface VendorToolCase extends ToolCase {
  /** Audio, images: what is wrong with JSON is not asked of it. */
  readonly answers?: 'bytes';
  /** Requests of one call; 1 unless told. Each of them is made to fail. */
  readonly requests?: number;
  /** Looks for what an earlier attempt has made, so that the second one leaves out its last request. */
  readonly findsAgain?: true;
  /** An answer that does not fit is asked for once more. */
  readonly repairs?: true;
}

/** The provider under the environment that the case describes. */
export function providerOf(
  { provider, environment }: Pick<VendorCase, 'provider' | 'environment'>,
  far: { readonly baseUrl: string; readonly key?: string },
): Provider {
  const { keyVariable, baseUrlVariable } = provider;
  const usual = { [baseUrlVariable]: far.baseUrl, [keyVariable]: far.key };
  return provider.create({ variables: environment?.(far) ?? usual, door: DOOR });
}

const DOOR = createDoor({ allow: [], ownPorts: [] });

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

export function describeProvider(vendor: VendorCase): void {
  const { provider: name } = vendor.provider;
  const key = 'sk-canary-7f3a91';
  let stub: Stub;
  let provider: Provider;

  beforeEach(async () => {
    stub = await vendor.stub({ key });
    provider = providerOf(vendor, { baseUrl: stub.baseUrl, key });
  });
  afterEach(() => stub.close());

  describeTools(name, () => provider, vendor.calls);

  describe(`${name}: over HTTP`, () => {
    const first = vendor.calls[0] as VendorToolCase;

    test('without its key it says which variable to set, and calls nobody', async () => {
      const without = vendor.provider.create({ variables: {}, door: DOOR });
      const required = without.variables.filter((variable) => variable.required).map((variable) => variable.name);
      expect(required).not.toEqual([]);
      for (const variable of required) expect(without.unconfigured).toContain(variable);
      for (const one of vendor.calls)
        expect((await failureOf(callTool(without, one))).problem.type).toBe('authentication');
      expect(stub.calls).toEqual([]);
    });

    test('each of its variables is read by the configuration', () => {
      const read = VARIABLES.map((variable) => variable.name);
      for (const variable of provider.variables) expect(read).toContain(variable.name);
    });

    test('a key that no header can carry is called unusable without being quoted', async () => {
      const odd = providerOf(vendor, { baseUrl: stub.baseUrl, key: `${key}\u0007` });
      const error = await failureOf(callTool(odd, first));
      expect(inspect([odd.unconfigured, error], { depth: 9 })).not.toContain(key);
    });

    if (vendor.provider.probe !== undefined)
      test('the probe passes with the right key and tells a wrong one', async () => {
        const { signal } = new AbortController();
        await provider.probe?.(signal);
        const wrong = providerOf(vendor, { baseUrl: stub.baseUrl, key: 'sk-wrong' });
        expect((await failureOf(wrong.probe?.(signal) ?? Promise.resolve())).problem.type).toBe('authentication');
      });

    for (const one of vendor.calls) {
      const requests = one.requests ?? 1;

      test(`${one.tool}: usage and cost are the vendor's to the token`, async () => {
        const { usage } = await callTool(provider, one);
        expect(stub.calls).toHaveLength(requests);
        const bills = stub.calls.flatMap((call) => call.usage ?? []);
        if (bills.length === 0) return expect(usage?.costUsd ?? 0).toBe(0);
        expect(usageOf({ ...usage }, 0, listedPrice(provider, one, {}))).toMatchObject(sum(bills));
        expect(usage?.model).toEqual(expect.any(String));
      });

      test(`${one.tool}: the idempotency key is the same on every attempt, whatever its characters`, async () => {
        const keys = ['origin/each[3].score#1/p', 'origin/passo-não/p', `long${'x'.repeat(400)}`];
        const sent: (readonly (string | undefined)[])[] = [];
        for (const idempotencyKey of [...keys, ...keys]) {
          const before = stub.calls.length;
          await callTool(provider, one, { idempotencyKey });
          sent.push(stub.calls.slice(before).flatMap((call) => (call.method === 'GET' ? [] : [call.idempotencyKey])));
        }
        expect(sent.slice(3)).toEqual(sent.slice(0, 3).map((all) => (one.findsAgain ? all.slice(0, -1) : all)));
        const acting = sent[0]?.length ?? 0;
        expect(new Set(sent.flat()).size).toBe(acting * keys.length);
        if (acting > 0) expect(sent[0]?.[0]).toMatch(/^origin\/each\[3\]\.score#1\/p/);
      });

      const faults = FAULTS.filter(({ onlyJson }) => !(one.answers === 'bytes' && onlyJson));
      for (const fault of faults) {
        const hidden = fault.inside !== undefined && vendor.errorsInside?.includes(fault.inside) !== true;
        // An error under 200 of a vendor that does no such thing is an answer of another shape.
        const expected = hidden ? { ...fault, type: 'tool-error' as const, retryable: true } : fault;
        const called = hidden ? fault.name.replace(/ is [a-z-]+$/, ' is tool-error') : fault.name;
        test(`${one.tool}: ${called}`, () => holds(expected, one));
      }

      for (let nth = 1; nth < requests; nth += 1)
        test(`${one.tool}: its request ${nth + 1} fails like the first`, async () => {
          for (const [fault, type] of [
            [{ kind: 'status', status: 503 }, 'provider-unavailable'],
            [{ kind: 'status', status: 401 }, 'authentication'],
            [{ kind: 'garbage' }, 'tool-error'],
          ] as const) {
            stub.next(...Array.from({ length: nth }, () => undefined), fault);
            expect((await failureOf(callTool(provider, one))).problem.type).toBe(type);
          }
        });

      test(`${one.tool}: a hanging call ends at its time, a cancelled one at once, and both close their sockets`, async () => {
        stub.next({ kind: 'hang' }, { kind: 'stall' }, { kind: 'drip', everyMs: 20 }, { kind: 'hang' });
        const late = await Promise.all([1, 2, 3].map(() => failureOf(callTool(provider, one, { timeoutMs: 150 }))));
        for (const error of late) expect(error.problem.type).toBe('timeout');
        const cancel = new AbortController();
        const pending = failureOf(callTool(provider, one, { signal: cancel.signal }));
        await until(() => stub.calls.length === 4);
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
      const all = cancels.map(({ signal }) => failureOf(callTool(provider, first, { signal })));
      await until(() => stub.calls.length === 50);
      for (const cancel of cancels) cancel.abort();
      for (const error of await Promise.all(all)) expect(error.problem.type).toBe('cancelled');
      await until(allClosed);
    });
  });

  const allClosed = (): boolean => stub.calls.length > 0 && stub.calls.every((call) => call.closedAt !== undefined);

  async function holds(fault: FaultCase, one: VendorToolCase): Promise<void> {
    const elsewhere = await vendor.stub({ key });
    try {
      const played = fault.fault(elsewhere.origin);
      const times = one.repairs && played.kind === 'misfit' ? 2 : 1;
      stub.next(...Array.from({ length: times }, () => played));
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
      expect(stub.calls).toHaveLength(times);
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

function sum(bills: readonly NonNullable<StubCall['usage']>[]): NonNullable<StubCall['usage']> {
  return bills.reduce((total, bill) => ({
    inputTokens: total.inputTokens + bill.inputTokens,
    outputTokens: total.outputTokens + bill.outputTokens,
    ...(bill.costUsd === undefined ? {} : { costUsd: (total.costUsd ?? 0) + bill.costUsd }),
  }));
}
