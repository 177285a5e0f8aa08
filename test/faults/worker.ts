/** An engine worker as a process of its own, as production runs it, to be killed and started again. */
import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import path from 'node:path';
import type { Stub } from '../stubs/stub';
import { TEST_ENCRYPTION_KEY, testDatabaseUrl, testTemporalAddress } from '../support';

const root = path.resolve(__dirname, '..', '..');

/** Builds dist/ if it is older than its sources. */
export function build(): void {
  const script = "import('./scripts/build.mjs').then(({ buildIfStale }) => buildIfStale())";
  execFileSync(process.execPath, ['-e', script], { cwd: root, stdio: 'inherit' });
}

export interface WorkerProcess {
  readonly pid: number;
  /** kill -9: nothing is told to anyone. */
  kill(): Promise<void>;
  /** SIGTERM: what runs may end. */
  stop(): Promise<void>;
}

interface Surroundings {
  readonly taskQueue: string;
  /** Folder. */
  readonly definitions: string;
  readonly stub: Pick<Stub, 'key' | 'baseUrl'>;
}

/** The suite's own servers, with a stub in the place of OpenRouter. */
export async function stubEnvironment({ taskQueue, definitions, stub }: Surroundings): Promise<Record<string, string>> {
  return {
    TEMPORAL_ADDRESS: await testTemporalAddress(),
    TEMPORAL_TASK_QUEUE: taskQueue,
    DATABASE_URL: await testDatabaseUrl(),
    ENCRYPTION_KEY: TEST_ENCRYPTION_KEY,
    OMNI_DEFINITIONS_DIR: definitions,
    OPENROUTER_API_KEY: stub.key,
    OPENROUTER_BASE_URL: stub.baseUrl,
  };
}

/** `role`: what `npm run worker --` is given. Resolves when the worker says that it polls; rejects with its output when it ends before. */
export function startWorker(
  environment: Readonly<Record<string, string>>,
  role: readonly string[] = ['engine'],
): Promise<WorkerProcess> {
  const child = spawn(process.execPath, ['dist/workers/main.js', ...role], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'development', WORKER_PORT: '0', LOG_LEVEL: 'warn', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const gone = ended(child);
    child.kill(signal);
    await gone;
  };
  return new Promise((resolve, reject) => {
    let output = '';
    const hear = (chunk: Buffer): void => {
      output += chunk.toString();
      if (output.includes('/readyz'))
        resolve({ pid: child.pid ?? 0, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') });
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    void ended(child).then(() => reject(new Error(`The worker ended:\n${output}`)));
  });
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}
