/** `omni executions purge`: deletes closed executions, after showing which and asking. */
import { Command } from 'commander';
import type { ExecutionClient, PurgeChoice } from './execution-client';
import { createExecutionClient } from './execution-client';
import { EXIT, type Finish } from './exit';
import { SERVER_OPTION, serverAddress } from './server-address';
import { plural, type Terminal } from './terminal';

interface Options {
  readonly server?: string;
  readonly json?: boolean;
  readonly workflow?: string;
  readonly olderThan?: string;
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** Ids that are shown before the question. */
const MOST_SHOWN = 20;

export function purgeCommand(terminal: Terminal, finish: Finish): Command {
  const { out, err, env } = terminal;
  return new Command('purge')
    .description('delete closed executions and all that is stored for them; there is no way back')
    .argument('[executions...]', 'their ids')
    .option('--workflow <id>', 'instead of ids: executions of this definition')
    .option('--older-than <duration>', 'instead of ids: those that ended so long ago or longer, for example 30d')
    .option('--all', 'instead of ids: all that have ended')
    .option('--dry-run', 'only say which')
    .option('--yes', 'do not ask')
    .option(...SERVER_OPTION)
    .option('--json', 'print what was done as JSON')
    .addHelpText('after', '\nExit status: 0 done, 1 something was not deleted, 2 wrong usage.')
    .action(async (ids: readonly string[], options: Options) => {
      const choice = chosen(ids, options);
      if (choice === undefined) {
        err('Name executions, or say --workflow, --older-than or --all instead.\n');
        return finish(EXIT.usage);
      }
      const client = createExecutionClient(serverAddress(options.server, env));
      const found = await client.purge({ ...choice, dryRun: true });
      show(found, terminal);
      if (options.dryRun === true || found.ids.length === 0) {
        if (options.json === true) out(`${JSON.stringify(found, null, 2)}\n`);
        return finish(EXIT.done);
      }
      if (options.yes !== true && !(await agreed(terminal))) {
        err('Nothing was deleted.\n');
        return finish(EXIT.failed);
      }
      // What was shown, not what the filter finds by now.
      const done = await purgeAll(client, found.ids);
      if (options.json === true) out(`${JSON.stringify(done, null, 2)}\n`);
      report(done, terminal);
      if (found.more) err('There are more: say it again.\n');
      finish(done.purged === done.ids.length ? EXIT.done : EXIT.failed);
    });
}

/** So many in one request, which has to be answered in time. */
const AT_ONCE = 50;

async function purgeAll(client: ExecutionClient, ids: readonly string[]): Promise<Outcome> {
  const total = { ids, purged: 0, running: 0, unknown: 0, failed: 0, more: false };
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const some = await client.purge({ ids: ids.slice(from, from + AT_ONCE) });
    for (const count of ['purged', 'running', 'unknown', 'failed'] as const) total[count] += some[count];
  }
  return total;
}

type Outcome = Awaited<ReturnType<ExecutionClient['purge']>>;

/** Undefined: ids and a filter, or neither. */
function chosen(ids: readonly string[], { workflow, olderThan, all }: Options): PurgeChoice | undefined {
  const filtered = workflow !== undefined || olderThan !== undefined || all === true;
  if (filtered === ids.length > 0) return undefined;
  if (!filtered) return { ids };
  return {
    ...(workflow === undefined ? {} : { workflow }),
    ...(olderThan === undefined ? {} : { olderThan }),
    ...(all === true ? { all } : {}),
  };
}

function show({ ids, more }: Outcome, { err }: Terminal): void {
  for (const id of ids.slice(0, MOST_SHOWN)) err(`  ${id}\n`);
  if (ids.length > MOST_SHOWN) err(`  … and ${ids.length - MOST_SHOWN} more\n`);
  err(`${plural(ids.length, 'execution')}${more ? ', and there are others' : ''}\n`);
}

async function agreed({ question, err }: Terminal): Promise<boolean> {
  if (question !== undefined) return /^y(es)?$/i.test((await question('Delete them for good? [y/N] ')).trim());
  err('Nobody is there to be asked: say --yes.\n');
  return false;
}

function report({ purged, running, unknown, failed }: Outcome, { err, paint }: Terminal): void {
  err(`${paint('green', '✔')} ${plural(purged, 'execution')} deleted, with all that is stored for them\n`);
  const others = [
    [running, 'still run, or something that they started does'],
    [unknown, 'are not there'],
    [failed, 'could not be deleted: try again'],
  ] as const;
  for (const [count, what] of others) if (count > 0) err(`${paint('yellow', '!')} ${count} ${what}\n`);
}
