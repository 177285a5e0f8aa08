/** Tools that an embedding program brings along, in the shape of `registerTool`. */
import { z } from 'zod';
import type { Json, JsonObject } from '../plan/json';
import { isObject } from '../plan/json';
import { OmniError } from '../plan/problem';
import type { Price } from '../plan/price';
import type { Overlay, ToolRegistry } from '../tools/registry';
import type { CallContext, Provider, ProviderTool, ToolContract } from '../tools/tool';

export interface ToolMetadata {
  /** `category.action`. */
  readonly name: string;
  readonly description: string;
  readonly version: string;
  readonly provider: string;
  readonly category: string;
  /** Milliseconds of one attempt. */
  readonly timeout: number;
  /** True: safe to repeat with the idempotency key, and retried; false: tried once. */
  readonly retryable: boolean;
  readonly requiresAuth: boolean;
  readonly scopes: readonly string[];
  /** What a call costs; absent: unknown, and no definition with a `maxCost` may call it. */
  readonly cost?: Price;
}

/** What everybody who calls it goes by. */
export type ToolTerms = Pick<ToolMetadata, 'description' | 'timeout' | 'retryable' | 'cost'>;

export interface ToolCapability {
  readonly name: string;
  readonly description: string;
  readonly inputTypes: readonly string[];
  readonly outputTypes: readonly string[];
  readonly supportedProviders: readonly string[];
}

/** The caller's context, and what belongs to this call. */
export interface ToolExecutionContext {
  readonly [key: string]: unknown;
  /** Ends when the call is cancelled or out of time. */
  readonly signal: AbortSignal;
  /** The same on every attempt. */
  readonly idempotencyKey: string;
}

export interface RegisteredTool {
  readonly metadata: ToolMetadata;
  readonly capabilities: readonly ToolCapability[];
  execute(input: JsonObject, context: ToolExecutionContext): Promise<unknown>;
  healthCheck?(): Promise<boolean>;
  validate?(input: JsonObject): { readonly valid: boolean; readonly errors: readonly string[] };
}

/** Input and output are anything: what they must be, the tool's own `validate` says. */
export function contractOf(name: string, { description, retryable, timeout }: ToolTerms): ToolContract {
  if (!/^[a-z][a-z0-9_-]*\.[a-z][a-z0-9_-]*$/.test(name))
    throw new OmniError('validation', `A tool is called <category>.<action> in lower-case letters, not ${name}.`);
  return {
    name,
    title: name,
    description,
    category: name.slice(0, name.indexOf('.')),
    input: z.record(z.string(), z.json()),
    output: z.unknown(),
    idempotent: retryable ? 'key' : 'none',
    placement: 'remote',
    timeoutMs: timeout,
  };
}

export interface RegisteredEntry {
  readonly name: string;
  readonly provider: string;
  readonly terms: ToolTerms;
  /** Absent: another process runs it. */
  readonly tool?: RegisteredTool;
}

/** What lies over a registry as long as these tools are there. Of several entries for one tool the last one's terms count, and the most careful repeats. */
export function overlayOf(
  entries: readonly RegisteredEntry[],
  {
    registry,
    queueOf,
  }: { readonly registry: ToolRegistry; readonly queueOf: (name: string, provider: string) => string },
): Overlay {
  const contracts = new Map<string, ToolContract>();
  const providers = new Map<string, Provider>();
  const queues: Record<string, Record<string, string>> = {};
  const prices: Record<string, Record<string, Price>> = {};
  for (const entry of entries) {
    const { name, provider, terms } = entry;
    const retryable = terms.retryable && contracts.get(name)?.idempotent !== 'none';
    contracts.set(name, contractOf(name, { ...terms, retryable }));
    providers.set(provider, withTool(providers.get(provider) ?? registry.beneath(provider), entry));
    (queues[provider] ??= {})[name] = queueOf(name, provider);
    if (terms.cost !== undefined) (prices[provider] ??= {})[name] = terms.cost;
  }
  return { contracts: [...contracts.values()], providers: [...providers.values()], queues, prices };
}

/** The provider of that name with the tool added; its other tools stay as they are. */
function withTool(existing: Provider | undefined, { name, provider, tool }: RegisteredEntry): Provider {
  const known = existing ?? { name: provider, title: provider, variables: [], tools: {} };
  const { unconfigured, tools, prices, ...rest } = known;
  const others = unconfigured === undefined ? tools : unavailable(tools, unconfigured);
  return {
    ...rest,
    // What the tool that it stands in for costs with its usual model is no matter.
    ...(prices === undefined ? {} : { prices: { ...prices, usual: without(prices.usual, name) } }),
    tools: { ...others, [name]: tool === undefined ? (others[name] ?? elsewhere(name, provider)) : providerTool(tool) },
    ...(tool?.healthCheck === undefined ? {} : { probe: () => probe(provider, tool) }),
  };
}

function without<T>(record: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}

/** For calls that were planned before the tool was there, and so are not on its queue. */
function elsewhere(name: string, provider: string): ProviderTool {
  const detail = `${name} of ${provider} runs in the process that registered it, and this call is not on its queue. Start the execution again.`;
  return () => Promise.reject(uncalled(detail));
}

/** A provider without its key can serve what was registered, and nothing else. */
function unavailable(tools: Provider['tools'], why: string): Provider['tools'] {
  const refuse: ProviderTool = () => Promise.reject(uncalled(why));
  return Object.fromEntries(Object.keys(tools).map((name) => [name, refuse]));
}

function uncalled(detail: string): OmniError {
  return new OmniError('provider-unavailable', detail, { retryable: false, undone: true });
}

function providerTool(tool: RegisteredTool): ProviderTool {
  return async (input: JsonObject, call: CallContext) => {
    const verdict = tool.validate?.(input);
    if (verdict?.valid === false)
      throw new OmniError(
        'validation',
        `The tool ${tool.metadata.name} refuses its input: ${verdict.errors.join('; ')}`,
      );
    const caller: JsonObject = isObject(call.caller) ? call.caller : {};
    const context = { ...caller, signal: call.signal, idempotencyKey: call.idempotencyKey };
    return { output: plain(tool.metadata.name, await tool.execute(input, context)) };
  };
}

/** What survives a journey as JSON, which is how an output travels. */
function plain(name: string, output: unknown): Json {
  try {
    return JSON.parse(JSON.stringify(output ?? null)) as Json;
  } catch (error) {
    throw new OmniError('tool-error', `The tool ${name} gave something that is not JSON.`, {
      cause: error,
      retryable: false,
    });
  }
}

async function probe(provider: string, tool: RegisteredTool): Promise<void> {
  if ((await tool.healthCheck?.()) === false)
    throw new OmniError('provider-unavailable', `${provider} says that it is not healthy.`);
}
