/** The reference server of the Model Context Protocol, as an entry of the setting `tools`. */
import path from 'node:path';
import type { Config, McpSource, ToolSource } from '../../../src/config';

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
