/** The interpreter against a hand-written workflow: the same five calls, server, worker and settings, in turns within one run. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { z } from 'zod';
import { createActivities } from '../../activities';
import { loadConfig } from '../../src/config';
import { compileDefinition } from '../../src/language/compile';
import type { Plan } from '../../src/plan/plan';
import { OmniError } from '../../src/plan/problem';
import type { StartArgument } from '../../src/plan/record';
import { freePort } from '../../src/store/port';
import { connect, connectWorker } from '../../src/temporal/connection';
import { findTemporalBinary } from '../../src/temporal/find-binary';
import { startTemporalServer } from '../../src/temporal/local-server';
import { ToolRegistry } from '../../src/tools/registry';
import type { ToolContract } from '../../src/tools/tool';
import { bundleWorkflows } from '../../workers/bundle';
import { prepareRuntime } from '../../workers/engine';
import type { Bench } from '../figure';
import { eventsOf, inTurns, median, throughput } from './measure';

const TASK_QUEUE = 'bench';

const contract = (name: string, placement: ToolContract['placement']): ToolContract => ({
  name,
  title: name,
  description: 'Gives its input back.',
  category: 'bench',
  input: z.object({ step: z.number() }),
  output: z.object({ step: z.number() }),
  idempotent: 'natural',
  placement,
  timeoutMs: placement === 'local' ? 1_000 : 10_000,
});

const noop = (input: { step: number }) => Promise.resolve({ output: input });

const registry = new ToolRegistry(
  [contract('bench.noop', 'remote'), contract('bench.near', 'local')],
  [{ name: 'bench', title: 'Bench', variables: [], tools: { 'bench.noop': noop, 'bench.near': noop } }],
);

export const interpreterBench: Bench = async (report) => {
  const logger = pino({ level: 'silent' });
  prepareRuntime(logger);
  const server = await startServer();
  const address = { address: server.address, namespace: 'default' };
  const temporal = await connect(address);
  const connection = await connectWorker(address);
  const worker = await Worker.create({
    connection,
    taskQueue: TASK_QUEUE,
    workflowBundle: { code: await bundleWorkflows(path.join(__dirname, 'workflows')) },
    activities: {
      noop: (input: { step: number }) => Promise.resolve(input),
      ...createActivities({
        registry,
        logger,
        blobs: { put: () => Promise.reject(new Error('nothing large here')), get: () => Promise.resolve(undefined) },
        emit: () => Promise.resolve({ started: [], refused: [] }),
        loadPlan: () => Promise.resolve(undefined),
      }),
    },
  });
  const running = worker.run();
  try {
    await measure(temporal.client, report);
  } finally {
    worker.shutdown();
    await running;
    await connection.close();
    await temporal.close();
    await server.stop();
  }
};

async function measure(client: Client, report: Parameters<Bench>[0]): Promise<void> {
  const byHand = () => client.workflow.start('byHand', { taskQueue: TASK_QUEUE, workflowId: `bench-${randomUUID()}` });
  const byPlan = (plan: Plan) => {
    const argument: StartArgument = { omni: 1, plan, snapshot: { flags: {}, settings: {} }, payload: {}, context: {} };
    return () =>
      client.workflow.start(plan.id, { taskQueue: TASK_QUEUE, workflowId: `bench-${randomUUID()}`, args: [argument] });
  };
  const sides = { hand: byHand, remote: byPlan(planFrom('remote')), local: byPlan(planFrom('local')) };

  const latency = await inTurns(sides, { warmUp: 10, rounds: 60 });
  const p50 = { hand: median(latency.hand), remote: median(latency.remote), local: median(latency.local) };
  report({
    bench: 'interpreter',
    figure: 'remote.p50',
    ratio: ratio(p50.remote, p50.hand),
    byHandMs: p50.hand,
    byPlanMs: p50.remote,
  });

  const rate = await throughput(sides, { rounds: 5, executions: 60, atOnce: 20 });
  report({
    bench: 'interpreter',
    figure: 'remote.throughput',
    ratio: ratio(rate.remote, rate.hand),
    byHandPerS: rate.hand,
    byPlanPerS: rate.remote,
  });

  const events = { hand: await eventsOf(sides.hand), remote: await eventsOf(sides.remote) };
  report({
    bench: 'interpreter',
    figure: 'remote.events',
    ratio: ratio(events.remote, events.hand),
    byHand: events.hand,
    byPlan: events.remote,
  });

  report({
    bench: 'interpreter',
    figure: 'local.p50',
    ratio: ratio(p50.local, p50.hand),
    byHandMs: p50.hand,
    byPlanMs: p50.local,
  });
  report({
    bench: 'interpreter',
    figure: 'local.throughput',
    ratio: ratio(rate.local, rate.hand),
    byHandPerS: rate.hand,
    byPlanPerS: rate.local,
  });
}

function ratio(ours: number, theirs: number): number {
  return Math.round((ours / theirs) * 1000) / 1000;
}

function planFrom(name: string): Plan {
  const { root } = loadConfig();
  const file = path.join(root, 'bench', 'interpreter', `${name}.yaml`);
  const { plan, diagnostics } = compileDefinition({ text: readFileSync(file, 'utf8'), file }, registry);
  if (plan === undefined) throw new OmniError('validation', JSON.stringify(diagnostics));
  return plan;
}

/** A server of its own that keeps everything in memory. */
async function startServer() {
  const { temporal, cacheDir, variables } = loadConfig();
  const binary = findTemporalBinary({
    ...(temporal.cliPath === undefined ? {} : { cliPath: temporal.cliPath }),
    cacheDir,
    searchPath: variables['PATH'] ?? '',
  });
  const port = await freePort();
  return startTemporalServer({ binary, port, namespace: 'default', retentionDays: 1, log: () => undefined });
}
