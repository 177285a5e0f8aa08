/** Claims about what requests leave in the audit log, on an express app of the test's own. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import express from 'express';
import type { Request } from 'express';
import { audited, createLooks, recordDenial } from '../../api/audit';
import type { AuditedCall } from '../../api/audit';
import { problemHandler } from '../../api/problem';
import { OmniError } from '../../src/plan/problem';
import type { AuditEvent, AuditLog } from '../../src/security/audit';
import type { AuditGround } from '../security/audit-ground';
import { auditGround } from '../security/audit-ground';
import { quiet } from '../support';

let ground: AuditGround;
let log: AuditLog;
let url: string;
let acted: string[] = [];
const server = createServer();

beforeAll(async () => {
  ground = await auditGround();
  log = await ground.open();
  const parts = { audit: { ...log, record: (event: AuditEvent) => log.record(event) }, logger: quiet };
  const app = express();
  app.use((request, _response, next) => {
    request.id = 'request-1';
    next();
  });
  app.post('/things/:name/:act', async (request, response) => {
    const call: AuditedCall = {
      actor: { id: 'key-1', kind: 'key', roles: ['operator'] },
      action: 'thing.act',
      route: { method: 'post', path: '/things/{name}/{act}' },
      request,
    };
    const { act } = request.params;
    if (act === 'forbidden') {
      const denial = new OmniError('authorization', 'An operator may not.');
      await recordDenial(parts, call, denial);
      throw denial;
    }
    const answer = await audited(parts, call, () => {
      acted.push(act);
      if (act === 'break') throw new OmniError('conflict', 'Somebody was faster.');
      return Promise.resolve(act === 'refuse' ? { status: 404 } : { body: { done: true } });
    });
    response.status(answer.status ?? 200).json(answer.body ?? {});
  });
  app.use(problemHandler(quiet));
  server.on('request', app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/things/one`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await log.close();
  await ground.close();
});
beforeEach(() => {
  acted = [];
});

async function post(act: string): Promise<number> {
  return (await fetch(`${url}/${act}`, { method: 'POST' })).status;
}

/** The newest first. */
async function outcomes(): Promise<readonly unknown[]> {
  return (await log.list({ limit: 2 })).events.map(({ outcome, reason, details }) => [
    outcome,
    reason,
    details?.['status'],
  ]);
}

test('a call that was let through leaves one row, written before it acted', async () => {
  expect(await post('run')).toBe(200);
  expect((await log.list({ limit: 1 })).events).toMatchObject([
    {
      actor: { id: 'key-1', kind: 'key', roles: ['operator'] },
      action: 'thing.act',
      resource: { kind: 'things', id: 'one/run' },
      outcome: 'allowed',
      requestId: 'request-1',
      address: '127.0.0.1',
      details: { method: 'POST', route: '/things/{name}/{act}' },
    },
  ]);
  expect(acted).toEqual(['run']);
});

test('a call that fails or answers with a refusal leaves a second row that says so', async () => {
  expect(await post('break')).toBe(409);
  expect(await outcomes()).toEqual([
    ['failed', 'conflict', 409],
    ['allowed', undefined, undefined],
  ]);
  expect(await post('refuse')).toBe(404);
  expect(await outcomes()).toEqual([
    ['failed', 'refused', 404],
    ['allowed', undefined, undefined],
  ]);
});

test('a call that was not let through leaves one row, and does nothing', async () => {
  expect(await post('forbidden')).toBe(403);
  expect((await outcomes())[0]).toEqual(['denied', 'authorization', 403]);
  expect(acted).toEqual([]);
});

test('a call whose row cannot be written does nothing and is answered with 503', async () => {
  await ground.tamper('ALTER TABLE audit RENAME TO away');
  try {
    expect(await post('run')).toBe(503);
    expect(await post('forbidden')).toBe(403);
  } finally {
    await ground.tamper('ALTER TABLE away RENAME TO audit');
  }
  expect(acted).toEqual([]);
  expect(await post('run')).toBe(200);
});

test('a look is noted once a minute for each caller and place', () => {
  let now = 0;
  const isNew = createLooks(() => now);
  const call = {
    actor: { id: 'key-1', kind: 'key', roles: [] },
    action: 'thing:reveal',
    route: { method: 'get', path: '/things/{name}' },
    request: { params: { name: 'a' } } as unknown as Request,
  } as const;
  const other = { ...call, actor: { ...call.actor, id: 'somebody else' } };
  expect([isNew(call), isNew(call), isNew(other)]).toEqual([true, false, true]);
  now += 61_000;
  expect(isNew(call)).toBe(true);
});
