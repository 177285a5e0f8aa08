/** The span of a call of an MCP server's tool (https://opentelemetry.io/docs/specs/semconv/gen-ai/mcp/), whatever way it takes. */
import type { McpSource } from '../../config/shapes';
import { inClientSpan } from '../../tracing/client-span';
import { genAi } from '../../tracing/gen-ai';

const METHOD = 'tools/call';

export function inCallSpan<T>(source: McpSource, tool: string, work: () => Promise<T>): Promise<T> {
  const attributes = {
    'mcp.method.name': METHOD,
    'network.transport': 'command' in source ? 'pipe' : 'tcp',
    'omni.provider': source.mcp,
    ...genAi({ operation: 'execute_tool', tool }),
  };
  return inClientSpan(`${METHOD} ${tool}`, { ...('url' in source && { address: source.url }), attributes }, work);
}
