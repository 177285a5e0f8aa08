/** `omni tools`: what can be called, a single call, and the approval of what MCP servers offer. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { findContract } from '../library/start';
import type { ToolDescription, ToolFilter } from '../library/tool-description';
import { describeTool, describeTools } from '../library/tool-description';
import { toolResult } from '../library/tool-library';
import type { JsonObject } from '../plan/json';
import { isObject } from '../plan/json';
import { OmniError } from '../plan/problem';
import type { ToolRegistry } from '../tools/registry';
import { createApiClient, isAlive, listTools } from './api-client';
import { EXIT, type Finish } from './exit';
import { builtInRegistry, readingConfig } from './registry';
import { run } from './run';
import type { Server } from './server';
import type { ServerAddress } from './server-address';
import { SERVER_OPTION, serverAddress } from './server-address';
import { plural, type Terminal } from './terminal';
import { approveCommand } from './tool-approval';
import { toolPage, toolTable } from './tool-text';

interface Options {
  readonly server?: string;
  readonly json?: boolean;
}

interface CallOptions extends Options {
  readonly provider?: string;
  readonly input?: string;
  readonly inputFile?: string;
}

export function toolsCommand(terminal: Terminal, finish: Finish): Command {
  const list = new Command('list')
    .description('all tools and who provides them; without a server those of this checkout')
    .option('--category <category>', 'only tools of this category')
    .option('--provider <provider>', 'only tools of this provider')
    .option(...SERVER_OPTION)
    .option('--json', 'print { tools }')
    .action(async ({ category, provider, ...options }: Options & ToolFilter) => {
      const filter = { category, provider };
      const tools = await reading(options, terminal, {
        server: (address) => listTools(address, filter),
        here: (registry) => describeTools(registry, filter),
      });
      if (options.json === true) terminal.out(`${JSON.stringify({ tools }, null, 2)}\n`);
      else terminal.out(toolTable(tools, terminal.paint));
      const unset = tools.some(({ providers }) => providers.some(({ configured }) => !configured));
      terminal.err(`${plural(tools.length, 'tool')}${unset ? '; a provider in parentheses lacks its key' : ''}\n`);
      finish(EXIT.done);
    });
  const docs = new Command('docs')
    .description('what a tool takes and answers, who provides it, and a step that calls it')
    .argument('<tool>', 'its name, category.action')
    .option(...SERVER_OPTION)
    .option('--json', 'print the tool')
    .action(async (name: string, options: Options) => {
      const tool = await reading(options, terminal, {
        server: (address) => createApiClient(address).tool(name),
        here: (registry) => describeTool(registry, findContract(registry, name)),
      });
      terminal.out(options.json === true ? `${JSON.stringify(tool, null, 2)}\n` : toolPage(tool, terminal.paint));
      finish(EXIT.done);
    });
  const call = new Command('call')
    .description('call one tool once; without a server a private one is started for the call')
    .argument('<tool>', 'its name, category.action')
    .option('--provider <provider>', 'who is called; without it the first that can be')
    .option('-i, --input <json>', 'the input as JSON, or - for standard input')
    .option('-f, --input-file <file>', 'a JSON file with the input')
    .option(...SERVER_OPTION)
    .option('--json', 'print { success, output, error, duration, provider, usage, executionId }')
    .addHelpText('after', '\nExit status: 0 called, 1 failed or refused, 2 wrong usage, 130 interrupted.')
    .action(async (tool: string, options: CallOptions) => finish(await callTool(tool, options, terminal)));
  return new Command('tools')
    .description('what can be called, one call, and what MCP servers may offer')
    .addCommand(list)
    .addCommand(docs)
    .addCommand(call)
    .addCommand(approveCommand(terminal, finish));
}

interface Readers<T> {
  readonly server: (address: ServerAddress) => Promise<T>;
  readonly here: (registry: ToolRegistry) => T;
}

/** From the server that was named or that runs here; else from the tools that this command itself would run with. */
async function reading<T>({ server }: Options, { env, err, paint }: Terminal, { server: ask, here }: Readers<T>) {
  const named = server ?? (env['OMNI_URL'] || undefined);
  const address = serverAddress(server, env);
  if (named !== undefined || (await isAlive(address))) return ask(address);
  err(paint('dim', `No server at ${address.url}: these are the tools of this checkout.\n`));
  const registry = await builtInRegistry(readingConfig(env));
  try {
    return here(registry);
  } finally {
    await registry.close();
  }
}

async function callTool(tool: string, options: CallOptions, terminal: Terminal): Promise<number> {
  const input = await inputOf(options, terminal);
  let provider = options.provider ?? '';
  return run(
    {
      title: tool,
      start: async (server) => {
        provider = options.provider ?? (await firstProvider(server, tool));
        return server.call({ tool, provider, input });
      },
      result: (execution) => ({ ...toolResult(execution, provider), executionId: execution.executionId }),
    },
    { ...options, wait: true },
    terminal,
  );
}

async function firstProvider(server: Server, name: string): Promise<string> {
  const { providers }: ToolDescription = await server.tool(name);
  const found = providers.find(({ configured }) => configured) ?? providers[0];
  if (found === undefined) throw new OmniError('provider-unavailable', `Nobody provides ${name}.`);
  return found.name;
}

async function inputOf({ input, inputFile }: CallOptions, { cwd, readInput }: Terminal): Promise<JsonObject> {
  if (input !== undefined && inputFile !== undefined)
    throw new InvalidArgumentError('Give either --input or --input-file.');
  if (inputFile !== undefined) return parsed(inputFile, await fileText(path.resolve(cwd, inputFile)));
  return parsed('--input', input === '-' ? await readInput() : (input ?? '{}'));
}

async function fileText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new InvalidArgumentError(`Cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function parsed(what: string, text: string): JsonObject {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new InvalidArgumentError(`${what} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isObject(data)) throw new InvalidArgumentError(`${what} has to be an object, { "field": value }.`);
  return data;
}
