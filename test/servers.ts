/** The servers of the whole test run, as test files reach them. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PayloadCodec } from '@temporalio/common';
import { pino } from 'pino';
import type { Config } from '../src/config';
import { loadConfig } from '../src/config';
import type { KeyRing } from '../src/encryption/key-ring';
import { createKeyRing } from '../src/encryption/key-ring';
import { parseKey } from '../src/encryption/key-source';
import type { AuditLog } from '../src/security/audit';
import { auditKey, ringOf } from '../src/security/audit-keys';
import { openAuditLog } from '../src/security/audit-log';
import type { Settings } from '../src/settings/settings';
import { openSettings } from '../src/settings/settings';
import type { Store } from '../src/store/store';
import { openStore } from '../src/store/store';
import { clientCodec } from '../src/temporal/payload-codec';

/** Workflows that differ from ours in one thing; what it is, their files in test/integration/variants say. */
type Variant = 'broken' | 'continuing' | 'reordered' | 'sometimes';

/** Asks jest's own process for a server's address or the bundle's path. */
async function ground(what: 'temporal' | 'database' | 'bundle' | `bundle/${Variant}`): Promise<string> {
  const response = await fetch(`${process.env['TEST_GROUND']}/${what}`);
  const text = await response.text();
  if (!response.ok) throw new Error(`The test ground could not give ${what}:\n${text}`);
  return text;
}

/** URL of the run's PostgreSQL, with the newest schema. */
export const testDatabaseUrl = (): Promise<string> => ground('database');

/** `host:port` of the run's Temporal server. */
export const testTemporalAddress = (): Promise<string> => ground('temporal');

/** Path of the bundled workflows. */
export const testBundlePath = (): Promise<string> => ground('bundle');

/** The same of a variant. */
export const testVariantPath = (variant: Variant): Promise<string> => ground(`bundle/${variant}`);

/** The run's database; close it after the tests. */
export async function testStore(keys?: KeyRing): Promise<Store> {
  return openStore(await testDatabaseUrl(), keys);
}

/** For platforms on the run's database: each would make a key of its own, and miss those of the others. */
export const TEST_ENCRYPTION_KEY = createHash('sha256').update('the key of this test run').digest('base64');

/** Settings as a process of the run knows them; close them before the store. */
export function testSettings(
  { settings }: Pick<Store, 'settings'>,
  config: Pick<Config, 'featureFlags' | 'settings'> = loadConfig({}),
): Promise<Settings> {
  return openSettings({ config, table: settings, logger: pino({ level: 'silent' }), countUnusable: () => undefined });
}

/** One for all, because the run's database has one audit log. */
export const TEST_AUDIT_KEY = Buffer.alloc(32, 'audit').toString('hex');
const AUDIT_KEYS = ringOf([auditKey(Buffer.from(TEST_AUDIT_KEY, 'hex'))]);

/** The audit log as a process of the run writes it; close it before the store. */
export async function testAudit({ audit: table }: Pick<Store, 'audit'>): Promise<AuditLog> {
  const folder = mkdtempSync(path.join(tmpdir(), 'omni-audit-'));
  const headFile = path.join(folder, 'heads.jsonl');
  const log = await openAuditLog({ table, keys: AUDIT_KEYS, headFile, logger: pino({ level: 'silent' }) });
  return {
    ...log,
    async close() {
      await log.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What platforms with that key encrypt and open. */
export function testCodec(): { readonly keys: KeyRing; readonly codec: PayloadCodec } {
  const keys = createKeyRing({ keys: [parseKey('the test run', TEST_ENCRYPTION_KEY)] });
  return { keys, codec: clientCodec({ keys, namespace: 'default' }) };
}
