import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { auditEvents } from '../../src/library/audit-events';
import type { AuditLog } from '../../src/security/audit';
import type { AuditGround } from '../security/audit-ground';
import { auditGround, event } from '../security/audit-ground';

let ground: AuditGround;
let log: AuditLog;
beforeAll(async () => {
  ground = await auditGround();
  let day = 0;
  log = await ground.open({ now: () => Date.UTC(2024, 0, (day += 1)) });
  for (let number = 0; number < 4; number += 1)
    await log.record(event(number, { action: 'authenticate', actor: { id: 'user123', kind: 'asserted', roles: [] } }));
  await log.record(event(5));
});
afterAll(async () => {
  await log.close();
  await ground.close();
});

test('events are found as the specification asks for them: by user and action, from one date on and before another', async () => {
  const asked = { userId: 'user123', action: 'authenticate', limit: 100 };
  const days = async (query: Parameters<typeof auditEvents>[1]): Promise<readonly string[]> =>
    (await auditEvents(log, query)).map(({ at }) => at.slice(8, 10));
  const first = (await days({ ...asked })).at(-1);
  expect(await days(asked)).toHaveLength(4);
  expect(await days({ ...asked, limit: 1 })).toHaveLength(1);
  const startDate = new Date(`2024-01-${first}T00:00:00Z`);
  const endDate = new Date(startDate.getTime() + 86_400_000);
  expect(await days({ ...asked, startDate, endDate })).toEqual([first]);
  expect(await days({})).toHaveLength(5);
});

test('a query that nobody can mean is refused with what is wrong', async () => {
  await expect(auditEvents(log, { limit: 0 })).rejects.toMatchObject({
    problem: { type: 'validation', errors: [{ pointer: '/limit' }] },
  });
  await expect(auditEvents(log, { startDate: 'yesterday' } as never)).rejects.toMatchObject({
    problem: { type: 'validation' },
  });
});
