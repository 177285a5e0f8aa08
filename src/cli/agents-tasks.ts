/** `omni agents tasks`: what agents are asked to do: list it, show one task, ask for one, cancel one. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { PRIORITY_KEYS, TASK_STATES } from '../plan/agent';
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

interface ListOptions extends Options {
  readonly type?: string;
  readonly capability?: string;
  readonly state?: string;
  readonly agent?: string;
}

interface CreateOptions extends Options {
  readonly type?: string;
  readonly description?: string;
  readonly payload?: unknown;
  readonly priority?: string;
  readonly deadline?: string;
  readonly wait?: string;
  readonly id?: string;
}

/** Only what is read here is checked; the rest passes as the server wrote it. */
const task = z.looseObject({
  id: z.string(),
  capability: z.string(),
  state: z.string(),
  reason: z.string().optional(),
  priority: z.string(),
  agent: z.string().optional(),
  submittedAt: z.string(),
  description: z.string().optional(),
  decision: z.looseObject({ reason: z.string() }).optional(),
  error: z.looseObject({ detail: z.string() }).optional(),
  output: z.unknown().optional(),
});
const page = z.object({ tasks: z.array(task), next: z.string().optional() });
const started = z.looseObject({ taskId: z.string() });

export function agentTasksCommand(terminal: Terminal, finish: Finish): Command {
  const { out, err, paint, env } = terminal;
  const asked = ({ server }: Options): Ask => asking(serverAddress(server, env));
  const pathOf = (id: string): string => `/agent-tasks/${encodeURIComponent(id)}`;
  const print = (data: unknown): void => out(`${JSON.stringify(data, null, 2)}\n`);

  const list = new Command('list')
    .description('the newest tasks')
    .option('--type <type>', 'only of this type of agent')
    .option('--capability <name>', 'only of this capability')
    .addOption(new Option('--state <state>', 'only those that stand so').choices(TASK_STATES))
    .option('--agent <id>', 'only those that this agent works on, or did')
    .option(...SERVER_OPTION)
    .option('--json', 'print { tasks }')
    .action(async ({ server, json, ...filter }: ListOptions) => {
      const query = new URLSearchParams({ ...filter });
      const { tasks } = await asked({ ...(server === undefined ? {} : { server }) })(
        'GET',
        `/agent-tasks?${query.toString()}`,
        { schema: page },
      );
      if (json === true) print({ tasks });
      else for (const one of tasks) out(`${lineOf(one)}\n`);
      err(`${plural(tasks.length, 'task')}\n`);
      finish(EXIT.done);
    });
  const show = new Command('show')
    .description('one task: who was chosen and why, and what came of it')
    .argument('<id>', 'its id')
    .option(...SERVER_OPTION)
    .option('--json', 'print the task')
    .action(async (id: string, options: Options) => {
      const one = await asked(options)('GET', pathOf(id), { schema: task });
      if (options.json === true) print(one);
      else out(pageOf(one));
      finish(EXIT.done);
    });
  const create = new Command('create')
    .description('ask an agent to do something')
    .argument('<capability>', 'what is to be done, such as workflow_execution')
    .option('--description <text>', 'for people; default: the capability')
    .option('--payload <json>', 'what the agent is given', jsonOf)
    .option('--type <type>', 'only agents of this type')
    .addOption(new Option('--priority <priority>', 'default: normal').choices(Object.keys(PRIORITY_KEYS)))
    .option('--deadline <time>', 'ISO 8601; then it ends as timeout')
    .option('--wait <duration>', 'for how long it waits for an agent, such as 10m')
    .option('--id <id>', 'the same id and content always mean the same task')
    .option(...SERVER_OPTION)
    .option('--json', 'print { taskId, links }')
    .addHelpText('after', AFTER)
    .action(async (capability: string, { server, json, description = capability, ...rest }: CreateOptions) => {
      const body = { ...rest, capability, description };
      const one = await asked({ ...(server === undefined ? {} : { server }) })('POST', '/agent-tasks', {
        schema: started,
        body,
      });
      err(`${paint('green', '✔')} asked for: omni agents tasks show ${one.taskId}\n`);
      if (json === true) print(one);
      else out(`${one.taskId}\n`);
      finish(EXIT.done);
    });
  const cancel = new Command('cancel')
    .description('ask a task to stop')
    .argument('<id>', 'its id')
    .option('--reason <text>', 'for people')
    .option(...SERVER_OPTION)
    .addHelpText('after', AFTER)
    .action(async (id: string, { reason, ...options }: Options & { readonly reason?: string }) => {
      await asked(options)('POST', `${pathOf(id)}/cancel`, { schema: started, body: { reason } });
      err(`${paint('green', '✔')} ${id} is asked to stop\n`);
      finish(EXIT.done);
    });
  return new Command('tasks')
    .description('what agents are asked to do: list it, show one task, ask for one, cancel one')
    .addCommand(list)
    .addCommand(show)
    .addCommand(create)
    .addCommand(cancel);
}

type Shown = z.infer<typeof task>;

function lineOf({ id, capability, state, reason, priority, agent, submittedAt }: Shown): string {
  const why = reason === undefined ? state : `${state} (${reason})`;
  return [id, capability, why, priority, ...(agent === undefined ? [] : [agent]), submittedAt].join('  ');
}

function pageOf(one: Shown): string {
  const { description, decision, error, output } = one;
  const facts = [
    ...(description === undefined ? [] : [description]),
    ...(decision === undefined ? [] : [`chosen: ${decision.reason}`]),
    ...(error === undefined ? [] : [`failed: ${error.detail}`]),
    ...(output === undefined ? [] : [`output: ${JSON.stringify(output)}`]),
  ];
  return [lineOf(one), ...facts.map((fact) => `  ${fact}`), ''].join('\n');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new InvalidArgumentError(`It is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
