/** The interpreter against a hand-written workflow: the same five calls, server, worker and settings, in turns within one run. */
import path from 'node:path';
import { z } from 'zod';
import { ToolRegistry } from '../../src/tools/registry';
import type { ToolContract } from '../../src/tools/tool';
import type { BenchEngine } from '../engine';
import { planFrom, ratio, withEngine } from '../engine';
import type { Bench } from '../figure';
import { eventsOf, inTurns, median, throughput } from './measure';

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

export const interpreterBench: Bench = (report) =>
  withEngine(
    {
      registry,
      workflowsPath: path.join(__dirname, 'workflows'),
      activities: { noop: (input: { step: number }) => Promise.resolve(input) },
    },
    (engine) => measure(engine, report),
  );

async function measure(engine: BenchEngine, report: Parameters<Bench>[0]): Promise<void> {
  const byPlan = (name: string) => {
    const plan = planFrom(`interpreter/${name}.yaml`, registry);
    return () => engine.startPlan(plan);
  };
  const sides = { hand: () => engine.start('byHand'), remote: byPlan('remote'), local: byPlan('local') };

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
