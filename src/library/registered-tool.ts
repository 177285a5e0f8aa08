/** Tools that an embedding program brings along, in the shape of `registerTool`. */
import { z } from 'zod';
import type { Json, JsonObject } from '../plan/json';
import { isObject } from '../plan/json';
import { OmniError } from '../plan/problem';
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
}

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
export function contractOf(name: string, { metadata }: RegisteredTool): ToolContract {
  if (!/^[a-z][a-z0-9_-]*\.[a-z][a-z0-9_-]*$/.test(name))
    throw new OmniError('validation', `A tool is called <category>.<action> in lower-case letters, not ${name}.`);
  return {
    name,
    title: name,
    description: metadata.description,
    category: name.slice(0, name.indexOf('.')),
    input: z.record(z.string(), z.json()),
    output: z.unknown(),
    idempotent: metadata.retryable ? 'key' : 'none',
    placement: 'remote',
    timeoutMs: metadata.timeout,
  };
}

/** The provider of that name with the tool added; its other tools stay as they are. */
export function withTool(
  existing: Provider | undefined,
  name: string,
  provider: string,
  tool: RegisteredTool,
): Provider {
  const known = existing ?? { name: provider, title: provider, variables: [], tools: {} };
  const { unconfigured, tools, ...rest } = known;
  const others = unconfigured === undefined ? tools : unavailable(tools, unconfigured);
  return {
    ...rest,
    tools: { ...others, [name]: providerTool(tool) },
    ...(tool.healthCheck === undefined ? {} : { probe: () => probe(provider, tool) }),
  };
}

/** A provider without its key can serve what was registered, and nothing else. */
function unavailable(tools: Provider['tools'], why: string): Provider['tools'] {
  const refuse: ProviderTool = () => Promise.reject(new OmniError('provider-unavailable', why, { retryable: false }));
  return Object.fromEntries(Object.keys(tools).map((name) => [name, refuse]));
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
