/** What it costs to be watched: the same five calls by a worker that counts, samples and traces, and by one that does nothing of it, in turns. */
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { z } from 'zod';
import { loadConfig } from '../../src/config';
import { createMetrics } from '../../src/monitoring/metrics';
import { startSampler } from '../../src/monitoring/sampler';
import { createSpanExporter } from '../../src/monitoring/span-exporter';
import type { StartArgument } from '../../src/plan/record';
import { bundleOf } from '../../src/platform';
import type { Store } from '../../src/store/store';
import { connect, connectWorker } from '../../src/temporal/connection';
import { ToolRegistry } from '../../src/tools/registry';
import { createTracing } from '../../src/tracing/tracing';
import { prepareRuntime, startEngine } from '../../workers/engine';
import { planFrom, ratio, startServer } from '../engine';
import type { Bench } from '../figure';
import { median } from '../interpreter/measure';
import { withStore } from '../store';

const WARM_UP = 1;
const ROUNDS = 9;
const EXECUTIONS = 100;
const AT_ONCE = 20;
const SIDES = ['off', 'on'] as const;
type Side = (typeof SIDES)[number];

const registry = new ToolRegistry(
  [
    {
      ...{ name: 'bench.noop', title: 'Noop', description: 'Gives its input back.', category: 'bench' },
      input: z.object({ step: z.number() }),
      output: z.object({ step: z.number() }),
      ...{ idempotent: 'natural', placement: 'remote', timeoutMs: 10_000 },
    },
  ],
  [
    {
      ...{ name: 'bench', title: 'Bench', variables: [] },
      tools: { 'bench.noop': (input: { step: number }) => Promise.resolve({ output: input }) },
    },
  ],
);

export const monitoringBench: Bench = (report) =>
  withStore(async (store) => {
    const server = await startServer();
    const address = { address: server.address, namespace: 'default' };
    const logger = pino({ level: 'silent' });
    prepareRuntime(logger, { metrics: true });
    const temporal = await connect(address);
    const connection = await connectWorker(address);
    const watch = watching(store);
    const parts = {
      ...{ connection, store, registry, logger, ...bundleOf(loadConfig().root) },
      loadDefinition: () => Promise.resolve(undefined),
      emit: () => Promise.resolve({ started: [], refused: [] }),
    };
    const queue = (side: Side) => ({ temporal: { namespace: 'default', taskQueue: `bench-${side}` } });
    const engines = [
      await startEngine({ ...parts, config: queue('off') }),
      await startEngine({ ...parts, config: queue('on'), metrics: watch.metrics, tracing: watch.tracing }),
    ];
    const plan = planFrom('interpreter/remote.yaml', registry);
    const argument: StartArgument = { omni: 1, plan, snapshot: { flags: {}, settings: {} }, payload: {}, context: {} };
    /** Executions per second; what is watched must be written down by then. */
    const turn = async (side: Side): Promise<number> => {
      let left = EXECUTIONS;
      const started = performance.now();
      const lane = async (): Promise<void> => {
        while (left-- > 0)
          await temporal.client.workflow.execute(plan.id, {
            taskQueue: `bench-${side}`,
            workflowId: `bench-${randomUUID()}`,
            args: [argument],
          });
      };
      await Promise.all(Array.from({ length: AT_ONCE }, lane));
      if (side === 'on') await watch.flush();
      return EXECUTIONS / ((performance.now() - started) / 1_000);
    };
    try {
      const rates: Record<Side, number[]> = { off: [], on: [] };
      const cpu: Record<Side, number[]> = { off: [], on: [] };
      for (let round = -WARM_UP; round < ROUNDS; round += 1)
        for (const side of round % 2 === 0 ? SIDES : SIDES.toReversed()) {
          const used = process.cpuUsage();
          const rate = await turn(side);
          const { user, system } = process.cpuUsage(used);
          if (round < 0) continue;
          rates[side].push(rate);
          cpu[side].push((user + system) / 1_000 / EXECUTIONS);
        }
      const rate = { off: median(rates.off), on: median(rates.on) };
      report({
        ...{ bench: 'monitoring', figure: 'throughput', ratio: ratio(rate.on, rate.off) },
        ...{ onPerS: rate.on, offPerS: rate.off },
      });
      const ms = { off: median(cpu.off), on: median(cpu.on) };
      report({
        ...{ bench: 'monitoring', figure: 'cpu', ratio: ratio(ms.on, ms.off) },
        ...{ onMs: ms.on, offMs: ms.off },
      });
    } finally {
      await Promise.all(engines.map((engine) => engine.stop()));
      await watch.close();
      await connection.close();
      await temporal.close();
      await server.stop();
    }
  });

/** As a platform watches, with every trace kept. */
function watching(store: Store) {
  const metrics = createMetrics();
  const logger = pino({ level: 'silent' });
  const home = 'bench';
  const exporters = [createSpanExporter({ table: store.spans, home, logger })];
  const tracing = createTracing({ service: 'bench', version: '0', ratio: 1, exporters });
  const sampler = startSampler({
    metrics,
    table: store.samples,
    home,
    owner: randomUUID(),
    logger,
    everyMs: 3_600_000,
  });
  return {
    metrics,
    tracing,
    flush: () => Promise.all([sampler.flush(), tracing.flush()]),
    async close() {
      await sampler.stop();
      await tracing.close();
    },
  };
}
