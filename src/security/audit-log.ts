/** The audit log on its table: cleans what comes in, keeps the chain, exports its newest seal every minute and every thousand rows. */
import { createHmac } from 'node:crypto';
import type { Logger } from 'pino';
import type { JsonObject } from '../plan/json';
import { OmniError } from '../plan/problem';
import { createRedaction } from '../privacy/redaction';
import type { AuditHead, AuditTable, SealedRow } from '../store/audit-table';
import type { AuditDetails, AuditEvent, AuditLog, AuditQuery, AuditRecord } from './audit';
import { appendHead, lastHead, readHeads } from './audit-heads';
import type { AuditKeys } from './audit-keys';
import type { Verification } from './audit-verification';
import { verifyChain } from './audit-verification';
import type { Entry } from './audit-writer';
import { auditWriter } from './audit-writer';

export interface AuditLogParts {
  readonly table: AuditTable;
  readonly keys: AuditKeys;
  /** The second place. */
  readonly headFile: string;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

const EXPORT_EVERY_MS = 60_000;
const EXPORT_EVERY_ROWS = 1_000;
const LONGEST_TEXT = 1_000;

/** Looks at once whether the log still ends where it did when it was last exported; says so in the process's log when it does not. */
export async function openAuditLog(parts: AuditLogParts): Promise<AuditLog> {
  const { table, keys, logger, now = Date.now } = parts;
  const exporter = headExporter(parts);
  await exporter.turn();
  const writer = auditWriter({ table, key: keys.current, wrote: (head) => exporter.heard(head) });
  const away = scrubber(keys.current.key);
  const timer = setInterval(() => void exporter.turn(), EXPORT_EVERY_MS);
  timer.unref();
  let verifying: ReturnType<AuditLog['verify']> | undefined;
  return {
    async record(event) {
      try {
        await writer.write(entryOf(event, now(), away));
      } catch (error) {
        logger.error({ err: (error as Error).cause ?? error, action: event.action }, 'audit row not written');
        throw error;
      }
    },
    async list(query = {}) {
      const { order = 'newest', limit = 100 } = query;
      const rows = await table.find(filterOf(query, away), { order, limit: limit + 1, ...beyond(query) });
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      return {
        events: shown.map(recordOf),
        ...(rows.length > limit && last !== undefined ? { next: String(last.sequence) } : {}),
      };
    },
    // It reads everything: those who ask meanwhile wait for the same answer.
    verify: () => (verifying ??= verifyLog(parts).finally(() => (verifying = undefined))),
    async close() {
      clearInterval(timer);
      await writer.settled();
      await exporter.turn();
    },
  };
}

/** Reads everything, and writes nothing. */
export async function verifyLog({
  table,
  keys,
  headFile,
}: Pick<AuditLogParts, 'table' | 'keys' | 'headFile'>): Promise<Verification> {
  // The file first: what was exported must be in the table already.
  const exported = await readHeads(headFile);
  const outcome = await verifyChain({ pages: table.texts(), keys, exported });
  return { ...outcome, protection: await table.protection() };
}

interface HeadExporter {
  /** Exports, if there is something new; failures are logged. */
  turn(): Promise<void>;
  heard(head: AuditHead): void;
}

function headExporter({ table, headFile, logger, now = Date.now }: AuditLogParts): HeadExporter {
  let last: AuditHead = { sequence: 0, hash: '' };
  let running: Promise<void> | undefined;
  const exportHead = async (): Promise<void> => {
    // Other processes may export to the same file.
    last = (await lastHead(headFile)) ?? last;
    const head = await table.head();
    if (last.sequence > 0 && (await table.hashAt(last.sequence)) !== last.hash)
      logger.error(
        { exported: last.sequence, newest: head.sequence },
        'audit rows were removed or replaced: run omni audit verify',
      );
    if (head.sequence === 0 || head.hash === last.hash) return;
    const at = now();
    // The process's log goes to another place of its own in most installations; verifying takes these lines, too.
    logger.info({ ...head, at: new Date(at).toISOString() }, 'audit head');
    await appendHead(headFile, { ...head, at });
    last = head;
  };
  const turn = (): Promise<void> =>
    (running ??= exportHead()
      .catch((error: unknown) => logger.error({ err: error }, 'newest audit row not exported'))
      .finally(() => (running = undefined)));
  return {
    turn,
    heard(head) {
      if (head.sequence - last.sequence >= EXPORT_EVERY_ROWS) void turn();
    },
  };
}

interface Away {
  (text: string): string;
  /** Of what an address names: the parts between slashes that no name of the platform's own looks like go as a whole. */
  readonly id: (id: string) => string;
}

/** Signs of ids, of names of steps and settings, and of placeholders. */
const NAME = /^[\w.:~[\]-]*$/;

/** Placeholders for personal data, alike for as long as the key is. */
function scrubber(key: Uint8Array): Away {
  const secret = createHmac('sha256', key).update('placeholders').digest();
  const away = (text: string): string =>
    clean(createRedaction({ key: secret, scope: 'audit', known: [] }).away(clean(text)) as string);
  const part = (text: string): string => {
    const scrubbed = away(text);
    if (NAME.test(scrubbed)) return scrubbed;
    return `[ID_${createHmac('sha256', secret).update(`id ${text}`).digest('hex').slice(0, 8).toUpperCase()}]`;
  };
  return Object.assign(away, { id: (id: string) => id.split('/').map(part).join('/') });
}

/** Without control characters, one of which divides the fields of a sealed text. */
function clean(text: string): string {
  return text.slice(0, LONGEST_TEXT).replace(/\p{C}/gu, '\uFFFD');
}

/** Names are given by users: of what they made, of themselves. All else are words of the platform's own. */
function entryOf(event: AuditEvent, at: number, away: Away): Entry {
  const { actor, action, resource, outcome, reason, requestId, address, details } = event;
  return {
    at,
    actorId: away(actor.id),
    actorKind: clean(actor.kind),
    actorRoles: actor.roles.map(clean),
    action: clean(action),
    ...(resource === undefined ? {} : { resourceKind: clean(resource.kind) }),
    ...(resource?.id === undefined ? {} : { resourceId: away.id(resource.id) }),
    outcome,
    ...(reason === undefined ? {} : { reason: away(reason) }),
    ...(requestId === undefined ? {} : { requestId: requestId.replace(/[^\w-]/g, '').slice(0, 100) }),
    // Of the socket, or as the proxy in front says it: an address and nothing else.
    ...(address === undefined ? {} : { address: address.replace(/[^\da-fA-F:.%]/g, '').slice(0, 60) }),
    ...(details === undefined ? {} : { details: detailsOf(details, away) }),
  };
}

/** Members that are absent are left out. */
function detailsOf({ method, route, status, version, count, roles, id }: AuditDetails, away: Away): JsonObject {
  return {
    ...(method === undefined ? {} : { method: clean(method) }),
    ...(route === undefined ? {} : { route: clean(route) }),
    ...(status === undefined ? {} : { status }),
    ...(version === undefined ? {} : { version: typeof version === 'string' ? away(version) : version }),
    ...(count === undefined ? {} : { count }),
    ...(roles === undefined ? {} : { roles: roles.map(clean) }),
    ...(id === undefined ? {} : { id: away(id) }),
  };
}

function filterOf(query: AuditQuery, away: Away): Parameters<AuditTable['find']>[0] {
  const { actor, action, resource, outcome, requestId, since, until } = query;
  return {
    ...(actor === undefined ? {} : { actor: away(actor) }),
    ...(action === undefined ? {} : { action }),
    ...(resource === undefined ? {} : { resourceKind: resource.kind }),
    ...(resource?.id === undefined ? {} : { resourceId: away.id(resource.id) }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}

function beyond({ cursor }: AuditQuery): { readonly beyond?: number } {
  if (cursor === undefined) return {};
  if (!/^\d{1,15}$/.test(cursor))
    throw new OmniError('validation', 'That is no cursor of the audit log. Use `next` of the page before.');
  return { beyond: Number(cursor) };
}

function recordOf(row: SealedRow): AuditRecord {
  const { actorId, actorKind, actorRoles, resourceKind, resourceId, at, ...rest } = row;
  return {
    ...rest,
    at: new Date(at).toISOString(),
    actor: { id: actorId, kind: actorKind, roles: actorRoles },
    ...(resourceKind === undefined
      ? {}
      : { resource: { kind: resourceKind, ...(resourceId === undefined ? {} : { id: resourceId }) } }),
  };
}
