/** Where keys come from, and what is refused as one. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config';
import { keyIdOf } from '../../src/encryption/key-ring';
import { findKeys, parseKey } from '../../src/encryption/key-source';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'omni-keys-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const configured = (env: Record<string, string>) => loadConfig({ OMNI_DATA_DIR: folder, ...env });
const key = randomBytes(32);

test('base64, base64url and hexadecimal are the same key', () => {
  const forms = [key.toString('base64'), key.toString('base64url'), key.toString('hex'), ` ${key.toString('hex')}\n`];
  for (const text of forms) expect(Buffer.from(parseKey('K', text))).toEqual(key);
});

test.each(['...', 'correct horse battery staple', key.subarray(1).toString('base64'), '', '0'.repeat(64)])(
  '%p is refused as a key, and not repeated',
  (text) => {
    const attempt = (): unknown => parseKey('ENCRYPTION_KEY', text);
    expect(attempt).toThrow('openssl rand -base64 32');
    if (text.length > 3) expect(attempt).not.toThrow(text);
  },
);

test('in development a key is made once, for its owner’s eyes alone, and only by those who may', () => {
  const config = configured({});
  expect(findKeys(config, { make: false })).toBeUndefined();
  const made = findKeys(config, { make: true });
  const file = path.join(folder, 'encryption.key');
  expect(made?.made).toBe(file);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const again = findKeys(config, { make: true });
  expect(again?.made).toBeUndefined();
  expect(again?.keys.primary).toBe(made?.keys.primary);
  expect(readFileSync(file, 'utf8')).not.toContain(made?.keys.primary);
});

test('production makes none, and names what is missing', () => {
  const production = { NODE_ENV: 'production', DATABASE_URL: 'postgres://a/b', TEMPORAL_ADDRESS: 'c:7233' };
  expect(() => loadConfig(production)).toThrow('ENCRYPTION_KEY: is required in production');
  const off = configured({ ...production, ENCRYPTION_ENABLED: 'false' });
  expect(findKeys(off, { make: true })).toBeUndefined();
});

test('the key in the environment wins over the file; old keys open', () => {
  const old = randomBytes(32);
  const config = configured({
    ENCRYPTION_KEY: key.toString('base64'),
    ENCRYPTION_OLD_KEYS: `${old.toString('hex')}, ${key.toString('hex')}`,
  });
  const { keys } = findKeys(config, { make: true }) ?? {};
  expect(keys).toMatchObject({ primary: keyIdOf(key), ids: [keyIdOf(key), keyIdOf(old)] });
});

test('a key file holds one key a line, the first of which encrypts; a faulty line is named by its number', () => {
  const file = path.join(folder, 'keys');
  const older = randomBytes(32);
  writeFileSync(file, `# newest first\n${key.toString('hex')}\n\n${older.toString('base64')}\n`);
  const config = configured({ ENCRYPTION_KEY_FILE: file });
  expect(findKeys(config, { make: true })?.keys.ids).toEqual([keyIdOf(key), keyIdOf(older)]);
  writeFileSync(file, `${key.toString('hex')}\nnot-a-key\n`);
  expect(() => findKeys(config, { make: true })).toThrow('Line 2 of');
  writeFileSync(file, '\n');
  expect(() => findKeys(config, { make: true })).toThrow('holds no key');
  expect(() => findKeys(configured({ ENCRYPTION_KEY_FILE: `${file}-gone` }), { make: true })).toThrow('cannot be read');
});

test('switched off, the keys that there are only open', () => {
  const { keys } =
    findKeys(configured({ ENCRYPTION_KEY: key.toString('hex'), ENCRYPTION_ENABLED: 'false' }), { make: true }) ?? {};
  expect(keys?.primary).toBeUndefined();
  expect(keys?.ids).toEqual([keyIdOf(key)]);
});
