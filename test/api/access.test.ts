/** Every route of the OpenAPI document against every role, the way in without a key and the way in with a wrong one. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ROUTE_ACCESS } from '../../src/security/access';
import { grants, ROLES } from '../../src/security/roles';
import type { Answer, Door } from './door';
import { openDoor } from './door';

const DEFINITION = `
name: Approval
version: 1.0.0
trigger: { payload: { mail: string, text: string } }
steps:
  - { name: keep, set: { mail: "\${trigger.payload.mail}" } }
  - { name: ask, waitFor: { signal: ok, from: [reviewer], form: { approved: boolean } } }
output: { approved: "\${steps.ask.output.approved}", mail: "\${trigger.payload.mail}" }
`;

let door: Door;
beforeAll(async () => {
  door = await openDoor({ providers: [], definitions: { 'approval.yaml': DEFINITION }, whole: true });
});
afterAll(() => door.close());

/** A request that gets past the permission and no further. */
async function knock(name: string, headers: Record<string, string>): Promise<Answer> {
  const [method = '', path = ''] = name.split(' ');
  const body = method === 'GET' ? undefined : { nonsense: true };
  return door.ask(method, path.replace(/\{\w+\}/g, 'nowhere'), body, { authorization: '', ...headers });
}

async function served(): Promise<readonly string[]> {
  const { body } = await door.ask('GET', '/openapi.json');
  return Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
}

test('the document lists every route of the table, and the table every route of the document', async () => {
  expect([...(await served())].sort()).toEqual(Object.keys(ROUTE_ACCESS).sort());
});

test('every route is 401 without a key and with a wrong one, 403 without the permission, and else neither', async () => {
  const wrong: string[] = [];
  const keys = await Promise.all(ROLES.map(async (role) => ({ role, headers: await door.as(`a-${role}`, [role]) })));
  for (const name of await served()) {
    const access = ROUTE_ACCESS[name];
    if (access === undefined) throw new Error(`${name} is not in the table`);
    const { status } = await knock(name, {});
    if ((status === 401) !== (access !== 'public')) wrong.push(`${name} for nobody: ${status}`);
    for (const { role, headers } of keys) {
      const answer = await knock(name, headers);
      const allowed = access === 'public' || grants([role], access);
      if (answer.status === 401 || (answer.status === 403) === allowed)
        wrong.push(`${name} for ${role}: ${answer.status}`);
      if (answer.status >= 500) wrong.push(`${name} for ${role}: ${answer.status} ${answer.text}`);
    }
  }
  expect(wrong).toEqual([]);
});

describe('somebody unknown', () => {
  test('learns of no address whether it exists, nor by which method', async () => {
    const none = { authorization: '' };
    for (const [method, path] of [
      ['GET', '/nothing'],
      ['DELETE', '/workflows'],
      ['GET', '/workflows/nowhere'],
    ] as const) {
      const { status, headers, body } = await door.ask(method, path, undefined, none);
      expect([path, status, headers.get('www-authenticate'), body.type]).toEqual([
        path,
        401,
        'Bearer realm="omni"',
        'authentication',
      ]);
    }
  });

  test('is told what a header has to look like, and that a key is not good', async () => {
    const strange = await door.ask('GET', '/workflows', undefined, { authorization: 'Basic abc' });
    expect([strange.status, strange.body.detail]).toEqual([401, expect.stringContaining('Bearer <key or token>')]);
    const made = await door.security.keys.create({ name: 'short', roles: ['viewer'], groups: [] }, 'test');
    const forged = `${made.key.slice(0, -1)}${made.key.endsWith('A') ? 'B' : 'A'}`;
    const wrong = await door.ask('GET', '/workflows', undefined, { authorization: `Bearer ${forged}` });
    expect([wrong.status, wrong.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer realm="omni", error="invalid_token"',
    ]);
    expect(wrong.text).not.toContain(forged);
    expect((await door.ask('GET', '/healthz', undefined, { authorization: `Bearer ${forged}` })).status).toBe(200);
  });
});

test('a key is made, shown once, seen in the list without its secret, used, and closed within two seconds when revoked', async () => {
  const made = await door.ask('POST', '/keys', { name: 'nightly runs', owner: 'cron', roles: ['operator'] });
  expect([made.status, made.headers.get('location')]).toEqual([201, `/keys/${made.body.id}`]);
  expect(made.body.key).toMatch(/^omni_[0-9a-v]{12}_[\w-]{43}$/);
  const headers = { authorization: `Bearer ${made.body.key}` };
  expect((await door.ask('GET', '/session', undefined, headers)).body).toMatchObject({
    id: 'cron',
    roles: ['operator'],
  });
  const listed = await door.ask('GET', '/keys');
  expect(listed.text).not.toContain(made.body.key);
  expect(listed.body.keys).toContainEqual(
    expect.objectContaining({ id: made.body.id, name: 'nightly runs', owner: 'cron', status: 'active' }),
  );
  expect((await door.ask('POST', '/keys', { name: 'x', roles: ['king'] })).status).toBe(400);
  expect((await door.ask('POST', `/keys/${made.body.id}/revoke`)).body.status).toBe('revoked');
  expect((await door.ask('GET', '/session', undefined, headers)).status).toBe(401);
  expect((await door.ask('GET', '/keys/nowhere')).status).toBe(404);
});

