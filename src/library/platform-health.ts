/** What a process of the platform stands on, as checks: the database, Temporal, keys, definitions, and who does the work. */
import { existsSync } from 'node:fs';
import { createClean, secretsIn } from '../monitoring/clean-text';
import type { Health, HealthCheck } from '../monitoring/health';
import { createHealth } from '../monitoring/health';
import { OmniError } from '../plan/problem';
import type { Platform } from '../platform';
import { countPollers } from '../temporal/pollers';

export type HealthParts = Pick<Platform, 'config' | 'store' | 'temporal' | 'keys' | 'catalogue' | 'logger'>;

/** Of a worker that runs in this process. */
export interface RunningWorker {
  /** `engine`, or an agent's id. */
  readonly name: string;
  readonly running: () => boolean;
}

export interface Duty {
  /** The worker is all that this process does; absent: it answers people. */
  readonly only?: RunningWorker;
  readonly workers?: readonly RunningWorker[];
}

const HALF_MINUTE_MS = 30_000;

export function platformHealth(parts: HealthParts, { only, workers = [] }: Duty = {}): Health {
  const { config, logger } = parts;
  const own = only === undefined ? workers : [only];
  const withEngine = own.some(({ name }) => name === 'engine');
  return createHealth(
    [
      { name: 'database', needed: true, ask: () => parts.store.ping() },
      { name: 'temporal', needed: true, ask: () => answers(parts) },
      ...keyChecks(parts, only !== undefined),
      ...(only === undefined || withEngine ? [definitionCheck(parts)] : []),
      ...own.map((worker) => workerCheck(worker, worker === only)),
      ...(only === undefined && !withEngine ? [pollerCheck(parts)] : []),
    ],
    { logger, clean: createClean(secretsIn(config.variables)) },
  );
}

async function answers({ temporal: { connection } }: HealthParts): Promise<void> {
  // Later than the check's own deadline: nobody waits for it any more.
  await connection.withDeadline(Date.now() + 5_000, () => connection.workflowService.getSystemInfo({}));
}

/** An API without a key shows less; a worker without it can do nothing. */
function keyChecks({ config, keys, store }: HealthParts, needed: boolean): readonly HealthCheck[] {
  if (keys === undefined) return [];
  const known = [...keys.ids, ...config.encryption.withdrawn];
  return [
    {
      name: 'encryption',
      needed,
      keepMs: HALF_MINUTE_MS,
      async ask() {
        const missing = (await store.encryptionKeys.list()).filter((id) => !known.includes(id));
        if (missing.length === 0) return;
        throw new OmniError(
          'policy',
          `Another process encrypts with a key that this one does not have: ${missing.join(', ')}. Restart it with that key.`,
        );
      },
    },
  ];
}

function definitionCheck({ config, catalogue }: HealthParts): HealthCheck {
  return {
    name: 'definitions',
    needed: false,
    deadlineMs: 2_000,
    keepMs: HALF_MINUTE_MS,
    async ask() {
      if (!existsSync(config.definitionsDir)) return 'The folder in OMNI_DEFINITIONS_DIR is not there.';
      const broken = (await catalogue.list()).filter(({ plan }) => plan === undefined).map(({ id }) => id);
      if (broken.length > 0) return `Cannot be started, because they have errors: ${broken.join(', ')}.`;
    },
  };
}

function workerCheck({ name, running }: RunningWorker, needed: boolean): HealthCheck {
  return {
    name,
    needed,
    ask: () =>
      running() ? Promise.resolve() : Promise.reject(new OmniError('provider-unavailable', 'It does not run.')),
  };
}

/** Executions start without any worker, and wait for one. */
function pollerCheck({ config, temporal: { connection } }: HealthParts): HealthCheck {
  const { namespace, taskQueue } = config.temporal;
  return {
    name: 'engine',
    needed: false,
    keepMs: HALF_MINUTE_MS / 3,
    async ask() {
      if ((await countPollers({ connection, namespace, taskQueue })) === 0)
        return `No engine worker takes work from ${taskQueue}: executions wait. Start one with npm run worker -- engine.`;
    },
  };
}
