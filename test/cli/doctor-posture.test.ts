/** What `omni doctor` says of the posture, with a real database and real files. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { checkApiAddress, checkDatabaseAddress, checkTemporalAddress } from '../../src/cli/doctor-addresses';
import { checkProduction, posture } from '../../src/cli/doctor-posture';
import type { Environment } from '../../src/config';
import { loadConfig } from '../../src/config';
import { keyIdOf } from '../../src/encryption/key-ring';
import { makeFirstKeys } from '../../src/security/first-keys';
import { freePort } from '../../src/store/port';
import type { AuditGround } from '../security/audit-ground';
import { auditGround, event } from '../security/audit-ground';

const YEAR_MS = 366 * 24 * 60 * 60 * 1000;
const secret = {
  encryption: randomBytes(32).toString('base64'),
  old: randomBytes(32).toString('hex'),
  audit: randomBytes(32).toString('hex'),
  admin: randomBytes(32).toString('base64url'),
};
const idOf = (text: string, form: BufferEncoding): string => keyIdOf(Buffer.from(text, form));

let ground: AuditGround;
let dataDir: string;
let env: Record<string, string>;
beforeAll(async () => {
  ground = await auditGround();
  dataDir = mkdtempSync(path.join(tmpdir(), 'omni-posture-'));
  env = { DATABASE_URL: ground.url, OMNI_DATA_DIR: dataDir, PORT: String(await freePort()) };
});
afterAll(async () => {
  await ground.close();
  rmSync(dataDir, { recursive: true });
});

const look = async (more: Environment = {}, now = Date.now()) => {
  const all = { ...env, ...more };
  const findings = await posture({ config: loadConfig(all), env: all, now });
  return (name: string) => findings.find((one) => one.name === name);
};

test('an address that others reach must be safe, or is wrong with what makes it so', () => {
  const api = (more: Environment) => checkApiAddress(loadConfig(more));
  expect(api({})).toMatchObject({ status: 'ok', detail: expect.stringContaining('http://127.0.0.1:3000') });
  expect(api({ HOST: '0.0.0.0' })).toMatchObject({ status: 'wrong', next: expect.stringContaining('TLS_CERT_FILE') });
  const behind = { HOST: '0.0.0.0', BEHIND_PROXY: 'true' };
  expect(api(behind)).toMatchObject({ status: 'note', next: expect.stringContaining('OMNI_PUBLIC_HOSTS') });
  expect(api({ ...behind, OMNI_PUBLIC_HOSTS: 'omni.example.com' })).toMatchObject({ status: 'ok' });
});

test('Temporal and the database in clear beyond this machine are noted', () => {
  const temporal = (more: Environment) => checkTemporalAddress(loadConfig(more));
  expect(temporal({})).toMatchObject({ status: 'ok', detail: expect.stringContaining('127.0.0.1:7233') });
  expect(temporal({ TEMPORAL_ADDRESS: 'temporal.example.com:7233' })).toMatchObject({ status: 'note' });
  expect(temporal({ TEMPORAL_ADDRESS: 'a.example.com:7233', TEMPORAL_API_KEY: 'k' })).toMatchObject({ status: 'ok' });
  const database = (url: string) => checkDatabaseAddress(loadConfig({ DATABASE_URL: url }));
  expect(database('postgres://u:topsecret@db.example.com/omni').status).toBe('note');
  expect(database('postgres://u:topsecret@db.example.com/omni?sslmode=verify-full').status).toBe('ok');
  expect(JSON.stringify(database('postgres://u:topsecret@db.example.com/omni'))).not.toContain('topsecret');
});

test('what production lacks is the list of its own start, on one line', () => {
  const { status, detail } = checkProduction({ DATABASE_URL: 'postgres://a/b' });
  expect([status, detail]).toEqual([
    'note',
    'is missing: TEMPORAL_ADDRESS, ENCRYPTION_KEY (or ENCRYPTION_KEY_FILE, or ENCRYPTION_ENABLED=false), OMNI_ADMIN_KEY (or AUTH_ISSUER), AUDIT_KEY',
  ]);
  expect(checkProduction({ NODE_ENV: 'production' }).status).toBe('wrong');
  const all = {
    DATABASE_URL: 'postgres://a/b',
    TEMPORAL_ADDRESS: 'c:7233',
    ENCRYPTION_KEY: secret.encryption,
    AUDIT_KEY: secret.audit,
    OMNI_ADMIN_KEY: secret.admin,
  };
  expect(checkProduction(all)).toEqual({ status: 'ok', detail: 'nothing is missing' });
});

test('admin keys are counted with the age of the oldest, and a key file that others may read is wrong', async () => {
  expect((await look())('Authentication')).toMatchObject({ status: 'ok', detail: expect.stringMatching(/^0 keys/) });
  const keys = await makeFirstKeys(ground.store.apiKeys);
  const found = (await look())('Authentication');
  expect(found).toMatchObject({
    status: 'ok',
    detail: expect.stringMatching(/^2 keys .*, 1 of admins, .*\(0 days\)$/),
  });
  expect((await look({}, Date.now() + YEAR_MS))('Authentication')).toMatchObject({
    status: 'note',
    detail: expect.stringContaining('(366 days)'),
    next: expect.stringContaining('omni keys create'),
  });
  const file = path.join(dataDir, 'admin.key');
  writeFileSync(file, keys?.admin ?? '');
  chmodSync(file, 0o644);
  expect((await look())('Authentication')).toMatchObject({ status: 'wrong', next: expect.stringContaining(file) });
  chmodSync(file, 0o600);
  expect((await look())('Authentication')?.status).toBe('ok');
});

test('an API that runs and asks nobody for a key is noted', async () => {
  const api = createServer((_, response) => response.setHeader('X-Omni-Insecure', 'no-auth').end()).listen(
    Number(env['PORT']),
    '127.0.0.1',
  );
  await once(api, 'listening');
  expect((await look())('Authentication')).toMatchObject({
    status: 'note',
    detail: expect.stringMatching(/^nobody: .*--insecure-no-auth/),
  });
  await new Promise((resolve) => {
    api.close(resolve);
    api.closeAllConnections();
  });
});

test('encryption is told with ids, place and age of the key, and a key that values here need is missed by its id', async () => {
  expect((await look())('Encryption')).toMatchObject({ status: 'ok', detail: expect.stringContaining('no key yet') });
  const [id, old] = [idOf(secret.encryption, 'base64'), idOf(secret.old, 'hex')];
  const given = { ENCRYPTION_KEY: secret.encryption, ENCRYPTION_OLD_KEYS: secret.old };
  expect((await look(given))('Encryption')?.detail).toContain('not used here yet');
  for (const one of [old, id]) await ground.store.encryptionKeys.note(one, new Date(0));
  expect((await look(given))('Encryption')).toMatchObject({
    status: 'ok',
    detail: expect.stringMatching(
      new RegExp(`^on, with the key ${id} from ENCRYPTION_KEY, in use since .*\\(0 days\\)\\nopens with ${old} too$`),
    ),
  });
  const alone = { ENCRYPTION_KEY: secret.encryption };
  expect((await look(alone))('Encryption')).toMatchObject({ status: 'wrong', detail: expect.stringContaining(old) });
  const withdrawn = await look({ ...alone, ENCRYPTION_WITHDRAWN_KEYS: old });
  expect(withdrawn('Encryption')).toMatchObject({ status: 'ok', detail: expect.stringContaining(`withdrawn: ${old}`) });
  expect((await look({ ...given, ENCRYPTION_ENABLED: 'false' }))('Encryption')?.status).toBe('note');
  expect((await look({ ENCRYPTION_KEY: 'a pass phrase' }))('Encryption')).toMatchObject({ status: 'wrong' });
});

test('the audit log is told with its key, its second place and how its rows are protected', async () => {
  expect((await look())('Audit log')).toMatchObject({ status: 'ok', detail: expect.stringContaining('no key yet') });
  const log = await ground.open();
  await log.record(event(1));
  await log.close();
  const given = { AUDIT_KEY: secret.audit, AUDIT_HEAD_FILE: ground.headFile };
  expect((await look(given))('Audit log')?.detail).toMatch(
    /^sealed with the key [0-9a-f]{8} from AUDIT_KEY\nseals go to .*; row 1 exported last, .*\n.*database/,
  );
});

test('no secret is printed, and without a database the rest is told even so', async () => {
  const all = {
    ...env,
    ENCRYPTION_KEY: secret.encryption,
    ENCRYPTION_OLD_KEYS: secret.old,
    AUDIT_KEY: secret.audit,
    OMNI_ADMIN_KEY: secret.admin,
  };
  const there = await posture({ config: loadConfig(all), env: all, now: Date.now() });
  const away = { ...all, DATABASE_URL: `postgres://omni:topsecret@127.0.0.1:${await freePort()}/omni` };
  const gone = await posture({ config: loadConfig(away), env: away, now: Date.now() });
  expect(gone.map(({ name }) => name)).toEqual(there.map(({ name }) => name));
  const text = JSON.stringify([there, gone]);
  const password = new URL(ground.url).password;
  for (const one of [...Object.values(secret), 'topsecret', ...(password === '' ? [] : [password])])
    expect(text).not.toContain(one);
});
