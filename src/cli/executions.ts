/** `omni executions`: lists executions, pauses one, lets it go on, deletes closed ones. */
import { Command } from 'commander';
import type { ExecutionClient } from './execution-client';
import { createExecutionClient } from './execution-client';
import { EXIT, type Finish } from './exit';
import { purgeCommand } from './purge';
import { SERVER_OPTION, serverAddress } from './server-address';
import { duration, plural, type Terminal } from './terminal';

const AFTER = '\nExit status: 0 done, 1 refused, 2 wrong usage.';

interface Options {
  readonly server?: string;
  readonly json?: boolean;
}

interface ListOptions extends Options {
  readonly status?: string;
  readonly workflow?: string;
}

const clientFor = ({ server }: Options, { env }: Terminal): ExecutionClient =>
  createExecutionClient(serverAddress(server, env));

export function executionsCommand(terminal: Terminal, finish: Finish): Command {
  const { out, err, paint } = terminal;
  const list = new Command('list')
    .description('the newest executions')
    .option('--status <status>', 'running, paused, completed, failed, cancelled or terminated')
    .option('--workflow <id>', 'only executions of this definition')
    .option(...SERVER_OPTION)
    .option('--json', 'print { executions }')
    .action(async (options: ListOptions) => {
      const { status, workflow } = options;
      const found = await clientFor(options, terminal).list({
        ...(status === undefined ? {} : { status }),
        ...(workflow === undefined ? {} : { workflow }),
      });
      if (options.json === true) out(`${JSON.stringify(found, null, 2)}\n`);
      else for (const one of found.executions) out(`${one.executionId}  ${one.status}  ${duration(one.duration)}\n`);
      err(`${plural(found.executions.length, 'execution')}\n`);
      finish(EXIT.done);
    });
  const pause = new Command('pause')
    .description('let no further call begin; what runs ends, and questions can be answered')
    .argument('<execution>', 'its id')
    .option(...SERVER_OPTION)
    .addHelpText('after', AFTER)
    .action(async (id: string, options: Options) => {
      await clientFor(options, terminal).pause(id);
      err(`${paint('green', '✔')} ${id} is paused: omni executions resume ${id}\n`);
      finish(EXIT.done);
    });
  const resume = new Command('resume')
    .description('let a paused execution go on')
    .argument('<execution>', 'its id')
    .option(...SERVER_OPTION)
    .addHelpText('after', AFTER)
    .action(async (id: string, options: Options) => {
      await clientFor(options, terminal).resume(id);
      err(`${paint('green', '✔')} ${id} goes on\n`);
      finish(EXIT.done);
    });
  return new Command('executions')
    .description('list executions, pause one, let it go on, delete closed ones')
    .addCommand(list)
    .addCommand(pause)
    .addCommand(resume)
    .addCommand(purgeCommand(terminal, finish));
}
