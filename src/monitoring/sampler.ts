/** Keeps this process's numbers in the database, interval by interval, and makes what is old coarser, then forgets it. */
import type { MetricObjectWithValues, MetricValueWithName } from 'prom-client';
import type { Logger } from 'pino';
import { OmniError } from '../plan/problem';
import type { Sample, SampleTable } from '../store/sample-table';
import type { Metrics } from './metrics';

export interface SamplerParts {
  readonly metrics: Pick<Metrics, 'read'>;
  readonly table: SampleTable;
  /** Namespace and task queue. */
  readonly home: string;
  /** UUID of this process. */
  readonly owner: string;
  readonly logger: Logger;
  /** Milliseconds between two samples; default that of the finest resolution. */
  readonly everyMs?: number;
}

export interface Sampler {
  /** Keeps what has been counted since the last time. Throws `provider-unavailable` when the database does not answer. */
  flush(): Promise<void>;
  /** The last sample is taken, then nothing any more. */
  stop(): Promise<void>;
}

const HOUR_MS = 60 * 60_000;

/** Seconds that a row stands for, and until what age rows are kept so fine. */
export const RESOLUTIONS = [
  { seconds: 10, untilMs: 2 * HOUR_MS },
  { seconds: 300, untilMs: 48 * HOUR_MS },
  { seconds: 3_600, untilMs: 30 * 24 * HOUR_MS },
] as const;

const [FINEST] = RESOLUTIONS;
/** Numbers of Node itself are for Prometheus; of these, those that tell of trouble are kept. */
const KEPT_OF_NODE: readonly string[] = [
  'orchestrator_nodejs_eventloop_lag_p99_seconds',
  'orchestrator_process_resident_memory_bytes',
  'orchestrator_process_cpu_seconds_total',
];
const OF_NODE = /^orchestrator_(nodejs|process)_/;
const ROLL_EVERY_MS = 5 * 60_000;

export function startSampler(parts: SamplerParts): Sampler {
  const { metrics, table, home, owner, logger, everyMs = FINEST.seconds * 1_000 } = parts;
  const before = new Map<string, number>();
  let heard = true;
  let rolledAt = Date.now();
  const keep = async (): Promise<void> => {
    const seen = (await metrics.read()).filter(({ name }) => !OF_NODE.test(name) || KEPT_OF_NODE.includes(name));
    const { samples, now } = growth(seen, before);
    try {
      await table.keep(home, owner, FINEST.seconds, samples);
    } catch (error) {
      throw new OmniError('provider-unavailable', 'The database does not take samples now.', { cause: error });
    }
    // Only what was kept counts as told.
    for (const [key, value] of now) before.set(key, value);
  };
  let keeping: Promise<void> = Promise.resolve();
  /** One after the other: what is being kept is not counted anew. */
  const flush = (): Promise<void> => (keeping = keeping.catch(() => undefined).then(keep));
  const roll = async (): Promise<void> => {
    rolledAt = Date.now();
    for (const [i, { seconds, untilMs }] of RESOLUTIONS.entries()) {
      const coarser = RESOLUTIONS[i + 1];
      if (coarser === undefined) await table.drop(home, seconds, untilMs);
      else if (!(await table.roll(home, seconds, coarser.seconds, untilMs))) return;
    }
  };
  const look = async (): Promise<void> => {
    try {
      await flush();
      if (Date.now() - rolledAt > ROLL_EVERY_MS) await roll();
      heard = true;
    } catch (error) {
      if (heard) logger.warn({ error }, 'samples not kept');
      heard = false;
    }
  };
  let looking: Promise<void> = Promise.resolve();
  const timer = setInterval(() => void (looking = looking.then(look)), everyMs);
  timer.unref();
  return {
    flush,
    async stop() {
      clearInterval(timer);
      await looking;
      await look();
    },
  };
}

type Read = readonly MetricObjectWithValues<MetricValueWithName<string>>[];

/** What was added since, and how gauges stand; `now` holds the totals that the next growth is counted from. */
export function growth(
  read: Read,
  before: ReadonlyMap<string, number>,
): { readonly samples: readonly Sample[]; readonly now: ReadonlyMap<string, number> } {
  const samples: Sample[] = [];
  const now = new Map<string, number>();
  const added = (key: string, total: number): number => {
    now.set(key, total);
    return total - (before.get(key) ?? 0);
  };
  for (const { name, type, values } of read) {
    const counts = new Map<string, number>();
    if (String(type) === 'histogram')
      for (const { metricName, labels, value } of values)
        if (metricName === `${name}_count`) counts.set(keyOf(name, labels), value);
    for (const { metricName, labels: given, value } of values) {
      const labels = textsOf(given);
      const key = keyOf(name, given);
      if (String(type) === 'gauge') samples.push({ name, labels, kind: 'level', value });
      if (String(type) === 'counter') {
        const by = added(key, value);
        if (by !== 0) samples.push({ name, labels, kind: 'growth', value: by });
      }
      if (String(type) === 'histogram' && metricName === `${name}_sum`) {
        const count = added(`${key} count`, counts.get(key) ?? 0);
        const by = added(`${key} sum`, value);
        if (count !== 0) samples.push({ name, labels, kind: 'growth', value: by, count });
      }
    }
  }
  return { samples, now };
}

function keyOf(name: string, labels: Partial<Record<string, string | number>>): string {
  return `${name} ${JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))}`;
}

function textsOf(labels: Partial<Record<string, string | number>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)]));
}
