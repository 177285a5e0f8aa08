/** Who is found behind what is shown. */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { COMMAND_ACCESS, LIBRARY_ACCESS, ROUTE_ACCESS } from '../../src/security/access';
import { withAccessTable } from '../../src/security/access-table';
import { makeFirstKeys } from '../../src/security/first-keys';
import { isLoopback } from '../../src/monitoring/host-names';
import { refuseUnsafe } from '../../src/security/posture';
import { grants, isPermission, PERMISSIONS, ROLES } from '../../src/security/roles';
import { createSecurity } from '../../src/security/security';
import { createTokenVerifier } from '../../src/security/token';
import type { ApiKeyTable, NewApiKey, StoredApiKey } from '../../src/store/api-key-table';
import type { Store } from '../../src/store/store';
import { testStore } from '../support';

let store: Store;
beforeAll(async () => {
  store = await testStore();
});
afterAll(() => store.close());

const address = '192.0.2.1';

describe('a key', () => {
  test('is good until it expires, and then no more', async () => {
    let now = Date.now();
    const security = createSecurity({ store, now: () => now });
    const expiresAt = new Date(now + 60_000).toISOString();
    const { key } = await security.keys.create(
      { name: 'short', roles: ['viewer'], groups: ['teacher'], expiresAt },
      'test',
    );
    expect(await security.identify({ bearer: key, address })).toEqual({
      caller: { id: 'short', kind: 'key', keyId: expect.any(String), roles: ['viewer'], groups: ['teacher'] },
    });
    now += 61_000;
    await expect(security.identify({ bearer: key, address })).rejects.toMatchObject({
      problem: { type: 'authentication' },
    });
  });

  test('that the operator has chosen is an admin without any table', async () => {
    const adminKey = 'chosen-by-the-operator-and-long-enough';
    const security = createSecurity({ store, now: Date.now, adminKey });
    expect((await security.identify({ bearer: adminKey, address }))?.caller).toMatchObject({
      id: 'admin',
      roles: ['admin'],
    });
  });

  test('that the operator has chosen opens sessions too, which end when he chooses another one', async () => {
    const chosen = { store, now: Date.now, adminKey: 'chosen by the operator, long enough' };
    const security = createSecurity(chosen);
    const found = await security.identify({ bearer: chosen.adminKey, address });
    if (found === undefined) throw new Error('nobody was found');
    const { word: session } = await security.sessions.open(found.caller);
    expect((await createSecurity(chosen).identify({ session, address }))?.caller).toEqual({
      ...found.caller,
      session: true,
    });
    for (const other of [{ adminKey: 'chosen by the operator, another one' }, { adminKey: undefined }]) {
      const { adminKey, ...rest } = { ...chosen, ...other };
      const after = createSecurity({ ...rest, ...(adminKey === undefined ? {} : { adminKey }) });
      await expect(after.identify({ session, address })).rejects.toMatchObject({ problem: { type: 'authentication' } });
    }
  });

  test('a database that does not answer is 503, not a wrong key', async () => {
    const apiKeys = { find: () => Promise.reject(new Error('password of the database')) } as unknown as ApiKeyTable;
    const security = createSecurity({ store: { ...store, apiKeys }, now: Date.now });
    const bearer = `omni_${'a'.repeat(12)}_${'b'.repeat(43)}`;
    const refused = security.identify({ bearer, address });
    await expect(refused).rejects.toMatchObject({ problem: { type: 'provider-unavailable' } });
    await expect(refused).rejects.not.toThrow(/password/);
  });
});

