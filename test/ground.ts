/** The servers and the workflow bundle of one test run, made lazily in jest's own process. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadConfig } from '../src/config';
import { startLocalPostgres } from '../src/store/local-postgres';
import { migrate } from '../src/store/migrate';
import { freePort } from '../src/store/port';
import { findTemporalBinary } from '../src/temporal/find-binary';
import { startTemporalServer } from '../src/temporal/local-server';
import { bundleWorkflows } from '../workers/bundle';

const config = loadConfig();

export interface TestGround {
  /** Address of a Temporal server that keeps everything in memory. */
  temporal(): Promise<string>;
  /** URL of a database with the newest schema. */
  database(): Promise<string>;
  /** Path of the bundled workflows, or of a variant of them: a folder of test/integration/variants. */
  bundle(variant?: string): Promise<string>;
  close(): Promise<void>;
}

export function testGround(): TestGround {
  const stops: (() => Promise<void> | void)[] = [];
  const bundles = new Map<string | undefined, () => Promise<string>>();
  return {
    temporal: once(async () => {
      const binary = findTemporalBinary({
        ...(config.temporal.cliPath === undefined ? {} : { cliPath: config.temporal.cliPath }),
        cacheDir: config.cacheDir,
        searchPath: process.env['PATH'] ?? '',
      });
      const server = await startTemporalServer({
        binary,
        port: await freePort(),
        namespace: 'default',
        retentionDays: 1,
        log: () => undefined,
      });
      stops.push(() => server.stop());
      return server.address;
    }),
    database: once(async () => {
      const dataDir = mkdtempSync(path.join(tmpdir(), 'omni-test-'));
      // As root the server runs under another account, which must be able to enter.
      chmodSync(dataDir, 0o711);
      const server = await startLocalPostgres({
        dataDir,
        port: await freePort(),
        log: () => undefined,
        throwaway: true,
      });
      stops.push(async () => {
        await server.stop();
        rmSync(path.dirname(server.directory), { recursive: true, force: true });
        rmSync(dataDir, { recursive: true, force: true });
      });
      await migrate(server.url);
      return server.url;
    }),
    bundle(variant) {
      const made = bundles.get(variant) ?? once(() => bundle(variant));
      bundles.set(variant, made);
      return made();
    },
    async close() {
      for (const stop of stops.reverse()) await stop();
    },
  };
}

/** Bundles the workflows, unless a bundle of exactly these sources lies in the cache. */
async function bundle(variant?: string): Promise<string> {
  const own = variant === undefined ? undefined : path.join(__dirname, 'integration', 'variants', variant);
  const ours = ['workflows', 'src/interpreter', 'src/plan'].map((folder) => path.join(config.root, folder));
  const folders = own === undefined ? ours : [...ours, own];
  const label = `${variant ?? 'workflows'}-`;
  const files = [...folders.flatMap(sources), path.join(config.root, 'package-lock.json')].sort();
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(readFileSync(file));
  const cache = path.join(config.cacheDir, 'test');
  const file = path.join(cache, `${label}${hash.digest('hex').slice(0, 16)}.js`);
  if (existsSync(file)) return file;
  mkdirSync(cache, { recursive: true });
  for (const old of readdirSync(cache)) if (old.startsWith(label)) rmSync(path.join(cache, old), { force: true });
  const code = await bundleWorkflows(own);
  const aside = `${file}.${process.pid}`;
  writeFileSync(aside, code);
  renameSync(aside, file);
  return file;
}

function sources(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.join(folder, name));
}

/** Runs the making once, also for those who ask while it is under way; a failure is tried again. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () =>
    (made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    }));
}
