/** A schedule at its own time, on a real server: with no worker there, and with the workers of before gone. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createExecutions } from '../../src/executions/executions';
import { createSchedules } from '../../src/executions/schedules';
import { keepSchedules } from '../../src/library/schedule-keeper';
import type { Plan } from '../../src/plan/plan';
import { compileDefinition } from '../../src/language/compile';
import type { Harness } from '../support';
import { harness } from '../support';

const id = `minutely-${randomUUID()}`;
const plans: Plan[] = [];
let ground: Harness;
beforeAll(async () => {
  ground = await harness({ providers: [], plans });
  const text = `id: ${id}\nname: Minutely\nversion: 1.0.0\ntrigger: { payload: { n: integer }, schedule: { cron: "* * * * *", payload: { n: 7 } } }\nsteps: [ { name: twice, return: { n: "\${trigger.payload.n * 2}" } } ]\n`;
  const { plan, diagnostics } = compileDefinition({ text, file: 'minutely.yaml' }, ground.registry);
  expect(diagnostics).toEqual([]);
  if (plan !== undefined) plans.push(plan);
});
afterAll(() => ground.close());

async function until<T>(what: string, look: () => Promise<T | undefined>, withinMs: number): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

test('a process that starts puts the schedule there; it fires at its minute without anyone, and a later worker runs what it started', async () => {
  const [plan] = plans as [Plan];
  const schedules = createSchedules(ground);
  const entry = { id, plan, origin: 'file' as const, text: '', diagnostics: [] };
  const warnings: object[] = [];
  const logger = { warn: (fault: object) => void warnings.push(fault) };
  const keeper = keepSchedules({
    schedules,
    catalogue: { list: () => Promise.resolve([entry]) },
    logger,
    everyMs: 50,
  });
  await until('a schedule', async () => ((await schedules.get(plan)).status === 'active' ? true : undefined), 10_000);
  await keeper.stop();
  // Nobody of ours lives any more: the times are Temporal's own.
  await ground.engine.stop();
  const fired = await until('a start at the minute', async () => (await schedules.get(plan)).last[0], 75_000);
  expect(fired.at).toMatch(/:00.000Z$/);
  const executions = createExecutions({ ...ground, now: () => Date.now(), uuid: () => randomUUID() });
  expect((await executions.describe(fired.executionId)).status).toBe('running');
  await ground.startAnotherEngine();
  await executions.wait(fired.executionId, AbortSignal.timeout(30_000));
  expect(await executions.describe(fired.executionId)).toMatchObject({
    workflow: id,
    version: '1.0.0',
    origin: 'schedule',
    status: 'completed',
    output: { n: 14 },
  });
  // A second life of the process removes it when its definition has gone.
  const again = createSchedules(ground);
  expect(await again.sync([])).toEqual([]);
  expect((await again.get(plan)).status).toBe('missing');
  expect(warnings).toEqual([]);
}, 150_000);