test('ten wrong keys a minute, then 429 for the address; a right key is not kept out by guesses at it from elsewhere', async () => {
  let now = Date.now();
  const security = createSecurity({ store, now: () => now });
  const { key, id } = await security.keys.create({ name: 'owned', roles: ['viewer'], groups: [] }, 'test');
  const guess = (from: string) =>
    security.identify({ bearer: `omni_${id}_${'x'.repeat(43)}`, address: from }).catch((error: unknown) => error);
  for (let i = 0; i < 10; i += 1) expect(await guess('a')).toMatchObject({ problem: { type: 'authentication' } });
  expect(await guess('a')).toMatchObject({ problem: { type: 'rate-limited' }, retryAfterMs: expect.any(Number) });
  expect(await guess('b')).toMatchObject({ problem: { type: 'rate-limited' } });
  expect((await security.identify({ bearer: key, address: 'c' }))?.caller.id).toBe('owned');
  await expect(security.identify({ bearer: key, address: 'a' })).rejects.toMatchObject({
    problem: { type: 'rate-limited' },
  });
  now += 61_000;
  expect((await security.identify({ bearer: key, address: 'a' }))?.caller.id).toBe('owned');
});

test('of processes that start together on a new database one makes the first keys; the last admin key stays', async () => {
  const rows: StoredApiKey[] = [];
  const table = {
    addFirst: (keys: readonly NewApiKey[]) => {
      if (rows.length > 0) return Promise.resolve(false);
      rows.push(...keys.map((key) => ({ ...key, createdAt: new Date(), revokedAt: null, lastUsedAt: null })));
      return Promise.resolve(true);
    },
  } as unknown as ApiKeyTable;
  const made = await Promise.all([makeFirstKeys(table), makeFirstKeys(table)]);
  expect(made.filter((one) => one !== undefined)).toHaveLength(1);
  expect(rows.map(({ roles }) => roles)).toEqual([['admin'], ['reviewer']]);
  expect(await makeFirstKeys(store.apiKeys)).toBeUndefined();
});

