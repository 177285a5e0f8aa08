/** A start that the definition's `concurrency` refuses is 409 at once. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Answer, Door } from './door';
import { openDoor } from './door';

/** A definition of an id of its own, because locks outlive a test's server. */
const ID = `single-${randomUUID().slice(0, 8)}`;
const SINGLE = `
name: Single
version: 1.0.0
trigger: { payload: { who: string } }
concurrency: { key: "\${trigger.payload.who}", limit: 1, whenFull: refuse }
steps: [ { name: nap, wait: 1h } ]
`;

let door: Door;
beforeAll(async () => {
  door = await openDoor({ providers: [], definitions: { [`${ID}.yaml`]: SINGLE } });
});
afterAll(() => door.close());

const start = (who: string, headers?: Record<string, string>): Promise<Answer> =>
  door.ask('POST', `/workflows/${ID}/execute`, { payload: { who } }, headers);

async function working({ body }: Answer): Promise<string> {
  const id = body.executionId as string;
  for (;;) {
    const { body: now } = await door.ask('GET', `/executions/${id}`);
    if (now.steps.length > 0) return id;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('409 names who is at work; another key starts, the same Idempotency-Key means the same execution', async () => {
  const key = { 'Idempotency-Key': randomUUID() };
  const first = await working(await start('ann', key));
  const refused = await start('ann');
  expect([refused.status, refused.body]).toMatchObject([
    409,
    { type: expect.stringContaining('conflict'), data: { executions: [first] } },
  ]);
  expect((await start('ann', key)).body.executionId).toBe(first);
  const other = await working(await start('bob'));
  await door.ask('POST', `/executions/${first}/terminate`);
  const next = await start('ann');
  expect(next.status).toBe(202);
  for (const id of [other, await working(next)]) await door.ask('POST', `/executions/${id}/terminate`);
}, 60_000);
