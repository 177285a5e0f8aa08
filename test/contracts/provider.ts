/** The suites that every provider passes: `describeTools` for any, `describeProvider` for those that speak HTTP. */
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { OmniError, type BuiltInProblemType } from '../../src/plan/problem';
import type { Environment } from '../../src/config';
import { CONTRACTS } from '../../src/tools/contracts';
import type { DefinedProvider } from '../../src/providers/define-provider';
import { createDoor } from '../../src/providers/http/door';
import { usageOf } from '../../src/tools/call-attempt';
import { listedPrice } from '../../src/tools/price-list';
import type { CallContext, Provider, ToolAnswer, ToolContract } from '../../src/tools/tool';
import type { Stub, StubCall, StubOptions } from '../stubs/stub';
import { FAULTS, GREEDY, type FaultCase } from './faults';
import { afterEach, beforeEach, describe, test } from './runner';

/** Bytes. */
const MOST_GROWTH = 64 * 1024 * 1024;

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
  /** Of tools that are not built in. */
  readonly contracts?: readonly ToolContract[];
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
export function describeTools(
  name: string,
  provider: () => Provider,
  calls: readonly ToolCase[],
  more: readonly ToolContract[] = [],
): void {
  const contracts = [...CONTRACTS, ...more];
  describe(`${name}: tools`, () => {
    test('has one case for each of its tools, and a contract for each', () => {
      assert.deepEqual(calls.map(({ tool }) => tool).sort(), Object.keys(provider().tools).sort());
      for (const { tool } of calls)
        assert.ok(
          contracts.some((contract) => contract.name === tool),
          `${tool} has no contract`,
        );
    });

    for (const one of calls) {
      const contract = contracts.find((each) => each.name === one.tool);
      test(`${one.tool}: the case fits the contract, and so does the answer`, async () => {
        assert.equal(contract?.input.safeParse(one.input).error, undefined);
        const { output } = await callTool(provider(), one);
        assert.equal(contract?.output.safeParse(output).error, undefined);
        one.check?.(output as never);
      });

      test(`${one.tool}: a cancelled call ends as cancelled`, async () => {
        const error = await failureOf(callTool(provider(), one, { signal: AbortSignal.abort() }));
        refusedBy(error, 'cancelled');
      });

      for (const { why, input, type } of one.refuses ?? [])
        test(`${one.tool}: refuses ${why} as ${type}`, async () => {
          const error = await failureOf(callTool(provider(), { ...one, input }));
          refusedBy(error, type);
        });
    }
  });

  function refusedBy({ problem }: OmniError, type: BuiltInProblemType): void {
    assert.deepEqual([problem.type, problem.provider], [type, provider().name]);
  }
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

  describeTools(name, () => provider, vendor.calls, vendor.contracts);

  describe(`${name}: over HTTP`, () => {
    const first = vendor.calls[0] as VendorToolCase;

    test('without its key it says which variable to set, and calls nobody', async () => {
      const without = vendor.provider.create({ variables: {}, door: DOOR });
      const required = without.variables.filter((variable) => variable.required).map((variable) => variable.name);
      assert.notDeepEqual(required, []);
      for (const variable of required) holdsText(without.unconfigured, variable);
      for (const one of vendor.calls)
        assert.equal((await failureOf(callTool(without, one))).problem.type, 'authentication');
      assert.deepEqual(stub.calls, []);
    });

    test('a key that no header can carry is called unusable without being quoted', async () => {
      const odd = providerOf(vendor, { baseUrl: stub.baseUrl, key: `${key}\u0007` });
      const error = await failureOf(callTool(odd, first));
      lacksText(inspect([odd.unconfigured, error], { depth: 9 }), key);
    });

    if (vendor.provider.probe !== undefined)
      test('the probe passes with the right key and tells a wrong one', async () => {
        const { signal } = new AbortController();
        await provider.probe?.(signal);
        const wrong = providerOf(vendor, { baseUrl: stub.baseUrl, key: 'sk-wrong' });
        const error = await failureOf(wrong.probe?.(signal) ?? Promise.resolve());
        assert.equal(error.problem.type, 'authentication');
      });

    for (const one of vendor.calls) {
      const requests = one.requests ?? 1;

      test(`${one.tool}: usage and cost are the vendor's to the token`, async () => {
        const { usage } = await callTool(provider, one);
        assert.equal(stub.calls.length, requests);
        const bills = stub.calls.flatMap((call) => call.usage ?? []);
        if (bills.length === 0) return assert.equal(usage?.costUsd ?? 0, 0);
        const counted = usageOf({ ...usage }, 0, listedPrice(provider, one, {}));
        assert.deepEqual({ ...counted, ...sum(bills) }, counted);
        assert.equal(typeof usage?.model, 'string');
      });

      test(`${one.tool}: the idempotency key is the same on every attempt, whatever its characters`, async () => {
        const keys = ['origin/each[3].score#1/p', 'origin/passo-não/p', `long${'x'.repeat(400)}`];
        const sent: (readonly (string | undefined)[])[] = [];
        for (const idempotencyKey of [...keys, ...keys]) {
          const before = stub.calls.length;
          await callTool(provider, one, { idempotencyKey });
          sent.push(stub.calls.slice(before).flatMap((call) => (call.method === 'GET' ? [] : [call.idempotencyKey])));
        }
        const first = sent.slice(0, 3);
        assert.deepEqual(
          sent.slice(3),
          first.map((all) => (one.findsAgain ? all.slice(0, -1) : all)),
        );
        const acting = sent[0]?.length ?? 0;
        assert.equal(new Set(sent.flat()).size, acting * keys.length);
        if (acting > 0) assert.match(sent[0]?.[0] ?? '', /^origin\/each\[3\]\.score#1\/p/);
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
            assert.equal((await failureOf(callTool(provider, one))).problem.type, type);
          }
        });

      test(`${one.tool}: a hanging call ends at its time, a cancelled one at once, and both close their sockets`, async () => {
        stub.next({ kind: 'hang' }, { kind: 'stall' }, { kind: 'drip', everyMs: 20 }, { kind: 'hang' });
        const late = await Promise.all([1, 2, 3].map(() => failureOf(callTool(provider, one, { timeoutMs: 150 }))));
        for (const error of late) assert.equal(error.problem.type, 'timeout');
        const cancel = new AbortController();
        const pending = failureOf(callTool(provider, one, { signal: cancel.signal }));
        await until(() => stub.calls.length === 4);
        cancel.abort();
        assert.equal((await pending).problem.type, 'cancelled');
        await until(allClosed);
      });

      for (const [what, fault] of GREEDY)
        test(`${one.tool}: ${what} is cut short and costs less than 64 MB`, async () => {
          // What else the process has to collect at the time is not the call's: the least of three counts.
          let grown = Infinity;
          for (let time = 0; time < 3 && grown >= MOST_GROWTH; time += 1) {
            stub.next(fault);
            const before = process.memoryUsage.rss();
            let peak = before;
            const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 5);
            const error = await failureOf(callTool(provider, one));
            clearInterval(watch);
            assert.equal(error.problem.type, 'too-large');
            grown = Math.max(peak, process.memoryUsage.rss()) - before;
          }
          assert.ok(grown < MOST_GROWTH, `the memory grew by ${grown} bytes`);
          await until(allClosed);
        });
    }

    test('fifty hanging calls leave no socket behind', async () => {
      stub.always({ kind: 'hang' });
      const cancels = Array.from({ length: 50 }, () => new AbortController());
      const all = cancels.map(({ signal }) => failureOf(callTool(provider, first, { signal })));
      await until(() => stub.calls.length === 50);
      for (const cancel of cancels) cancel.abort();
      for (const error of await Promise.all(all)) assert.equal(error.problem.type, 'cancelled');
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
      const { problem, retryable, retryAfterMs } = error;
      assert.deepEqual([problem.type, retryable], [fault.type, fault.retryable]);
      assert.equal(problem.provider, provider.name);
      if (fault.waits === undefined) assert.equal(retryAfterMs, undefined);
      else {
        const [least, most] = fault.waits;
        assert.ok(retryAfterMs !== undefined && retryAfterMs >= least && retryAfterMs <= most, `${retryAfterMs} ms`);
      }
      const shown = inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error.problem);
      for (const secret of [key, 'refused:', 'Sign in', 'surprise', 'unasked']) lacksText(shown, secret);
      assert.ok(error.message.length < 400, error.message);
      assert.equal(stub.calls.length, times);
      assert.deepEqual(elsewhere.calls, []);
    } finally {
      await elsewhere.close();
    }
  }
}

function holdsText(text: string | undefined, part: string): void {
  assert.ok(text?.includes(part), `${text} does not name ${part}`);
}

function lacksText(text: string, part: string): void {
  assert.ok(!text.includes(part), `it quotes ${part}: ${text.slice(0, 2000)}`);
}

/** Waits until it is true; fails after twenty seconds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 20_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 5)))
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
