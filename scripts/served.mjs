// Everything as `npm start` runs it, on a data directory and ports of its own, for checks from outside. No key of a vendor reaches it.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from './install.mjs';

const require = createRequire(import.meta.url);
const READY_MS = 180_000;

/** Resolves when it serves. */
export async function serve({ dataDir, adminKey, environment }) {
  const { freePort } = require(path.join(root, 'dist', 'src', 'store', 'port.js'));
  const ports = {};
  for (const name of ['PORT', 'TEMPORAL_PORT', 'TEMPORAL_UI_PORT', 'OMNI_POSTGRES_PORT', 'WORKER_PORT'])
    ports[name] = String(await freePort());
  const kept = Object.entries(process.env).filter(([name]) =>
    /^(PATH|HOME|LANG|TMPDIR|TEMPORAL_CLI_PATH|OMNI_(CACHE|MODELS)_DIR)$/.test(name),
  );
  const child = spawn(process.execPath, ['--enable-source-maps', path.join(root, 'dist', 'src', 'main.js')], {
    cwd: root,
    // The channel closes when this process is killed, which tells the program to stop.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...Object.fromEntries(kept),
      ...ports,
      NODE_ENV: 'development',
      OMNI_DATA_DIR: dataDir,
      OMNI_ADMIN_KEY: adminKey,
      OMNI_RATE_LIMITS: '{"read":false,"write":false,"start":false,"login":false}',
      ...environment,
    },
  });
  let said = '';
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const url = `http://127.0.0.1:${ports.PORT}`;
  try {
    await new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`The API was not ready in time:\n${said}`)), READY_MS);
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk) => {
          said = (said + chunk).slice(-5_000);
          if (!said.includes('Ready after')) return;
          clearTimeout(late);
          resolve();
        });
      void ended.then((code) => reject(new Error(`The API ended with ${code}:\n${said}`)));
    });
  } catch (error) {
    child.kill('SIGTERM');
    await ended;
    throw error;
  }
  return {
    port: Number(ports.PORT),
    url,
    said: () => said,
    /** Its exit code. */
    async stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
