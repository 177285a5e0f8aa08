/** `omni replay`: runs recorded and live histories against this version, and fails when one of them would go otherwise. */
import { Command, InvalidArgumentError } from 'commander';
import type { Environment } from '../config';
import { loadConfig } from '../config';
import type { RawHistory } from '../executions/raw-history';
import { rawHistories, rawHistory } from '../executions/raw-history';
import { codecsBeside } from '../library/encryption';
import { connect } from '../temporal/connection';
import { EXIT, type Finish } from './exit';
import { readHistories } from './history-file';
import type { RecordedHistory, Replayed } from './replay-engine';
import { replayHistories } from './replay-engine';
import { plural, type Terminal } from './terminal';

interface Options {
  readonly from: readonly string[];
  readonly workflow?: string;
  readonly execution: readonly string[];
  readonly limit: number;
  readonly json?: boolean;
}

const collect = (one: string, before: readonly string[]): readonly string[] => [...before, one];

export function replayCommand(terminal: Terminal, finish: Finish): Command {
  return new Command('replay')
    .description('replay histories with this version: whether running executions would survive an update')
    .option('--from <path>', 'a history file, or a folder of them; may be repeated', collect, [])
    .option('--workflow <id>', 'the newest executions of a definition on the Temporal server')
    .option('--execution <id>', 'one execution on the Temporal server; may be repeated', collect, [])
    .option('--limit <number>', 'of executions with --workflow', asCount, 100)
    .option('--json', 'print { replayed, diverged, histories }')
    .addHelpText('after', '\nExit status: 0 all went as recorded, 1 one did not, 2 wrong usage.')
    .action(async (options: Options) => finish(await replay(options, terminal)));
}

function asCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('Write it as a whole number from 1.');
  return count;
}

async function replay(options: Options, terminal: Terminal): Promise<number> {
  const { from, workflow, execution, json } = options;
  if (from.length === 0 && workflow === undefined && execution.length === 0)
    throw new InvalidArgumentError('Say what to replay: --from, --workflow or --execution.');
  const { out, err, paint, cwd } = terminal;
  const files = from.flatMap((source) => readHistories(source, cwd));
  const recorded = [...files, ...(await liveHistories(options, terminal))];
  const histories = await replayHistories(recorded, codecsBeside(loadConfig(developed(terminal)))?.worker, (one) => {
    if (json !== true) out(`${line(one, paint)}\n`);
  });
  const diverged = histories.filter(({ divergence }) => divergence !== undefined).length;
  if (json === true) out(`${JSON.stringify({ replayed: histories.length, diverged, histories }, null, 2)}\n`);
  err(`${plural(histories.length, 'replay')}: ${diverged === 0 ? 'all as recorded' : `${diverged} diverged`}\n`);
  return diverged === 0 && histories.length === recorded.length ? EXIT.done : EXIT.failed;
}

function line({ name, events, divergence }: Replayed, paint: Terminal['paint']): string {
  if (divergence === undefined) return `${paint('green', '✔')} ${name}  ${events} events`;
  return `${paint('red', '✖')} ${name}  ${divergence.split('\n')[0]}`;
}

/** Replaying needs no database, which production would ask for. */
function developed({ env }: Pick<Terminal, 'env'>): Environment {
  return { ...env, NODE_ENV: 'development' };
}

/** From the Temporal server that TEMPORAL_ADDRESS names, or the one that `npm start` runs here. */
async function liveHistories(
  { workflow, execution, limit }: Options,
  { env, now }: Terminal,
): Promise<readonly RecordedHistory[]> {
  if (workflow === undefined && execution.length === 0) return [];
  const { temporal } = loadConfig(developed({ env }));
  const { address = `127.0.0.1:${temporal.port}`, taskQueue } = temporal;
  const server = await connect({ ...temporal, address });
  const { client } = server;
  try {
    const named = await Promise.all(execution.map((id) => rawHistory(client, id)));
    const listed = workflow === undefined ? [] : await rawHistories({ client, taskQueue, now }, { workflow, limit });
    const byId = new Map([...named, ...listed].map((one) => [one.workflowId, one]));
    return [...byId.values()].map(recordedOf);
  } finally {
    await server.close();
  }
}

function recordedOf({ workflowId, history }: RawHistory): RecordedHistory {
  return { name: workflowId, workflowId, events: history.events?.length ?? 0, history };
}
