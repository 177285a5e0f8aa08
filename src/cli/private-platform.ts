/** A whole platform inside this command: servers and worker on free ports, its data in a temporary folder, gone afterwards. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadConfig, packageRoot } from '../config';
import { isOpen } from '../executions/status';
import { findContract, startToolCall, startWorkflow } from '../library/start';
import { describeTool } from '../library/tool-description';
import { createLogger } from '../monitoring/logger';
import { openPlatform, type Platform } from '../platform';
import { attach } from '../store/blob-value';
import { freePort } from '../store/port';
import type { Server } from './server';
import type { Terminal } from './terminal';

/** Variables that name a port, each of which gets a free one. */
const PORTS = ['TEMPORAL_PORT', 'TEMPORAL_UI_PORT', 'OMNI_POSTGRES_PORT'] as const;

/** What cannot be opened is thrown as `OmniError`, after all that was opened has been closed again. */
export async function openPrivatePlatform(terminal: Terminal): Promise<Server> {
  await fetchPrograms(terminal);
  const dataDir = mkdtempSync(path.join(tmpdir(), 'omni-run-'));
  // As root the database runs under another account, which must be able to enter.
  chmodSync(dataDir, 0o711);
  const clean = (): void => rmSync(dataDir, { recursive: true, force: true });
  try {
    const platform = await open(terminal, dataDir);
    const close = (): Promise<void> => platform.close().finally(clean);
    try {
      await platform.startEngine();
    } catch (error) {
      await close();
      throw error;
    }
    return serverOf(platform, close);
  } catch (error) {
    clean();
    throw error;
  }
}

async function open({ env }: Terminal, dataDir: string): Promise<Platform> {
  const ports = await Promise.all(PORTS.map(async (name) => [name, String(await freePort())] as const));
  const config = loadConfig({ ...env, ...Object.fromEntries(ports), OMNI_DATA_DIR: dataDir });
  // A person watches: what a server would note in its log is left out unless it is asked for.
  return openPlatform(config, {
    logger: createLogger(env['LOG_LEVEL'] || 'error', 'run', { variables: env }),
    servers: 'start',
  });
}

function serverOf(platform: Platform, close: () => Promise<void>): Server {
  const { executions, servers, store } = platform;
  return {
    where: (executionId) => `${executionId}  ${servers?.uiUrl ?? ''}`.trimEnd(),
    start: async (name, { payload, context }) =>
      (await startWorkflow(platform, { name, payload, context })).executionId,
    call: async (call) => (await startToolCall(platform, { ...call, context: {} })).executionId,
    tool: (name) =>
      Promise.resolve(platform.registry).then((registry) => describeTool(registry, findContract(registry, name))),
    async describe(executionId) {
      const execution = await executions.describe(executionId);
      if (isOpen(execution.status) || execution.output === undefined) return execution;
      // The store goes with the platform: what a reference stands for must be taken out before.
      return { ...execution, output: await attach(execution.output, (hash) => store.blobs.get(hash, executionId)) };
    },
    cancel: (executionId) => executions.cancel(executionId),
    close,
  };
}

/** What npm does not install, shown while it is fetched. */
async function fetchPrograms({ err, paint }: Terminal): Promise<void> {
  const script = pathToFileURL(path.join(packageRoot(), 'scripts', 'programs.mjs')).href;
  const programs = (await import(script)) as { fetchPrograms(options: { log(line: string): void }): Promise<void> };
  await programs.fetchPrograms({ log: (line) => err(`${paint('dim', line)}\n`) });
}
