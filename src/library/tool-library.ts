/** The library's face to tools: registering, finding and calling them. */
import type { Execution } from '../executions/execution';
import type { Json, JsonObject } from '../plan/json';
import type { Problem } from '../plan/problem';
import type { Usage } from '../plan/record';
import type { ToolRegistry } from '../tools/registry';
import type { Provider, ToolContract } from '../tools/tool';
import { faultsOf } from './faults';
import type { RegisteredTool, ToolMetadata } from './registered-tool';
import type { StartParts } from './start';
import { findContract, startToolCall, unknown } from './start';
import type { ToolDirectory } from './tool-directory';
import type { UnderWay } from './under-way';

/** How a call went. `duration` in milliseconds. */
export interface ToolResult {
  readonly success: boolean;
  readonly output?: Json;
  readonly error?: Problem;
  readonly duration: number;
  readonly provider: string;
  readonly usage: Usage;
}

export interface ToolLibrary {
  /**
   * From now on definitions and `executeTool` use it, in this process at once and in the others of the installation within seconds. It runs
   * here, and stands in for a built-in tool of the same name and provider for as long as this process lives.
   */
  registerTool(name: string, provider: string, tool: RegisteredTool): Promise<void>;
  /** Calls as an execution of one step and waits. A failed call resolves with `success: false`; rejects when nothing was called. */
  executeTool(name: string, provider: string, input: JsonObject, context?: Json): Promise<ToolResult>;
  /** Rejects with `not-found`. Built-in tools are shown in the same shape. */
  getTool(name: string, provider: string): Promise<RegisteredTool>;
  getAllTools(): Promise<readonly ToolMetadata[]>;
}

/** Waits end when the orchestrator closes. */
export function createToolLibrary(
  parts: StartParts & { readonly tools: ToolDirectory },
  underWay: UnderWay,
): ToolLibrary {
  const { registry, executions, tools } = parts;

  const call: ToolLibrary['executeTool'] = async (name, provider, input, context = {}) => {
    const { executionId } = await startToolCall(parts, { tool: name, provider, input, context });
    await executions.wait(executionId, underWay.signal);
    return toolResult(await executions.describe(executionId), provider);
  };
  const executeTool: ToolLibrary['executeTool'] = (...args) => underWay.track(call(...args));
  const show = (contract: ToolContract, provider: Provider): RegisteredTool =>
    tools.own(contract.name, provider.name) ?? {
      metadata: metadataOf(contract, provider),
      capabilities: [capabilityOf(registry, contract)],
      execute: async (input) => {
        const { success, output, error } = await executeTool(contract.name, provider.name, input);
        if (!success) throw new Error(error?.detail);
        return output;
      },
      healthCheck: () => isHealthy(provider),
      validate: (input) => {
        const parsed = contract.input.safeParse(input);
        const errors = parsed.success
          ? []
          : faultsOf(parsed.error).map(({ pointer, detail }) => `${pointer}: ${detail}`);
        return { valid: parsed.success, errors };
      },
    };

  return {
    registerTool: (name, provider, tool) => tools.register(name, provider, tool),
    executeTool,
    getTool: (name, provider) =>
      Promise.resolve().then(() => {
        const contract = findContract(registry, name);
        const found = registry.provider(provider);
        if (found === undefined || !Object.hasOwn(found.tools, name))
          throw unknown(`provider of ${name}`, provider, registry.providersOf(name));
        return show(contract, found);
      }),
    getAllTools: () =>
      Promise.resolve(
        registry.contracts().flatMap((contract) =>
          registry
            .providers()
            .filter((provider) => Object.hasOwn(provider.tools, contract.name))
            .map((provider) => show(contract, provider).metadata),
        ),
      ),
  };
}

/** The outcome of an execution of one call. */
export function toolResult(execution: Execution, asked: string): ToolResult {
  const { status, output, error, duration, usage, steps } = execution;
  const done = status === 'completed';
  return {
    success: done,
    ...(done ? { output: output ?? null } : {}),
    ...(!done && error !== undefined ? { error } : {}),
    duration,
    provider: steps.find(({ provider }) => provider !== undefined)?.provider ?? asked,
    usage,
  };
}

function metadataOf(contract: ToolContract, provider: Provider): ToolMetadata {
  const { name, description, category, timeoutMs, idempotent } = contract;
  return {
    name,
    description,
    version: '1.0.0',
    provider: provider.name,
    category,
    timeout: timeoutMs,
    retryable: idempotent !== 'none',
    requiresAuth: provider.variables.some(({ required }) => required),
    scopes: [],
  };
}

function capabilityOf(registry: ToolRegistry, contract: ToolContract): RegisteredTool['capabilities'][number] {
  const { name, description } = contract;
  return {
    name: name.slice(name.indexOf('.') + 1),
    description,
    inputTypes: ['application/json'],
    outputTypes: ['application/json'],
    supportedProviders: registry.providersOf(name),
  };
}

const PROBE_MS = 5000;

async function isHealthy(provider: Provider): Promise<boolean> {
  if (provider.unconfigured !== undefined) return false;
  try {
    await provider.probe?.(AbortSignal.timeout(PROBE_MS));
    return true;
  } catch {
    return false;
  }
}
