/** The reference server of the Model Context Protocol, as an entry of the setting `tools`, and calls of its tools. */
import path from 'node:path';
import type { Config } from '../../../src/config';
import type { McpSource, ToolSource } from '../../../src/config/shapes';
import type { Json } from '../../../src/plan/json';
import type { OmniError } from '../../../src/plan/problem';
import type { ToolRegistry } from '../../../src/tools/registry';
import type { CallContext } from '../../../src/tools/tool';

/** Its program, run with `node`. */
export const EVERYTHING = path.join(
  path.dirname(require.resolve('@modelcontextprotocol/server-everything/package.json')),
  'dist',
  'index.js',
);

export const everything = (fields: Partial<McpSource> = {}): McpSource => ({
  mcp: 'everything',
  command: 'node',
  args: [EVERYTHING, 'stdio'],
  env: {},
  tools: {},
  timeoutMs: 20_000,
  ...fields,
});

/** A configuration as far as the tools of the settings go. */
export function toolConfig(
  folder: string,
  sources: readonly ToolSource[],
  fields: Partial<Config> = {},
): Pick<Config, 'tools' | 'variables' | 'environment'> {
  return {
    tools: { sources, folder, commands: ['node'], lock: path.join(folder, 'tools.lock.json') },
    variables: {},
    environment: 'development',
    ...fields,
  };
}

const context = (fields: Partial<CallContext> = {}): CallContext => ({
  signal: AbortSignal.timeout(20_000),
  timeoutMs: 20_000,
  idempotencyKey: 'k',
  config: {},
  caller: {},
  ...fields,
});

/** `<server>.<tool>`, without a worker between. */
export function call(registry: ToolRegistry, tool: string, input: Json, fields: Partial<CallContext> = {}) {
  const provider = registry.provider(tool.split('.')[0] ?? '');
  const found = provider?.tools[tool];
  if (found === undefined) throw new Error(`no ${tool}`);
  return found(input as never, context(fields)).then(({ output }) => output as Record<string, never>);
}

/** What `work` is refused by. */
export const refusal = (work: Promise<unknown>): Promise<OmniError> =>
  work.then(
    () => Promise.reject(new Error('it was not refused')),
    (error: OmniError) => error,
  );
