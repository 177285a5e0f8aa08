/** An MCP server as a provider: its approved tools under our names, each looked at again before it is called. */
import type { McpSource } from '../../config/shapes';
import { schemaType, selfContained } from '../../language/schema-type';
import { schemaFault } from '../../language/validate';
import { OmniError } from '../../plan/problem';
import type { Provider, ProviderTool, ToolContract } from '../../tools/tool';
import { outputOf, PLAIN_OUTPUT } from './answer';
import type { McpConnection } from './connection';
import type { Offer } from './lock';
import { inCallSpan } from './call-span';
import { hashOf } from './lock';
import type { McpServer } from './server';

export interface McpTools {
  readonly provider: Provider;
  readonly contracts: readonly ToolContract[];
  /** Why tools of the server are not among the contracts. */
  readonly refused: readonly string[];
}

export interface KnownOffers {
  readonly approved: Readonly<Record<string, Offer>>;
  /** What it offers now, where it was asked; tools among them that nobody approved are listed, and refuse to be called. */
  readonly found?: ReadonlyMap<string, Offer>;
}

/** Most processes and servers work on one thing at a time; the setting providers.limits tells otherwise. */
const LIMITS = { concurrent: 10 };

export function mcpTools(server: McpServer, connection: McpConnection, { approved, found }: KnownOffers): McpTools {
  const { source } = server;
  const { mcp: name, include } = source;
  const contracts: ToolContract[] = [];
  const tools: Record<string, ProviderTool> = {};
  const refused: string[] = [];
  const wanted = Object.entries({ ...Object.fromEntries(found ?? []), ...approved })
    .filter(([tool]) => include?.includes(tool) !== false)
    .map(([tool, offer]) => ({ tool, offer, action: actionOf(tool), pinned: Object.hasOwn(approved, tool) }));
  for (const { tool, offer, action, pinned } of wanted) {
    // What nobody has approved takes no name away from what somebody has.
    const twin = wanted.find((one) => one.tool !== tool && one.action === action && (one.pinned || !pinned));
    const contract = twin === undefined ? contractOf(source, tool, offer) : sameName(name, action, twin.tool);
    if (typeof contract === 'string') refused.push(`${tool}: ${contract}`);
    else {
      contracts.push(contract);
      tools[contract.name] = callerOf({ server, connection, tool, pinned: pinned ? offer : undefined });
    }
  }
  const provider: Provider = {
    name,
    title: 'command' in source ? `MCP server ${source.command}` : `MCP server at ${new URL(source.url).host}`,
    variables: [],
    ...(server.unconfigured === undefined ? {} : { unconfigured: server.unconfigured }),
    tools,
    limits: LIMITS,
    probe: (signal) => connection.ping({ signal, timeoutMs: 10_000 }),
    close: () => connection.close(),
  };
  return { provider, contracts, refused };
}

/** What our names cannot hold becomes a hyphen. */
function actionOf(tool: string): string {
  return tool.replace(/[^A-Za-z0-9_-]/g, '-');
}

/** Neither gets the name, lest the order of a list decide what a definition calls. */
function sameName(server: string, action: string, twin: string): string {
  return `it would be called ${server}.${action}, as ${twin} would; name one of them in include`;
}

/** `<server>.<action>`. */
function contractOf(source: McpSource, tool: string, offer: Offer): ToolContract | string {
  const { mcp: category, timeoutMs } = source;
  const own = Object.hasOwn(source.tools, tool) ? source.tools[tool] : undefined;
  try {
    const input = selfContained(offer.input);
    const output = offer.output === undefined ? PLAIN_OUTPUT : selfContained(offer.output);
    for (const schema of [input, output]) if (schemaFault(schema) !== undefined) return 'its schema cannot be used';
    return {
      name: `${category}.${actionOf(tool)}`,
      title: offer.title ?? tool,
      description: offer.description,
      category,
      input: schemaType(input),
      output: schemaType(output),
      idempotent: own?.idempotent ?? 'none',
      placement: 'remote',
      timeoutMs: own?.timeoutMs ?? timeoutMs,
    };
  } catch (error) {
    if (error instanceof OmniError) return error.message;
    throw error;
  }
}

interface Caller {
  readonly server: McpServer;
  readonly connection: McpConnection;
  readonly tool: string;
  readonly pinned: Offer | undefined;
}

function callerOf({ server, connection, tool, pinned }: Caller): ProviderTool {
  const { mcp: name } = server.source;
  const refuse = (what: string): OmniError =>
    new OmniError('policy', `${name} was not called: ${what}. Look at it and agree with: omni tools approve ${name}`, {
      provider: name,
    });
  return async (input: Readonly<Record<string, unknown>>, { signal, timeoutMs }) => {
    if (pinned === undefined) throw refuse(`nobody has approved its tool ${tool}`);
    const offer = (await connection.offers({ signal, timeoutMs })).get(tool);
    if (offer === undefined) throw refuse(`it no longer has the tool ${tool}`);
    if (hashOf(offer) !== hashOf(pinned)) throw refuse(`its tool ${tool} is not the one that was approved`);
    return inCallSpan(server.source, tool, async () => {
      const answer = await connection.call(tool, input, { signal, timeoutMs, offer: pinned });
      return { output: outputOf(server, tool, { ...answer, structured: pinned.output !== undefined }) };
    });
  };
}
