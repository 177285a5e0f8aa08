/** `omni tasks`: the inbox of human tasks, and answers from the command line. */
import { Command, InvalidArgumentError } from 'commander';
import type { Task } from '../executions/task';
import type { JsonObject } from '../plan/json';
import { isObject } from '../plan/json';
import { callText } from './call-text';
import { EXIT, type Finish } from './exit';
import { askForm } from './form';
import { SERVER_OPTION, serverAddress } from './server-address';
import type { TaskClient } from './task-client';
import { createTaskClient } from './task-client';
import { duration, plural, type Terminal } from './terminal';

interface ListOptions {
  readonly role?: string;
  readonly person?: string;
  readonly workflow?: string;
  readonly server?: string;
  readonly json?: boolean;
}

interface AnswerOptions {
  readonly data?: string;
  readonly server?: string;
  readonly json?: boolean;
}

interface DelegateOptions {
  readonly toRole?: string;
  readonly to?: string;
  readonly server?: string;
  readonly json?: boolean;
}

export function tasksCommand(terminal: Terminal, finish: Finish): Command {
  const list = new Command('list')
    .description('what executions ask people now')
    .option('--role <role>', 'only tasks that this role may answer')
    .option('--person <name>', 'only tasks that were delegated to somebody by this name')
    .option('--workflow <id>', 'only tasks of this definition')
    .option(...SERVER_OPTION)
    .option('--json', 'print { tasks, unreachable }')
    .action(async (options: ListOptions) => {
      await printTasks(options, terminal);
      finish(EXIT.done);
    });
  const answer = new Command('answer')
    .description('answer a task; without --data its form is asked field by field')
    .argument('<task>', 'id of the task')
    .option('-d, --data <json>', 'the answer as JSON, or - for standard input')
    .option(...SERVER_OPTION)
    .option('--json', 'print the task with its answer')
    .addHelpText('after', '\nExit status: 0 on record, 1 refused, 2 wrong usage.')
    .action(async (id: string, options: AnswerOptions) => {
      await giveAnswer(id, options, terminal);
      finish(EXIT.done);
    });
  const delegate = new Command('delegate')
    .description('let another role, or somebody by name, answer a task too')
    .argument('<task>', 'id of the task')
    .option('--to-role <role>', 'a role that may answer from now on')
    .option('--to <name>', 'somebody who may answer from now on')
    .option(...SERVER_OPTION)
    .option('--json', 'print the task')
    .addHelpText('after', '\nExit status: 0 on record, 1 refused, 2 wrong usage.')
    .action(async (id: string, options: DelegateOptions) => {
      await delegateTask(id, options, terminal);
      finish(EXIT.done);
    });
  return new Command('tasks')
    .description('what executions ask people: list the open tasks, answer one, delegate one')
    .addCommand(delegate)
    .addCommand(list)
    .addCommand(answer);
}

function clientFor({ server }: { readonly server?: string }, { env }: Terminal): TaskClient {
  return createTaskClient(serverAddress(server, env));
}

async function printTasks(options: ListOptions, terminal: Terminal): Promise<void> {
  const { role, person, workflow, json } = options;
  const { out, err, paint, now } = terminal;
  const found = await clientFor(options, terminal).list({
    ...(role === undefined ? {} : { role }),
    ...(person === undefined ? {} : { person }),
    ...(workflow === undefined ? {} : { workflow }),
  });
  if (json === true) return out(`${JSON.stringify(found, null, 2)}\n`);
  for (const task of found.tasks) out(taskText(task, { paint, now: now() }));
  for (const id of found.unreachable) err(`${paint('yellow', '!')} ${id} has tasks, but no worker tells more of it\n`);
  err(`${plural(found.tasks.length, 'open task')}\n`);
}

function taskText(task: Task, { paint, now }: { readonly paint: Terminal['paint']; readonly now: number }): string {
  const { id, workflow, path, description, call, roles, people, openedAt, deadline, executionId } = task;
  const facts = [
    `for ${roles.length === 0 ? 'anyone' : [...roles, ...people].join(' or ')}`,
    `open for ${duration(now - Date.parse(openedAt))}`,
    ...(deadline === undefined ? [] : [`${duration(Date.parse(deadline) - now)} left`]),
  ];
  return [
    `${paint('bold', `${workflow} · ${path}`)}  ${facts.join(', ')}`,
    ...(description === undefined ? [] : [`  ${description}`]),
    ...(call === undefined ? [] : [`  ${callText(call)}`]),
    `  ${paint('dim', `execution ${executionId}`)}`,
    `  ${id}`,
    '',
  ].join('\n');
}

async function giveAnswer(id: string, options: AnswerOptions, terminal: Terminal): Promise<void> {
  const { json } = options;
  const { out, err, paint } = terminal;
  const client = clientFor(options, terminal);
  const data = options.data === undefined ? await asked(client, id, terminal) : await written(options.data, terminal);
  const task = await client.answer(id, { data });
  err(`${paint('green', '✔')} ${task.path} answered by ${task.answer?.by ?? ''}\n`);
  if (json === true) out(`${JSON.stringify(task, null, 2)}\n`);
}

async function delegateTask(id: string, options: DelegateOptions, terminal: Terminal): Promise<void> {
  const { to: person, toRole, json } = options;
  const { out, err, paint } = terminal;
  if ((person === undefined) === (toRole === undefined))
    throw new InvalidArgumentError('Say to whom: --to-role <role>, or --to <name>.');
  const to: JsonObject = toRole === undefined ? { person: person ?? '' } : { role: toRole };
  const task = await clientFor(options, terminal).delegate(id, { to });
  err(`${paint('green', '✔')} ${task.path} may be answered by ${toRole ?? person ?? ''} too\n`);
  if (json === true) out(`${JSON.stringify(task, null, 2)}\n`);
}

async function written(text: string, { readInput }: Terminal): Promise<JsonObject> {
  const source = text === '-' ? await readInput() : text;
  let data: unknown;
  try {
    data = JSON.parse(source);
  } catch (error) {
    throw new InvalidArgumentError(`--data is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isObject(data)) throw new InvalidArgumentError('--data has to be an object, { "field": value }.');
  return data;
}

async function asked(client: TaskClient, id: string, terminal: Terminal): Promise<JsonObject> {
  const { question, err, paint } = terminal;
  if (question === undefined) throw new InvalidArgumentError('Nobody is here to be asked: give the answer as --data.');
  const { workflow, path, description, call, form } = await client.get(id);
  err(`${paint('bold', `${workflow} · ${path}`)}${description === undefined ? '' : `  ${description}`}\n`);
  if (call !== undefined) err(`${callText(call)}\n`);
  return askForm(form, { question, err, paint });
}
