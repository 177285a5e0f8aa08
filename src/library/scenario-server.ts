/** The Temporal server that scenarios run on: the one that is named, the one that runs on this machine, or one that comes and goes with the command. */
import { pathToFileURL } from 'node:url';
import path from 'node:path';
import type { Config } from '../config';
import { packageRoot } from '../config';
import { freePort, requireFreePort } from '../store/port';
import type { TemporalAddress } from '../temporal/connection';
import { connect } from '../temporal/connection';
import { findTemporalBinary } from '../temporal/find-binary';
import { startTemporalServer } from '../temporal/local-server';

export interface ScenarioServer {
  readonly target: TemporalAddress;
  /** Whose it is, for people. */
  readonly what: string;
  close(): Promise<void>;
}

export async function scenarioServer(config: Config, log: (line: string) => void): Promise<ScenarioServer> {
  const { address: named, port, ...rest } = config.temporal;
  const address = named ?? `127.0.0.1:${port}`;
  const theirs: ScenarioServer = { target: { ...rest, address }, what: address, close: () => Promise.resolve() };
  return named !== undefined || (await answers(theirs.target, port)) ? theirs : privateServer(config, log);
}

/** Whether what listens there is a Temporal server with our namespace. */
async function answers(target: TemporalAddress, port: number): Promise<boolean> {
  const free = await requireFreePort(port, 'TEMPORAL_PORT').then(
    () => true,
    () => false,
  );
  if (free) return false;
  try {
    const temporal = await connect(target);
    const known = temporal.connection.workflowService.describeNamespace({ namespace: target.namespace });
    return await known
      .then(
        () => true,
        () => false,
      )
      .finally(() => temporal.close());
  } catch {
    return false;
  }
}

/** Keeps everything in memory. */
async function privateServer({ temporal, cacheDir, variables }: Config, log: (line: string) => void) {
  await fetchProgram(log);
  const { cliPath, namespace } = temporal;
  const searchPath = variables['PATH'] ?? '';
  const server = await startTemporalServer({
    binary: findTemporalBinary({ ...(cliPath === undefined ? {} : { cliPath }), cacheDir, searchPath }),
    port: await freePort(),
    namespace,
    retentionDays: 1,
    log: () => undefined,
  });
  const what = 'a server of its own';
  return { target: { address: server.address, namespace }, what, close: () => server.stop() };
}

async function fetchProgram(log: (line: string) => void): Promise<void> {
  const script = pathToFileURL(path.join(packageRoot(), 'scripts', 'temporal-cli.mjs')).href;
  const program = (await import(script)) as { temporalCli(options: { log(line: string): void }): Promise<string> };
  await program.temporalCli({ log });
}
