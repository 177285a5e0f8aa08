/** What an item of a `forEach` costs in a long list, against a short one: results of a kilobyte, in turns within one run. */
import { z } from 'zod';
import type { Plan } from '../../src/plan/plan';
import { ToolRegistry } from '../../src/tools/registry';
import type { ToolContract } from '../../src/tools/tool';
import type { BenchEngine } from '../engine';
import { planFrom, ratio, withEngine } from '../engine';
import type { Bench } from '../figure';
import { withStore } from '../store';

const SHORT = 100;
const LONG = 10_000;
/** Short lists before the long one, and as many after it: a machine that others use slows both down. The first ones warm up. */
const WARM_UP = 10;
const TURNS = 30;

const KILOBYTE = 'x'.repeat(1024);

const contract = (name: string, placement: ToolContract['placement']): ToolContract => ({
  name,
  title: name,
  description: 'Gives a kilobyte.',
  category: 'bench',
  input: z.object({ n: z.number() }),
  output: z.object({ n: z.number(), text: z.string() }),
  idempotent: 'natural',
  placement,
  timeoutMs: placement === 'local' ? 1_000 : 10_000,
});

const give = ({ n }: { n: number }) => Promise.resolve({ output: { n, text: KILOBYTE } });

const registry = new ToolRegistry(
  [contract('bench.far', 'remote'), contract('bench.near', 'local')],
  [{ name: 'bench', title: 'Bench', variables: [], tools: { 'bench.far': give, 'bench.near': give } }],
);

/** Milliseconds of one item: on the clock from start to result, and of the processor in this process. */
interface Cost {
  readonly time: number;
  readonly cpu: number;
}

export const loopsBench: Bench = (report) =>
  withStore(({ blobs }) =>
    withEngine({ registry, blobs }, async (engine) => {
      for (const [name, file] of Object.entries({ local: 'near', remote: 'far' })) {
        const plan = planFrom(`loops/${file}.yaml`, registry);
        for (let i = 0; i < WARM_UP; i += 1) await perItem(engine, plan, SHORT);
        const before = await turns(engine, plan);
        const long = await perItem(engine, plan, LONG);
        const short = [...before, ...(await turns(engine, plan))];
        for (const what of ['time', 'cpu'] as const) {
          const mean = short.reduce((total, cost) => total + cost[what], 0) / short.length;
          report({
            bench: 'loops',
            figure: `${name}.${what}`,
            ratio: ratio(long[what], mean),
            ofTenThousandMs: rounded(long[what]),
            ofHundredMs: rounded(mean),
          });
        }
      }
    }),
  );

async function turns(engine: BenchEngine, plan: Plan): Promise<readonly Cost[]> {
  const costs: Cost[] = [];
  for (let i = 0; i < TURNS; i += 1) costs.push(await perItem(engine, plan, SHORT));
  return costs;
}

async function perItem(engine: BenchEngine, plan: Plan, count: number): Promise<Cost> {
  const items = Array.from({ length: count }, (_, n) => n);
  const [started, used] = [performance.now(), process.cpuUsage()];
  await (await engine.startPlan(plan, { items })).result();
  const { user, system } = process.cpuUsage(used);
  return { time: (performance.now() - started) / count, cpu: (user + system) / 1000 / count };
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
