/** The posture that `omni doctor` prints: what is bound where, who is let in, what is encrypted and sealed with which keys, what production lacks. */
import { statSync } from 'node:fs';
import path from 'node:path';
import type { Config, Environment } from '../config';
import { loadConfig } from '../config';
import { findKeys } from '../encryption/key-source';
import { OmniError } from '../plan/problem';
import { AUDIT_KEY_FILE, auditKeys } from '../security/audit-keys';
import { lastHead } from '../security/audit-heads';
import { ADMIN_KEY_FILE, REVIEWER_KEY_FILE } from '../security/first-keys';
import { runningPostgresUrl } from '../store/local-postgres';
import type { Store } from '../store/store';
import { openStore } from '../store/store';
import { checkApiAddress, checkDatabaseAddress, checkTemporalAddress, checkWorkerAddress } from './doctor-addresses';
import type { Answer, Finding } from './finding';
import { messageOf, note, ok, wrong } from './finding';
import { plural } from './terminal';

const DAY_MS = 24 * 60 * 60 * 1000;
const OLD_KEY_MS = 365 * DAY_MS;

type Tables = Pick<Store, 'apiKeys' | 'encryptionKeys' | 'audit'>;

export interface PostureParts {
  readonly config: Config;
  readonly env: Environment;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Holds no secret: keys are named by their ids. What the database would tell is left out, and said to be, where none answers. */
export async function posture({ config, env, now }: PostureParts): Promise<readonly Finding[]> {
  const store = await reachable(config);
  try {
    return [
      { name: 'API address', ...checkApiAddress(config) },
      { name: 'Worker address', ...checkWorkerAddress(config) },
      { name: 'Temporal address', ...checkTemporalAddress(config) },
      { name: 'Database address', ...checkDatabaseAddress(config) },
      { name: 'Authentication', ...(await checkAuthentication(config, { tables: store, now })) },
      { name: 'Encryption', ...(await checkEncryption(config, { tables: store, now })) },
      { name: 'Audit log', ...(await checkAudit(config, { tables: store, now })) },
      { name: 'For production', ...checkProduction(env) },
    ];
  } finally {
    await store?.close();
  }
}

/** What the API would name if it were started in production with these settings: the very list of `loadConfig`. */
export function checkProduction(env: Environment): Answer {
  try {
    loadConfig({ ...env, NODE_ENV: 'production' }, { api: true });
    return ok('nothing is missing');
  } catch (error) {
    if (!(error instanceof OmniError) || !Array.isArray(error.problem.data)) throw error;
    const lacking = error.problem.data.map((fault) => String(fault).replace(': is required in production', ''));
    const detail = `is missing: ${lacking.join(', ')}`;
    const next = 'See docs/environment.md.';
    return env['NODE_ENV'] === 'production' ? wrong(detail, next) : note(detail, next);
  }
}

interface Looking {
  /** Absent: no database answers. */
  readonly tables: Tables | undefined;
  readonly now: number;
}

export async function checkAuthentication(config: Config, { tables, now }: Looking): Promise<Answer> {
  const { tokens, adminKey, dataDir, environment } = config;
  const open = widelyReadable([ADMIN_KEY_FILE, REVIEWER_KEY_FILE].map((name) => path.join(dataDir, name)));
  const lines = [
    ...(tokens === undefined ? [] : [`tokens of ${tokens.issuer} for ${tokens.audience}`]),
    ...(adminKey === undefined ? [] : ['OMNI_ADMIN_KEY is an admin']),
  ];
  const keys = (await tables?.apiKeys.list())?.filter(
    ({ revokedAt, expiresAt }) => revokedAt === null && (expiresAt === null || expiresAt.getTime() > now),
  );
  const admins = keys?.filter(({ roles }) => roles.includes('admin')) ?? [];
  const oldest = admins.reduce((least, { createdAt }) => Math.min(least, createdAt.getTime()), now);
  if (keys === undefined) lines.push('keys of the database not looked at: it does not answer');
  else {
    const age = admins.length === 0 ? '' : `, the oldest made ${since(oldest, now)}`;
    lines.push(`${plural(keys.length, 'key')} in the database, ${admins.length} of admins${age}`);
  }
  const detail = lines.join('\n');
  if (open !== undefined) return wrong(detail, open);
  if (environment === 'production' && lines.length === 1 && admins.length === 0 && keys !== undefined)
    return wrong(detail, 'Nobody can be an admin. Set OMNI_ADMIN_KEY or AUTH_ISSUER.');
  if (await asksNobody(config))
    return note(`nobody: the API that runs was started with --insecure-no-auth\n${detail}`, 'Start it without.');
  return now - oldest > OLD_KEY_MS
    ? note(detail, 'Make a new admin key (omni keys create --role admin) and revoke the old one.')
    : ok(detail);
}

/** Loopback only, as that switch is. */
async function asksNobody({ port }: Pick<Config, 'port'>): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(2_000) });
    return answer.headers.has('x-omni-insecure');
  } catch {
    return false;
  }
}

