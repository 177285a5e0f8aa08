/** The command `omni`: its subcommands, and how every one of them ends when something goes wrong. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { packageRoot } from '../config';
import { toProblem } from '../plan/problem';
import { agentsCommand } from './agents';
import { auditCommand } from './audit';
import { doctorCommand } from './doctor';
import { executionsCommand } from './executions';
import { EXIT } from './exit';
import { flagsCommand } from './flags';
import { graphCommand } from './graph';
import { initCommand } from './init';
import { keysCommand } from './keys';
import { problemText } from './problem-text';
import { projectEnvironment } from './project';
import { replayCommand } from './replay';
import { rerunCommand } from './rerun';
import { runCommand } from './run';
import { schemaCommand } from './schema';
import { startCommand } from './start';
import { tasksCommand } from './tasks';
import type { Terminal } from './terminal';
import { testCommand } from './test';
import { toolsCommand } from './tools';
import { validateCommand } from './validate';

/** Runs one command and answers its exit status. `args` without the program's own name. */
export async function runProgram(args: readonly string[], outside: Terminal): Promise<number> {
  const terminal: Terminal = { ...outside, env: projectEnvironment(outside) };
  let status: number = EXIT.done;
  const finish = (code: number): void => {
    status = code;
  };
  const { version } = JSON.parse(readFileSync(path.join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  const program = new Command('omni')
    .description('MCP Orchestrator: durable workflows in YAML, run by Temporal')
    .version(version);
  for (const command of [
    initCommand,
    startCommand,
    validateCommand,
    runCommand,
    graphCommand,
    schemaCommand,
    executionsCommand,
    rerunCommand,
    tasksCommand,
    agentsCommand,
    replayCommand,
    doctorCommand,
    testCommand,
    toolsCommand,
    flagsCommand,
    auditCommand,
    keysCommand,
  ])
    program.addCommand(command(terminal, finish));
  for (const command of withInner(program))
    command
      .exitOverride()
      .showHelpAfterError('(omni --help lists what there is)')
      .configureOutput({
        writeOut: terminal.out,
        writeErr: terminal.err,
        outputError: (text, write) => write(terminal.paint('red', text)),
      });
  try {
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    return failure(error, { terminal, json: args.includes('--json') });
  }
}

/** A command and all below it: each has to be told for itself how it ends. */
function withInner(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withInner)];
}

function failure(error: unknown, { terminal, json }: { readonly terminal: Terminal; readonly json: boolean }): number {
  // Found by a command in its own arguments: commander has not said anything yet.
  if (error instanceof InvalidArgumentError) {
    terminal.err(`${terminal.paint('red', `error: ${error.message}`)}\n`);
    return EXIT.usage;
  }
  // Help and version end in this way too, with status 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  const problem = toProblem(error);
  terminal.err(problemText(problem, terminal.paint));
  if (json) terminal.out(`${JSON.stringify({ error: problem }, null, 2)}\n`);
  return EXIT.failed;
}
