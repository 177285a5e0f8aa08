/** Tools and providers that the settings name, added to those of the platform. */
import path from 'node:path';
import type { Config } from '../config';
import type { McpSource } from '../config/shapes';
import { OmniError } from '../plan/problem';
import { NAMED_PROVIDERS } from '../tools/provider-names';
import type { ToolRegistry } from '../tools/registry';
import type { Door } from './http/door';
import { createDoor } from './http/door';
import { createConnection, type McpConnection } from './mcp/connection';
import type { Lock, Offer } from './mcp/lock';
import { readLock, writeLock } from './mcp/lock';
import { mcpTools } from './mcp/mcp';
import { readServer, type McpServer } from './mcp/server';
import { readDocument } from './openapi/document';
import { openApiTools } from './openapi/openapi';
import { addPlugins } from './plugins/plugins';

export interface MoreToolsSettings {
  readonly config: Pick<Config, 'tools' | 'variables' | 'environment'>;
  readonly door?: Door;
  /** What a person who looks after the platform should read. */
  readonly warn?: (text: string) => void;
  /** What MCP servers write to their standard error. */
  readonly onOutput?: (server: string, text: string) => void;
}

interface Opened {
  readonly server: McpServer;
  readonly connection: McpConnection;
}

/** As far as they are known without asking or running anybody: of MCP servers, what is approved; of plugins, nothing. */
export function addKnownTools(registry: ToolRegistry, settings: MoreToolsSettings): void {
  const lock = readLock(settings.config.tools.lock);
  for (const opened of openServers(registry, settings)) addServer(registry, opened, { lock, settings });
  addDocuments(registry, settings);
}

/**
 * The same, and MCP servers are asked what they offer. Outside of production the tools of a server that is new are approved by
 * that; afterwards, and in production at once, only by `omni tools approve`. A server that does not answer keeps its approved tools.
 */
export async function addMoreTools(registry: ToolRegistry, settings: MoreToolsSettings): Promise<void> {
  const { config, warn } = settings;
  await addPlugins(registry, settings);
  let lock = readLock(config.tools.lock);
  const servers = openServers(registry, settings);
  const all = await Promise.all(servers.map((opened) => discover(opened, settings)));
  for (const [index, opened] of servers.entries()) {
    const { mcp: name } = opened.server.source;
    const found = all[index];
    if (found !== undefined && !Object.hasOwn(lock, name) && config.environment !== 'production') {
      lock = { ...lock, [name]: Object.fromEntries(found) };
      writeLock(config.tools.lock, lock);
      warn?.(`${name} is new: its ${found.size} tools are approved as they are, in ${config.tools.lock}`);
    }
    addServer(registry, opened, { lock, settings, ...(found === undefined ? {} : { found }) });
  }
  addDocuments(registry, settings);
}

/** What a configured server offers now; it is closed again. */
export async function offersOf(name: string, settings: MoreToolsSettings): Promise<ReadonlyMap<string, Offer>> {
  const sources = settings.config.tools.sources.filter((source) => 'mcp' in source);
  const source = sources.find(({ mcp }) => mcp === name);
  if (source === undefined) {
    const known = sources.map(({ mcp }) => mcp).join(', ');
    throw new OmniError('not-found', `The settings name no MCP server ${name}. There are: ${known || 'none'}.`);
  }
  const { connection } = openServer(source, settings);
  try {
    return await connection.offers({ signal: AbortSignal.timeout(DISCOVERY_MS), timeoutMs: DISCOVERY_MS });
  } finally {
    await connection.close();
  }
}

/** Longer than a server may take to start. */
const DISCOVERY_MS = 80_000;

function openServer(source: McpSource, settings: MoreToolsSettings): Opened {
  const { config, door = closedDoor(), onOutput } = settings;
  const server = readServer(source, config);
  const output = onOutput && ((text: string) => onOutput(source.mcp, text));
  return { server, connection: createConnection(server, { door, ...(output && { onOutput: output }) }) };
}

function openServers(registry: ToolRegistry, settings: MoreToolsSettings): readonly Opened[] {
  return settings.config.tools.sources
    .filter((source) => 'mcp' in source)
    .map((source, index, all) => {
      takeName(registry, source.mcp);
      if (all.findIndex(({ mcp }) => mcp === source.mcp) < index) throw taken(source.mcp);
      return openServer(source, settings);
    });
}

/** Throws where a provider or a category of tools bears the name already. */
function takeName(registry: ToolRegistry, name: string): void {
  const known = registry.provider(name) !== undefined || registry.contracts().some(({ category }) => category === name);
  if (known || NAMED_PROVIDERS.some((one) => one === name)) throw taken(name);
}

function taken(name: string): OmniError {
  const detail = `The setting tools names ${name}, which is the name of something else already. Give it another name.`;
  return new OmniError('validation', detail);
}

function addDocuments(registry: ToolRegistry, { config, door = closedDoor(), warn }: MoreToolsSettings): void {
  for (const source of config.tools.sources) {
    if (!('openapi' in source)) continue;
    const file = path.resolve(config.tools.folder, source.openapi);
    const name = source.name ?? nameOf(file);
    takeName(registry, name);
    const settings = { name, source, variables: config.variables, door };
    const { provider, contracts, refused } = openApiTools(readDocument(file), settings);
    for (const contract of contracts) registry.addContract(contract);
    registry.addProvider(provider);
    for (const why of refused) warn?.(`${name} has an operation that is no tool. ${why}`);
  }
}

function nameOf(file: string): string {
  const name = path
    .parse(file)
    .name.toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '');
  if (name !== '') return name;
  throw new OmniError('validation', `The setting tools names ${file}, which gives no name for its tools. Add name.`);
}

const closedDoor = (): Door => createDoor({ allow: [], ownPorts: [] });

async function discover(
  { server, connection }: Opened,
  { warn }: MoreToolsSettings,
): Promise<ReadonlyMap<string, Offer> | undefined> {
  const { mcp: name } = server.source;
  try {
    if (server.unconfigured !== undefined) throw new OmniError('provider-unavailable', `${server.unconfigured}.`);
    return await connection.offers({ signal: AbortSignal.timeout(DISCOVERY_MS), timeoutMs: DISCOVERY_MS });
  } catch (error) {
    warn?.(`the tools of ${name} could not be asked for: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

interface Knowledge {
  readonly lock: Lock;
  readonly settings: MoreToolsSettings;
  readonly found?: ReadonlyMap<string, Offer>;
}

function addServer(registry: ToolRegistry, { server, connection }: Opened, { lock, settings, found }: Knowledge): void {
  const { mcp: name } = server.source;
  const approved = Object.hasOwn(lock, name) ? (lock[name] ?? {}) : {};
  const { provider, contracts, refused } = mcpTools(server, connection, { approved, ...(found && { found }) });
  for (const contract of contracts) registry.addContract(contract);
  registry.addProvider(provider);
  for (const why of refused) settings.warn?.(`${name} has a tool that cannot be used. ${why}`);
}
