/** `omni agents`: who is registered and how they are, one of them in full, registering one, setting a status. */
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { SET_STATUSES } from '../agents/agent';
import { STATUSES } from '../agents/status';
import { PRIORITY_KEYS } from '../plan/agent';
import type { JsonObject } from '../plan/json';
import { isObject } from '../plan/json';
import { agentTasksCommand } from './agents-tasks';
import { messagesCommand, sendCommand } from './agents-messages';
import { agentPage, agentText, listedAgent, shownAgent } from './agent-text';
import type { Ask } from './api-client';
import { asking } from './api-client';
import { EXIT, type Finish } from './exit';
import { SERVER_OPTION, serverAddress } from './server-address';
import { plural, type Terminal } from './terminal';

const AFTER = '\nExit status: 0 done, 1 refused, 2 wrong usage.';

interface Options {
  readonly server?: string;
  readonly json?: boolean;
}

interface RegisterOptions extends Options {
  readonly type: string;
  readonly capability: readonly string[];
  readonly name?: string;
  readonly pool?: string;
  readonly concurrency?: number;
  readonly priority?: string;
  readonly config?: JsonObject;
  readonly metadata?: JsonObject;
}

const page = z.object({ agents: z.array(listedAgent), next: z.string().optional() });

export function agentsCommand(terminal: Terminal, finish: Finish): Command {
  const { out, err, paint, env } = terminal;
  const asked = ({ server }: Options): Ask => asking(serverAddress(server, env));
  const pathOf = (id: string): string => `/agents/${encodeURIComponent(id)}`;
  const print = (data: unknown): void => out(`${JSON.stringify(data, null, 2)}\n`);

  const list = new Command('list')
    .description('all agents, each with how it is now')
    .option('--type <type>', 'only agents of this type')
    .addOption(new Option('--status <status>', 'only agents that are so').choices(STATUSES))
    .option(...SERVER_OPTION)
    .option('--json', 'print { agents }')
    .action(async ({ type, status, ...options }: Options & { readonly type?: string; readonly status?: string }) => {
      const agents: z.infer<typeof listedAgent>[] = [];
      let cursor: string | undefined;
      do {
        const query = new URLSearchParams({
          ...(type === undefined ? {} : { type }),
          ...(status === undefined ? {} : { status }),
          ...(cursor === undefined ? {} : { cursor }),
        });
        const answer = await asked(options)('GET', `/agents?${query.toString()}`, { schema: page });
        agents.push(...answer.agents);
        cursor = answer.next;
      } while (cursor !== undefined);
      if (options.json === true) print({ agents });
      else for (const one of agents) out(`${agentText(one, paint)}\n`);
      err(`${plural(agents.length, 'agent')}\n`);
      finish(EXIT.done);
    });
  const show = new Command('show')
    .description('one agent: how it is, what it works on, how its last day went')
    .argument('<id>', 'its id')
    .option(...SERVER_OPTION)
    .option('--json', 'print the agent')
    .action(async (id: string, options: Options) => {
      const one = await asked(options)('GET', pathOf(id), { schema: shownAgent });
      if (options.json === true) print(one);
      else out(agentPage(one, paint));
      finish(EXIT.done);
    });
  const register = new Command('register')
    .description('register an agent, or change one; it works once a process runs as it')
    .argument('<id>', 'its id, such as engineer-001')
    .requiredOption('--type <type>', 'whose queue it works on, such as engineer')
    .requiredOption('--capability <name>', 'what it can do; may be repeated', collect)
    .option('--name <name>', 'for people; default: its id')
    .option('--pool <pool>', 'default: default')
    .option('--concurrency <count>', 'tasks that it works on at once; default: 1', countOf)
    .addOption(new Option('--priority <priority>', 'default: normal').choices(Object.keys(PRIORITY_KEYS)))
    .option('--config <json>', 'an object for its worker; no place for keys', objectOf)
    .option('--metadata <json>', 'an object for people and lists', objectOf)
    .option(...SERVER_OPTION)
    .option('--json', 'print the agent')
    .addHelpText('after', AFTER)
    .action(async (id: string, options: RegisterOptions) => {
      const { type, capability, name = id, pool, concurrency, priority, config, metadata } = options;
      const body = {
        id,
        name,
        type,
        pool,
        capabilities: capability,
        maxConcurrency: concurrency,
        priority,
        config,
        metadata,
      };
      const one = await asked(options)('POST', '/agents', { schema: listedAgent, body });
      err(`${paint('green', '✔')} ${agentText(one, paint)}\n`);
      if (options.json === true) print(one);
      finish(EXIT.done);
    });
  const status = new Command('status')
    .description('set how an agent is, for a while; idle ends what was set before')
    .argument('<id>', 'its id')
    .addArgument(new Argument('<status>', 'how it is').choices(SET_STATUSES))
    .option('--metadata <json>', 'an object that is shown with it', objectOf)
    .option('--for <duration>', 'for how long it stands, at most 24h; default: 15m')
    .option(...SERVER_OPTION)
    .option('--json', 'print the agent')
    .addHelpText('after', AFTER)
    .action(
      async (id: string, set: string, options: Options & { readonly metadata?: JsonObject; readonly for?: string }) => {
        const body = { status: set, metadata: options.metadata, expiresIn: options.for };
        const one = await asked(options)('POST', `${pathOf(id)}/status`, { schema: listedAgent, body });
        err(`${paint('green', '✔')} ${agentText(one, paint)}\n`);
        if (options.json === true) print(one);
        finish(EXIT.done);
      },
    );
  return new Command('agents')
    .description('agents: list them, show one, register one, set a status; what they are asked to do and told')
    .addCommand(list)
    .addCommand(show)
    .addCommand(register)
    .addCommand(status)
    .addCommand(agentTasksCommand(terminal, finish))
    .addCommand(sendCommand(terminal, finish))
    .addCommand(messagesCommand(terminal, finish));
}

const collect = (one: string, before: readonly string[] = []): readonly string[] => [...before, one];

function countOf(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('It is a whole number of 1 or more.');
}

function objectOf(text: string): JsonObject {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new InvalidArgumentError(`It is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isObject(data)) throw new InvalidArgumentError('It has to be an object, { "field": value }.');
  return data;
}
