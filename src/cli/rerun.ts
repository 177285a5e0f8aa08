/** `omni rerun`: runs a closed execution again from a step on. */
import { Command } from 'commander';
import { createExecutionClient } from './execution-client';
import { EXIT, type Finish } from './exit';
import { SERVER_OPTION, serverAddress } from './server-address';
import type { Terminal } from './terminal';

interface Options {
  readonly from?: string;
  readonly server?: string;
  readonly json?: boolean;
}

export function rerunCommand(terminal: Terminal, finish: Finish): Command {
  return new Command('rerun')
    .description('run a closed execution again from a step on, as a new one that reuses what was done before it')
    .argument('<execution>', 'its id')
    .option('--from <step>', 'path or name of the step to begin with; without it, where the execution stopped')
    .option(...SERVER_OPTION)
    .option('--json', 'print { executionId, status }')
    .addHelpText('after', '\nExit status: 0 started, 1 refused, 2 wrong usage.')
    .action(async (id: string, options: Options) => {
      const executionId = await createExecutionClient(serverAddress(options.server, terminal.env)).rerun(
        id,
        options.from,
      );
      const answer = { executionId, status: 'running' };
      terminal.out(options.json === true ? `${JSON.stringify(answer, null, 2)}\n` : `${executionId}\n`);
      finish(EXIT.done);
    });
}