describe('a token', () => {
  const issuer = 'https://login.example';
  let jwksUrl: string;
  let sign: (claims: object, changes?: { issuer?: string; expires?: string; subject?: string }) => Promise<string>;
  let close: () => void;
  beforeAll(async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' };
    const server = createServer((_, response) => response.end(JSON.stringify({ keys: [jwk] })));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
    close = () => server.close();
    sign = (claims, { issuer: by = issuer, expires = '5m', subject = 'ana' } = {}) =>
      new SignJWT({ ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setIssuer(by)
        .setAudience('omni')
        .setSubject(subject)
        .setExpirationTime(expires)
        .sign(privateKey);
  });
  afterAll(() => close());
  const verifier = (changes = {}) =>
    createTokenVerifier({ issuer, audience: 'omni', jwksUrl, rolesClaim: 'roles', roleMap: {}, ...changes });

  test('speaks for its subject, with our roles among its own and the rest as groups', async () => {
    expect(await verifier()(await sign({ roles: ['operator', 'teacher'] }))).toMatchObject({
      caller: { id: 'ana', kind: 'token', roles: ['operator'], groups: ['teacher'] },
      expiresAt: expect.any(Date),
    });
  });

  test('has its words turned into roles, wherever they stand', async () => {
    const verify = verifier({ rolesClaim: 'realm_access.roles', roleMap: { platform: 'admin' } });
    const { caller } = await verify(await sign({ realm_access: { roles: ['platform', 'admin'] } }));
    expect(caller).toMatchObject({ roles: ['admin'], groups: ['admin'] });
    const text = await verifier({ rolesClaim: 'scope' })(await sign({ scope: 'viewer openid' }));
    expect(text.caller.roles).toEqual(['viewer']);
    expect(() => verifier({ roleMap: { a: 'king' } })).toThrow('king, which is no role');
  });

  test.each([
    ['of another issuer', () => sign({}, { issuer: 'https://evil.example' }), 'authentication'],
    ['that has expired', () => sign({}, { expires: '-5m' }), 'authentication'],
    [
      'without a signature',
      () => Promise.resolve(`${btoa('{"alg":"none"}')}.${btoa('{"sub":"ana"}')}.`),
      'authentication',
    ],
    ['that is garbage', () => Promise.resolve('garbage'), 'authentication'],
  ])('%s is refused', async (_, token, type) => {
    await expect(verifier()(await token())).rejects.toMatchObject({ problem: { type } });
  });

  test('that was tampered with is refused, and one whose issuer cannot be asked is 503', async () => {
    const [head = '', , tail = ''] = (await sign({})).split('.');
    const forged = [head, Buffer.from('{"sub":"root","roles":["admin"]}').toString('base64url'), tail].join('.');
    await expect(verifier()(forged)).rejects.toMatchObject({ problem: { type: 'authentication' } });
    const away = verifier({ jwksUrl: 'http://127.0.0.1:9/jwks' });
    await expect(away(await sign({}))).rejects.toMatchObject({ problem: { type: 'provider-unavailable' } });
  });
});

describe('an unsafe way to serve', () => {
  const safe = { host: '127.0.0.1', behindProxy: false, insecure: false, environment: 'development' };
  test.each([
    [{ host: '0.0.0.0' }, /TLS_CERT_FILE and TLS_KEY_FILE, or BEHIND_PROXY=true/],
    [{ host: '0.0.0.0', insecure: true, behindProxy: true }, /loopback only/],
    [{ host: '::', insecure: true, tls: {} }, /loopback only/],
    [{ insecure: true, behindProxy: true }, /BEHIND_PROXY/],
    [{ insecure: true, environment: 'production' }, /production/],
  ])('%j is refused with the settings that mend it', (changes, message) => {
    expect(() => refuseUnsafe({ ...safe, ...changes })).toThrow(message);
  });

  test('and others are not', () => {
    for (const changes of [{}, { insecure: true }, { host: '0.0.0.0', behindProxy: true }, { host: '::', tls: {} }])
      expect(() => refuseUnsafe({ ...safe, ...changes })).not.toThrow();
    expect(['127.0.0.1', '127.8.0.1', 'localhost', '[::1]', '::1'].filter((host) => !isLoopback(host))).toEqual([]);
    expect(
      ['0.0.0.0', '::', '10.0.0.1', 'localhost.evil.example', '127.0.0.1.evil.example'].filter(isLoopback),
    ).toEqual([]);
  });
});

test('docs/security.md holds the matrix that `node scripts/security.mjs` writes', () => {
  const page = readFileSync(path.join(__dirname, '../../docs/security.md'), 'utf8');
  const bare = (text: string): string => text.replace(/-{3,}/g, '---').replace(/ +/g, ' ');
  expect(bare(page)).toBe(bare(withAccessTable(page)));
});

test('every command that asks a server, and every call of the library, is in the table', () => {
  const page = readFileSync(path.join(__dirname, '../../docs/library.md'), 'utf8');
  const calls = [...page.matchAll(/^\| `(get\w+\(\)\.\w+)`/gm)].map(([, call]) => call);
  expect(Object.keys(LIBRARY_ACCESS).sort()).toEqual(calls.sort());
  const commands = readdirSync(path.join(__dirname, '../../src/cli')).filter((file) =>
    readFileSync(path.join(__dirname, '../../src/cli', file), 'utf8').includes('.option(...SERVER_OPTION)'),
  );
  const named = new Set(
    Object.keys(COMMAND_ACCESS).flatMap((name) =>
      [...name.split(' '), name.split(' ').slice(0, 2).join('-')].map((word) => `${word}.ts`),
    ),
  );
  expect(commands.filter((file) => !named.has(file))).toEqual([]);
  expect(commands.length).toBeGreaterThan(5);
});

test('the table names permissions that there are; agents may do nothing to executions, and nobody but admins makes keys', () => {
  expect(Object.values(ROUTE_ACCESS).filter((access) => access !== 'public' && !isPermission(access))).toEqual([]);
  expect(Object.keys(PERMISSIONS).filter((one) => isPermission(one) && grants(['agent'], one))).toEqual([
    'agent:read',
    'agent:report',
    'agent:message',
    'docs:read',
    'session:own',
  ]);
  expect(ROLES.filter((role) => grants([role], 'key:manage'))).toEqual(['admin']);
});