export async function checkEncryption(config: Config, { tables, now }: Looking): Promise<Answer> {
  const { enabled, withdrawn } = config.encryption;
  let found: ReturnType<typeof findKeys>;
  try {
    found = findKeys(config, { make: false });
  } catch (error) {
    return wrong(messageOf(error), 'See docs/encryption.md.');
  }
  const { keys, from = '' } = found ?? {};
  const held = keys?.ids ?? [];
  const lines = [await encryptingKey(config, { found, tables, now })];
  const others = held.filter((id) => id !== keys?.primary);
  if (others.length > 0) lines.push(`opens with ${others.join(', ')} too`);
  if (withdrawn.length > 0) lines.push(`withdrawn: ${withdrawn.join(', ')}`);
  const missing = (await tables?.encryptionKeys.list())?.filter((id) => !held.includes(id) && !withdrawn.includes(id));
  const both = held.filter((id) => withdrawn.includes(id));
  const detail = lines.join('\n');
  if (missing !== undefined && missing.length > 0)
    return wrong(
      `${detail}\nvalues here need keys that are not given: ${missing.join(', ')}`,
      'Give them in ENCRYPTION_OLD_KEYS, or name them in ENCRYPTION_WITHDRAWN_KEYS if they are lost (docs/encryption.md).',
    );
  if (both.length > 0) return wrong(detail, `Give ${both.join(', ')} as a key or as withdrawn, not as both.`);
  const open = widelyReadable([from]);
  if (open !== undefined) return wrong(detail, open);
  if (!enabled) return note(detail, 'Take ENCRYPTION_ENABLED=false away.');
  return found === undefined && config.environment === 'production'
    ? wrong(detail, 'Set ENCRYPTION_KEY or ENCRYPTION_KEY_FILE.')
    : ok(detail);
}

async function encryptingKey(
  { encryption: { enabled }, environment, dataDir }: Config,
  { found, tables, now }: Looking & { readonly found: ReturnType<typeof findKeys> },
): Promise<string> {
  if (!enabled)
    return `off: what is new is kept in clear${found === undefined ? '' : `; keys from ${found.from} open`}`;
  const id = found?.keys.primary;
  if (id === undefined)
    return `on, no key yet${environment === 'production' ? '' : `; npm start makes one in ${dataDir}`}`;
  const used = await tables?.encryptionKeys.firstUsed(id);
  const age = used === undefined ? 'not used here yet' : `in use since ${since(used.getTime(), now)}`;
  return `on, with the key ${id} from ${found?.from}, ${tables === undefined ? 'age not known: no database answers' : age}`;
}

export async function checkAudit(config: Config, { tables, now }: Looking): Promise<Answer> {
  const { audit, dataDir, environment } = config;
  const file = path.join(dataDir, AUDIT_KEY_FILE);
  const given = audit.keys.length > 0;
  const fileMade = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  if (!given && environment === 'production')
    return wrong('AUDIT_KEY is not set, so the API does not start', 'Set it: docs/audit.md.');
  if (!given && fileMade === undefined) return ok(`no key yet; npm start makes one in ${dataDir}`);
  try {
    const { current, known } = auditKeys(config, { make: false });
    const from = given || fileMade === undefined ? 'AUDIT_KEY' : `${file}, made ${since(fileMade, now)}`;
    const older = known.size > 1 ? `; ${plural(known.size - 1, 'older key')} known` : '';
    const head = await lastHead(audit.headFile);
    const exported =
      head === undefined
        ? 'nothing exported yet'
        : `row ${head.sequence} exported last, ${new Date(head.at).toISOString()}`;
    const protection = await tables?.audit.protection();
    const lines = [
      `sealed with the key ${current.id} from ${from}${older}`,
      `seals go to ${audit.headFile}; ${exported}`,
      ...(protection === undefined ? [] : [PROTECTION[protection]]),
    ];
    const open = widelyReadable(given ? [] : [file]);
    if (open !== undefined) return wrong(lines.join('\n'), open);
    // The embedded database has no other account than its superuser.
    return protection === 'trigger' && config.database.url !== undefined
      ? note(lines.join('\n'), 'Give the table to a role of its own: docs/audit.md, "Rights in the database".')
      : ok(lines.join('\n'));
  } catch (error) {
    return wrong(messageOf(error), 'See docs/audit.md.');
  }
}

const PROTECTION = {
  role: 'this account of the database can neither change rows nor the table',
  trigger: 'a trigger keeps rows as they are, which this account of the database could take away',
} as const;

/** How to close a file of secrets that others may read; undefined: nobody else may. */
function widelyReadable(files: readonly string[]): string | undefined {
  const open = files.filter((file) => ((statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0);
  return open.length === 0 ? undefined : `Others may read it: chmod 600 ${open.join(' ')}`;
}

/** `2026-11-01 (22 days)`. */
function since(at: number, now: number): string {
  return `${new Date(at).toISOString().slice(0, 10)} (${plural(Math.max(0, Math.floor((now - at) / DAY_MS)), 'day')})`;
}

/** Undefined: no database answers, or nothing ever started on it. */
async function reachable(config: Config): Promise<Store | undefined> {
  const { dataDir, database } = config;
  const url = database.url ?? runningPostgresUrl({ dataDir, port: database.port });
  if (url === undefined) return undefined;
  const store = openStore(url);
  try {
    await store.apiKeys.list();
    return store;
  } catch {
    await store.close();
    return undefined;
  }
}
