/** Agents over HTTP: registered, listed, looked at, told how they are. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Door } from './door';
import { openDoor } from './door';

let door: Door;
beforeAll(async () => {
  door = await openDoor({ providers: [], definitions: {} });
});
afterAll(() => door.close());

/** The one of the specification. */
const MANAGER = {
  id: 'manager-001',
  name: 'Workflow Manager',
  type: 'manager',
  capabilities: ['workflow_execution', 'task_distribution', 'monitoring'],
  maxConcurrency: 5,
  priority: 'high',
  config: { timeout: 300000, retries: 3 },
  metadata: { version: '1.0.0', environment: 'production' },
};
const BUSY = { status: 'busy', metadata: { currentTask: 'workflow-execution' } };

const register = (changes: object = {}) => door.ask('POST', '/agents', { ...MANAGER, ...changes });
const heard = (id: string, inFlight = 0) =>
  door.agents.registry.pulse(id, { owner: randomUUID(), build: '1.0.0', inFlight, draining: false });

describe('the examples of the specification', () => {
  test('register, list, show, set a status', async () => {
    const made = await register();
    expect([made.status, made.headers.get('location')]).toEqual([201, '/agents/manager-001']);
    expect(made.body).toMatchObject({ ...MANAGER, pool: 'default', version: 1, status: 'offline' });
    expect(made.body).not.toHaveProperty('heard');
    await heard('manager-001', 1);
    const { body } = await door.ask('GET', '/agents');
    expect(body.agents).toMatchObject([{ ...MANAGER, status: 'working', slots: { total: 5, used: 1, free: 4 } }]);
    const set = await door.ask('POST', '/agents/manager-001/status', BUSY);
    expect([set.status, set.body]).toMatchObject([
      200,
      { status: 'busy', derived: 'working', override: { ...BUSY, by: 'somebody' } },
    ]);
    const shown = await door.ask('GET', '/agents/manager-001');
    expect(shown.body).toMatchObject({
      status: 'busy',
      override: BUSY,
      heard: { build: '1.0.0' },
      working: [],
      figures: { completed: 0, failed: 0, costUsd: 0, approvals: { asked: 0, given: 0 } },
    });
    const over = await door.ask('POST', '/agents/manager-001/status', { status: 'idle' });
    expect(over.body.status).toBe('working');
    expect(over.body).not.toHaveProperty('override');
  });
});

describe('registering', () => {
  test('again is 200, and what is different counts from then on', async () => {
    await register({ id: 'm-again' });
    expect(await register({ id: 'm-again' })).toMatchObject({ status: 200, body: { version: 1 } });
    expect(await register({ id: 'm-again', maxConcurrency: 2 })).toMatchObject({
      status: 200,
      body: { version: 2, maxConcurrency: 2 },
    });
  });

  test('leaves a running agent on its queue', async () => {
    await register({ id: 'm-runs' });
    await heard('m-runs');
    const moved = await register({ id: 'm-runs', pool: 'gpu' });
    expect([moved.status, moved.body.detail]).toEqual([409, expect.stringContaining('Stop its process')]);
    expect((await register({ id: 'm-runs', maxConcurrency: 1 })).status).toBe(200);
  });

  test.each([
    ['/id', { id: 'a/b' }],
    ['/type', { type: 'Manager' }],
    ['/capabilities', { capabilities: [] }],
    ['/capabilities', { capabilities: ['a', 'a'] }],
    ['/maxConcurrency', { maxConcurrency: 0 }],
    ['/priority', { priority: 'urgent' }],
    ['/slots', { slots: 3 }],
    ['/name', { name: 'a\0' }],
    ['/config', { config: { deep: [{ 'a\0': 1 }] } }],
    ['/metadata', { metadata: { half: '\ud800' } }],
  ])('names %s where it is at fault', async (pointer, changes) => {
    const { status, body } = await register(changes);
    expect([status, body.errors]).toEqual([400, [expect.objectContaining({ pointer })]]);
  });
});

describe('a set status', () => {
  test('stands for fifteen minutes, or as long as is said, a day at most', async () => {
    await register({ id: 'm-set' });
    const leftMs = async (expiresIn?: string): Promise<number> => {
      const body = { status: 'paused', ...(expiresIn === undefined ? {} : { expiresIn }) };
      const { until } = (await door.ask('POST', '/agents/m-set/status', body)).body.override as { until: string };
      return Date.parse(until) - Date.now();
    };
    expect(Math.abs((await leftMs()) - 900_000)).toBeLessThan(60_000);
    expect(Math.abs((await leftMs('12h')) - 43_200_000)).toBeLessThan(60_000);
    for (const expiresIn of ['25h', 'soon', '0s'])
      expect(await door.ask('POST', '/agents/m-set/status', { status: 'paused', expiresIn })).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/expiresIn' }] },
      });
  });

  test('is an agent’s own to say, or an operator’s', async () => {
    await register({ id: 'm-own' });
    const say = async (owner: string, role: 'agent' | 'operator' | 'viewer') =>
      door.ask('POST', '/agents/m-own/status', BUSY, await door.as(owner, [role]));
    expect(await say('m-own', 'agent')).toMatchObject({ status: 200, body: { override: { by: 'm-own' } } });
    const other = await say('m-other', 'agent');
    expect([other.status, other.body.detail]).toEqual([403, expect.stringContaining('a key whose owner is m-own')]);
    expect((await say('ada', 'operator')).status).toBe(200);
    expect((await say('eve', 'viewer')).status).toBe(403);
  });
});

describe('finding', () => {
  test('by type and status, page by page', async () => {
    for (const id of ['page-a', 'page-B', 'page-c']) await register({ id, type: 'paged' });
    await heard('page-B');
    const ids = async (query: string): Promise<[string[], string | undefined]> => {
      const { body } = await door.ask('GET', `/agents?type=paged&${query}`);
      return [(body.agents as { id: string }[]).map(({ id }) => id), body.next as string | undefined];
    };
    expect(await ids('limit=2')).toEqual([['page-B', 'page-a'], 'page-a']);
    expect(await ids('limit=2&cursor=page-a')).toEqual([['page-c'], undefined]);
    expect(await ids('status=idle')).toEqual([['page-B'], undefined]);
    for (const query of ['status=asleep', 'type=%00', 'limit=0'])
      expect((await door.ask('GET', `/agents?${query}`)).status).toBe(400);
  });

  test('one that there is not is 404 with those that there are, and how to register one', async () => {
    await register({ id: 'a-first' });
    for (const [method, path] of [
      ['GET', '/agents/nobody'],
      ['POST', '/agents/nobody/status'],
      ['GET', '/agent-metrics?agent=nobody'],
    ] as const) {
      const { status, body } = await door.ask(method, path, method === 'POST' ? BUSY : undefined);
      expect([status, body.detail]).toEqual([404, expect.stringMatching(/There are a-first, .*POST \/agents/)]);
    }
  });
});

test('figures of an agent that has done nothing are zero, and a window that is none is refused', async () => {
  await register({ id: 'm-new' });
  const { body } = await door.ask('GET', '/agent-metrics?agent=m-new&within=1h');
  expect(body).toEqual({
    withinMs: 3_600_000,
    agents: [expect.objectContaining({ id: 'm-new', completed: 0 })],
    types: [],
  });
  expect((await door.ask('GET', '/agent-metrics')).body).toEqual({ withinMs: 86_400_000, agents: [], types: [] });
  expect((await door.ask('GET', '/agent-metrics?within=long')).status).toBe(400);
});
