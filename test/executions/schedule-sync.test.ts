/** What a schedule was told follows the key, on a real server: with a new one it is told anew, also when nobody has the old one any more. */
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, expect, test } from '@jest/globals';
import { createKeyRing } from '../../src/encryption/key-ring';
import type { Schedules } from '../../src/executions/schedules';
import { createSchedules } from '../../src/executions/schedules';
import { connect } from '../../src/temporal/connection';
import { clientCodec } from '../../src/temporal/payload-codec';
import { planOf } from '../interpreter/walk';
import { testTemporalAddress } from '../servers';

const [first, second, third] = [randomBytes(32), randomBytes(32), randomBytes(32)];
const taskQueue = `schedules-${randomUUID()}`;
const plan = planOf([{ kind: 'wait', name: 'pause', forMs: 1 }], {
  id: 'nightly',
  schedule: { cron: '0 3 * * *', timezone: 'UTC', overlap: 'skip', payload: { n: 7 } },
});

const closers: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closers) await close();
});

async function schedulesWith(...given: readonly Uint8Array[]): Promise<Schedules> {
  const keys = createKeyRing({ keys: given });
  const codec = clientCodec({ keys, namespace: 'default' });
  const temporal = await connect({ address: await testTemporalAddress(), namespace: 'default', codec });
  closers.push(() => temporal.close());
  return createSchedules({ client: temporal.client, taskQueue, keyId: keys.primary ?? '' });
}

test('a start with a new key, and one without the old key, tell the schedule anew and leave it paused', async () => {
  const before = await schedulesWith(first);
  await before.put(plan);
  await before.pause(plan, 'for now');

  expect(await (await schedulesWith(second, first)).sync([{ id: plan.id, plan }])).toEqual([]);
  const without = await schedulesWith(second);
  expect(await without.get(plan)).toMatchObject({ status: 'paused', note: 'for now', payload: { n: 7 } });

  const withdrawn = await schedulesWith(third);
  await expect(withdrawn.get(plan)).rejects.toMatchObject({ problem: { type: 'policy' } });
  expect(await withdrawn.sync([{ id: plan.id, plan }])).toEqual([]);
  expect(await withdrawn.get(plan)).toMatchObject({ status: 'paused', note: 'for now' });
  await withdrawn.sync([]);
}, 60_000);
