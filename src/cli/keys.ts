/** `omni keys`: makes keys of the API, lists them, revokes one; on the server, or straight in the database for whoever has lost the last key. */
import { Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { loadConfig } from '../config';
import type { ApiKeys, ApiKeyView } from '../security/api-keys';
import { createApiKeys, NewKey } from '../security/api-keys';
import { createLogger } from '../monitoring/logger';
import type { AuditDetails, AuditLog } from '../security/audit';
import { auditKeys } from '../security/audit-keys';
import { openAuditLog } from '../security/audit-log';
import { migrate } from '../store/migrate';
import { asking } from './api-client';
import { withStore } from './database';
import { EXIT, type Finish } from './exit';
import { SERVER_OPTION, serverAddress } from './server-address';
import { plural, type Terminal } from './terminal';

const AFTER = '\nExit status: 0 done, 1 refused, 2 wrong usage.';
const LOCAL = ['--local', 'straight in the database, which needs no key: the way back in when all are lost'] as const;
const DAY_MS = 24 * 60 * 60 * 1000;

interface Options {
  readonly server?: string;
  readonly local?: boolean;
  readonly json?: boolean;
}

interface CreateOptions extends Options {
  readonly name?: string;
  readonly owner?: string;
  readonly role: readonly string[];
  readonly group: readonly string[];
  readonly days?: number;
}

const key = z.looseObject({ id: z.string(), name: z.string(), roles: z.array(z.string()), status: z.string() });
const known = key as unknown as z.ZodType<ApiKeyView>;
const made = key.extend({ key: z.string() }) as unknown as z.ZodType<ApiKeyView & { readonly key: string }>;

type Keys = Pick<ApiKeys, 'create' | 'list' | 'revoke'>;

const collect = (one: string, before: readonly string[]): readonly string[] => [...before, one];

export function keysCommand(terminal: Terminal, finish: Finish): Command {
  const { out, err, paint } = terminal;
  const list = new Command('list')
    .description('all keys, newest first; never the keys themselves')
    .option(...SERVER_OPTION)
    .option(...LOCAL)
    .option('--json', 'print { keys }')
    .action(async (options: Options) => {
      const keys = await withKeys(options, terminal, (all) => all.list());
      if (options.json === true) out(`${JSON.stringify({ keys }, null, 2)}\n`);
      else for (const one of keys) out(`${keyText(one, terminal)}\n`);
      err(`${plural(keys.length, 'key')}\n`);
      finish(EXIT.done);
    });
  const create = new Command('create')
    .description('make a key; it is shown this once')
    .option('--name <name>', 'what it is for; default: its first role')
    .option('--owner <name>', 'whom it speaks for, recorded with what is done with it; default: the name')
    .requiredOption(
      '--role <role>',
      'viewer, operator, author, reviewer, auditor, admin or agent; may be repeated',
      collect,
      [],
    )
    .option('--group <word>', 'a word that tasks may name beside roles; may be repeated', collect, [])
    .option('--days <count>', 'for how long it is good; default: until it is revoked', daysOf)
    .option(...SERVER_OPTION)
    .option(...LOCAL)
    .option('--json', 'print the key with what is known of it')
    .addHelpText('after', AFTER)
    .action(async (options: CreateOptions) => {
      const wanted = wantedOf(options, terminal.now());
      const one = await withKeys(options, terminal, (all) => all.create(wanted, 'omni keys create --local'));
      err(`${paint('green', '✔')} ${keyText(one, terminal)}; the key itself is shown this once:\n`);
      out(options.json === true ? `${JSON.stringify(one, null, 2)}\n` : `${one.key}\n`);
      finish(EXIT.done);
    });
  const revoke = new Command('revoke')
    .description('revoke a key: within two seconds it opens nothing any more')
    .argument('<id>', 'its id, as omni keys list shows it')
    .option(...SERVER_OPTION)
    .option(...LOCAL)
    .addHelpText('after', AFTER)
    .action(async (id: string, options: Options) => {
      const one = await withKeys(options, terminal, (all) => all.revoke(id));
      err(`${paint('green', '✔')} ${keyText(one, terminal)}\n`);
      finish(EXIT.done);
    });
  return new Command('keys')
    .description('keys of the API: make one, list them, revoke one')
    .addCommand(list)
    .addCommand(create)
    .addCommand(revoke);
}

function wantedOf({ name, owner, role, group, days }: CreateOptions, now: number): NewKey {
  const parsed = NewKey.safeParse({
    name: name ?? role[0],
    ...(owner === undefined ? {} : { owner }),
    roles: role,
    groups: group,
    ...(days === undefined ? {} : { expiresAt: new Date(now + days * DAY_MS).toISOString() }),
  });
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(z.prettifyError(parsed.error).replaceAll('\n', ' '));
}

async function withKeys<T>(options: Options, terminal: Terminal, use: (keys: Keys) => Promise<T>): Promise<T> {
  if (options.local !== true) return use(overHttp(options, terminal));
  const config = loadConfig(terminal.env);
  return withStore(config, async ({ apiKeys, audit }, url) => {
    await migrate(url);
    const logger = createLogger('error', 'keys');
    const log = await openAuditLog({
      table: audit,
      keys: auditKeys(config, { make: true }),
      headFile: config.audit.headFile,
      logger,
    });
    try {
      return await use(noted(createApiKeys(apiKeys, terminal.now), log));
    } finally {
      await log.close();
    }
  });
}

/** Whoever reaches the database needs no key, but leaves a row: nothing is done when it cannot be written. */
function noted(keys: ApiKeys, log: AuditLog): Keys {
  const note = (details: AuditDetails): Promise<void> =>
    log.record({
      actor: { id: 'omni-keys-local', kind: 'system', roles: [] },
      action: 'key:manage',
      resource: { kind: 'keys' },
      outcome: 'allowed',
      details,
    });
  return {
    list: () => keys.list(),
    create: async (wanted, by) => {
      await note({ roles: wanted.roles });
      return keys.create(wanted, by);
    },
    revoke: async (id) => {
      await note({ id });
      return keys.revoke(id);
    },
  };
}

function overHttp({ server }: Options, { env }: Terminal): Keys {
  const ask = asking(serverAddress(server, env));
  return {
    list: async () => (await ask('GET', '/keys', { schema: z.object({ keys: z.array(known) }) })).keys,
    create: (wanted) => ask('POST', '/keys', { schema: made, body: wanted }),
    revoke: (id) => ask('POST', `/keys/${encodeURIComponent(id)}/revoke`, { schema: known }),
  };
}

function keyText(
  { id, name, owner, roles, groups, status, expiresAt, lastUsedAt }: ApiKeyView,
  { paint }: Terminal,
): string {
  const facts = [
    owner === name ? name : `${name} of ${owner}`,
    [...roles, ...groups].join(' and '),
    status,
    ...(expiresAt === undefined ? [] : [`until ${expiresAt}`]),
    lastUsedAt === undefined ? 'never used' : `last used ${lastUsedAt}`,
  ];
  return `${paint('bold', id)}  ${facts.join(', ')}`;
}

function daysOf(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days > 0 && days <= 3650) return days;
  throw new InvalidArgumentError('It is a whole number of days, 3650 at most.');
}
