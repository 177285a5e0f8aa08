/** `omni run`: starts an execution, draws its steps while it runs, and prints what came out. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import type { Execution } from '../executions/execution';
import { isOpen } from '../executions/status';
import type { JsonObject } from '../plan/json';
import { createApiClient, isAlive } from './api-client';
import { EXIT, type Finish } from './exit';
import { outputText } from './output-text';
import { collectField, readPayload } from './payload';
import { openPrivatePlatform } from './private-platform';
import { problemText } from './problem-text';
import { createProgress } from './progress';
import type { Server } from './server';
import { SERVER_OPTION, serverAddress } from './server-address';
import { duration, spentText, type Terminal } from './terminal';

/** Between two looks at a running execution, in milliseconds. */
const LOOK_MS = 200;

interface Options extends Manner {
  readonly input?: string;
  readonly payload: JsonObject;
}

/** How an execution is run. */
interface Manner {
  readonly server?: string;
  readonly wait: boolean;
  readonly json?: boolean;
}

/** What is run. */
interface Undertaking {
  /** As a person calls it. */
  readonly title: string;
  /** The id of the new execution. */
  readonly start: (server: Server) => Promise<string>;
  /** What `--json` prints when it has ended. */
  readonly result: (execution: Execution) => unknown;
}

export function runCommand(terminal: Terminal, finish: Finish): Command {
  return new Command('run')
    .description('run a definition and draw its steps; without a server a private one is started for the run')
    .argument('<workflow>', 'id of the definition')
    .option('-i, --input <file>', 'JSON file, or - for standard input: a payload, or { "payload", "context" }')
    .option('-p, --payload <key=value>', 'one field of the payload; may be repeated', collectField, {})
    .option(...SERVER_OPTION)
    .option('--wait', 'wait for the end (the default)', true)
    .option('--no-wait', 'print the execution and return at once')
    .option('--json', 'print the execution as JSON')
    .addHelpText('after', '\nExit status: 0 completed, 1 not completed, 2 wrong usage, 130 interrupted.')
    .action(async (workflow: string, options: Options) => {
      const input = await readPayload(options, terminal);
      const start = (server: Server): Promise<string> => server.start(workflow, input);
      finish(await run({ title: workflow, start, result: (execution) => execution }, options, terminal));
    });
}

/** Starts it where `--server` says, or on a private platform, follows it and answers the exit status. */
export async function run(undertaking: Undertaking, options: Manner, terminal: Terminal): Promise<number> {
  const interrupts = countInterrupts(terminal);
  try {
    const server = await serverFor(options, terminal);
    try {
      if (interrupts.count > 0) return EXIT.interrupted;
      const executionId = await undertaking.start(server);
      terminal.err(`${terminal.paint('dim', `${undertaking.title}  ${server.where(executionId)}`)}\n`);
      if (options.wait) return await follow(server, executionId, { undertaking, options, terminal, interrupts });
      const answer = { executionId, status: 'running' };
      terminal.out(options.json === true ? `${JSON.stringify(answer, null, 2)}\n` : `${executionId}\n`);
      return EXIT.done;
    } finally {
      await server.close();
    }
  } finally {
    interrupts.stop();
  }
}

interface Interrupts {
  readonly count: number;
  stop(): void;
}

/** From the first moment on, so that no interrupt ends this process while something that it has started still runs. */
function countInterrupts(terminal: Terminal): Interrupts {
  const interrupts = { count: 0, stop: () => undefined as void };
  interrupts.stop = terminal.onInterrupt(() => {
    interrupts.count += 1;
    if (interrupts.count === 1) terminal.err(`${terminal.paint('yellow', 'Stopping …')}\n`);
  });
  return interrupts;
}

/** The server that was named, the one that runs here, or a private one. */
async function serverFor({ server, wait }: Manner, terminal: Terminal): Promise<Server> {
  const address = serverAddress(server, terminal.env);
  const named = server !== undefined || Boolean(terminal.env['OMNI_URL']);
  if (named || (await isAlive(address))) return createApiClient(address);
  const { url } = address;
  if (!wait)
    throw new InvalidArgumentError(
      `--no-wait needs a server that goes on running, and none answers at ${url}: omni start`,
    );
  terminal.err(terminal.paint('dim', `No server at ${url}: starting a private one for this run …\n`));
  return openPrivatePlatform(terminal);
}

interface Following {
  readonly undertaking: Undertaking;
  readonly options: Manner;
  readonly terminal: Terminal;
  readonly interrupts: Interrupts;
}

/** Looks until it has ended. The first interrupt cancels the execution, the second one stops looking. */
async function follow(
  server: Server,
  executionId: string,
  { undertaking, options, terminal, interrupts }: Following,
): Promise<number> {
  const progress = createProgress(terminal);
  for (let asked = false; ;) {
    const execution = await server.describe(executionId);
    progress.show(execution);
    if (!isOpen(execution.status) || interrupts.count > 1) {
      report(execution, terminal, options.json === true ? undertaking.result(execution) : undefined);
      if (execution.status === 'completed') return EXIT.done;
      return interrupts.count > 0 ? EXIT.interrupted : EXIT.failed;
    }
    if (interrupts.count > 0 && !asked) {
      asked = true;
      // When this fails, either it has ended by itself or the server is gone: the next look tells.
      await server.cancel(executionId).catch(() => undefined);
    }
    await sleep(LOOK_MS);
  }
}

/** `result`: what is printed in the place of the output. */
function report(execution: Execution, { out, err, paint }: Terminal, result: unknown): void {
  const { status, usage, error, output } = execution;
  if (error !== undefined) err(problemText(error, paint));
  const line = [`${status} in ${duration(execution.duration)}`, ...spentText(usage)].join(', ');
  err(`${paint(status === 'completed' ? 'green' : 'red', line)}\n`);
  if (result !== undefined) out(`${JSON.stringify(result, null, 2)}\n`);
  else if (output !== undefined && output !== null) out(`${outputText(output)}\n`);
}