describe('a session', () => {
  const signIn = async (key: string) => {
    const { status, headers } = await door.ask('POST', '/session', undefined, { authorization: `Bearer ${key}` });
    const cookie = headers.get('set-cookie') ?? '';
    return { status, cookie, pair: cookie.split(';')[0] ?? '' };
  };

  test('is opened with a key, kept from scripts and other sites, changes things from pages of this API alone, and ends', async () => {
    const { status, cookie, pair } = await signIn(await door.keyOf('visitor', ['operator']));
    expect([status, cookie]).toEqual([201, expect.stringMatching(/; HttpOnly; SameSite=Strict; Path=\/; Expires=/)]);
    const own = { authorization: '', cookie: pair };
    expect((await door.ask('GET', '/session', undefined, own)).body).toMatchObject({ id: 'visitor' });
    const start = ['POST', '/workflows/nowhere/execute', {}] as const;
    expect((await door.ask(...start, own)).status).toBe(403);
    expect((await door.ask(...start, { ...own, origin: 'http://127.0.0.1:8233' })).status).toBe(403);
    expect((await door.ask(...start, { ...own, origin: door.url })).status).toBe(404);
    const left = await door.ask('DELETE', '/session', undefined, { ...own, origin: door.url });
    expect([left.status, left.headers.get('set-cookie')]).toEqual([204, expect.stringContaining('omni_session=;')]);
    expect((await door.ask('GET', '/session', undefined, own)).status).toBe(401);
  });

  test('ends with its key', async () => {
    const made = await door.security.keys.create({ name: 'brief', roles: ['viewer'], groups: [] }, 'test');
    const { pair } = await signIn(made.key);
    const own = { authorization: '', cookie: pair };
    expect((await door.ask('GET', '/workflows', undefined, own)).status).toBe(200);
    await door.security.keys.revoke(made.id);
    expect((await door.ask('GET', '/workflows', undefined, own)).status).toBe(401);
  });

  test('a browser is sent to sign in, and the page for it is there', async () => {
    const page = await fetch(`${door.url}/docs`, { headers: { accept: 'text/html' }, redirect: 'manual' });
    expect([page.status, page.headers.get('location')]).toEqual([303, '/sign-in?to=/docs']);
    const form = await fetch(`${door.url}/sign-in?to=/docs`, { redirect: 'manual' });
    expect([form.status, form.headers.get('location')]).toEqual([303, '/#/sign-in?to=%2Fdocs']);
    // What the page may load is said with it, and a door whose build is missing says so.
    const root = await fetch(`${door.url}/`);
    expect([200, 404]).toContain(root.status);
    if (root.status === 200)
      expect(root.headers.get('content-security-policy')).toMatch(/default-src 'none'.*script-src 'self'/);
  });
});

describe('what executions hold', () => {
  const mail = 'ana@example.com';
  let id: string;
  let task: string;
  beforeAll(async () => {
    const operator = await door.as('olga', ['operator', 'reviewer']);
    const started = await door.ask('POST', '/workflows/approval/execute', { payload: { mail, text: 't' } }, operator);
    if (started.status !== 202) throw new Error(started.text);
    id = started.body.executionId;
    task = Buffer.from(`${id}\nask`).toString('base64url');
    for (let look = 0; look < 100; look += 1) {
      const { status } = await door.ask('GET', `/tasks/${task}`);
      if (status === 200) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });

  test('is no answer for who asked for it, none for agents, and one for somebody else', async () => {
    const path = `/tasks/${task}/answer`;
    const answer = { data: { approved: true } };
    const own = await door.ask('POST', path, answer, await door.as('olga', ['operator', 'reviewer']));
    expect([own.status, own.body.detail]).toEqual([403, expect.stringContaining('somebody else has to answer')]);
    const agent = await door.ask('POST', path, answer, await door.as('bot', ['agent', 'reviewer']));
    expect([agent.status, agent.body.detail]).toEqual([403, expect.stringContaining('answered by people')]);
    const other = await door.ask('POST', path, answer, await door.as('rita', ['reviewer']));
    expect([other.status, other.body.answer]).toEqual([200, expect.objectContaining({ by: 'rita' })]);
    await door.executions.wait(id, AbortSignal.timeout(30_000));
  });

  test('is shown to operators, and to viewers as its shape alone', async () => {
    const seen = await door.ask('GET', `/executions/${id}`, undefined, await door.as('olga', ['operator', 'reviewer']));
    expect(seen.body.output).toEqual({ approved: true, mail });
    const viewer = await door.as('vera', ['viewer']);
    const masked = await door.ask('GET', `/executions/${id}`, undefined, viewer);
    expect(masked.body).toMatchObject({ status: 'completed', output: { approved: true, mail: '[hidden]' } });
    for (const path of [
      `/executions/${id}`,
      `/executions/${id}/steps/keep`,
      `/executions/${id}/events`,
      `/tasks/${task}`,
    ])
      expect((await door.ask('GET', path, undefined, viewer)).text).not.toContain(mail);
    expect((await door.ask('GET', `/executions/${id}/history`, undefined, viewer)).status).toBe(403);
  });
});

test('two callers do not meet in one Idempotency-Key', async () => {
  const key = { 'idempotency-key': `k-${Date.now()}` };
  const body = { payload: { mail: 'a@b.c', text: 't' } };
  const ids = [];
  for (const owner of ['ina', 'ivo', 'ina'])
    ids.push(
      (await door.ask('POST', '/workflows/approval/execute', body, { ...key, ...(await door.as(owner, ['operator'])) }))
        .body.executionId,
    );
  expect(ids[2]).toBe(ids[0]);
  expect(ids[1]).not.toBe(ids[0]);
});
