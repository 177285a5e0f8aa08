/** `omni audit`: shows who did what, writes it out as JSON lines, verifies that nobody has changed it. */
import { writeFileSync, appendFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { loadConfig } from '../config';
import { auditKeys } from '../security/audit-keys';
import { verifyLog } from '../security/audit-log';
import type { Verification } from '../security/audit-verification';
import { asking } from './api-client';
import { withStore } from './database';
import { EXIT, type Finish } from './exit';
import { SERVER_OPTION, serverAddress } from './server-address';
import { plural, type Terminal } from './terminal';

/** Rows of one request. */
const PAGE = 1_000;

interface Filter {
  readonly actor?: string;
  readonly action?: string;
  readonly resource?: string;
  readonly outcome?: string;
  readonly since?: string;
  readonly until?: string;
}

interface Options extends Filter {
  readonly server?: string;
  readonly json?: boolean;
}

const record = z.looseObject({
  sequence: z.number(),
  at: z.string(),
  actor: z.looseObject({ id: z.string(), kind: z.string() }),
  action: z.string(),
  resource: z.looseObject({ kind: z.string(), id: z.string().optional() }).optional(),
  outcome: z.string(),
  reason: z.string().optional(),
});
const page = z.looseObject({ events: z.array(record), next: z.string().optional() });
type Page = z.infer<typeof page>;

const verification = z.looseObject({
  intact: z.boolean(),
  rows: z.number(),
  head: z.object({ sequence: z.number(), hash: z.string() }),
  exported: z.object({ heads: z.number(), newest: z.number(), unreadable: z.number() }),
  fault: z.looseObject({ sequence: z.number(), detail: z.string() }).optional(),
  protection: z.enum(['role', 'trigger']),
}) as unknown as z.ZodType<Verification>;

export function auditCommand(terminal: Terminal, finish: Finish): Command {
  return new Command('audit')
    .description('who did what: list it, write it out, verify that nobody has changed it')
    .addCommand(listCommand(terminal, finish))
    .addCommand(exportCommand(terminal, finish))
    .addCommand(verifyCommand(terminal, finish));
}

function listCommand(terminal: Terminal, finish: Finish): Command {
  const { out, err } = terminal;
  return filtered(new Command('list').description('the newest rows of the audit log'))
    .option('--limit <count>', 'at most so many', countOf, 50)
    .option(...SERVER_OPTION)
    .option('--json', 'print { events, next }')
    .action(async (options: Options & { readonly limit: number }) => {
      const found = await askPage(terminal, options, { limit: String(options.limit) });
      if (options.json === true) out(`${JSON.stringify(found, null, 2)}\n`);
      else for (const one of found.events) out(`${rowText(one, terminal)}\n`);
      err(`${plural(found.events.length, 'row')}${found.next === undefined ? '' : '; there are more'}\n`);
      finish(EXIT.done);
    });
}

function exportCommand(terminal: Terminal, finish: Finish): Command {
  const { out, err, paint } = terminal;
  return filtered(new Command('export').description('write rows as JSON lines, the oldest first'))
    .option('--after <sequence>', 'only rows with a higher number: where the last export ended', countOf)
    .option('-o, --output <file>', 'write to a file that only you may read')
    .option(...SERVER_OPTION)
    .action(async (options: Options & { readonly after?: number; readonly output?: string }) => {
      const { output } = options;
      if (output !== undefined) writeFileSync(output, '', { mode: 0o600 });
      const write = output === undefined ? out : (text: string): void => appendFileSync(output, text);
      let rows = 0;
      let cursor = options.after === undefined ? undefined : String(options.after);
      do {
        const from = cursor === undefined ? {} : { cursor };
        const { events, next } = await askPage(terminal, options, { order: 'oldest', limit: String(PAGE), ...from });
        write(events.map((one) => `${JSON.stringify(one)}\n`).join(''));
        rows += events.length;
        cursor = next;
      } while (cursor !== undefined);
      err(`${paint('green', '✔')} ${plural(rows, 'row')}${output === undefined ? '' : ` in ${output}`}\n`);
      finish(EXIT.done);
    });
}

function verifyCommand(terminal: Terminal, finish: Finish): Command {
  const { out, err } = terminal;
  return new Command('verify')
    .description('read every row, and name the first one that is not as it was written')
    .option('--heads <file>', 'a copy of the exported seals that was kept elsewhere (AUDIT_HEAD_FILE)')
    .option('-s, --server <url>', 'let an API do it; without it this command reads the database itself')
    .option('--json', 'print what was found')
    .addHelpText('after', '\nExit status: 0 as it was written, 1 not so, 2 wrong usage.')
    .action(async (options: { readonly heads?: string; readonly server?: string; readonly json?: boolean }) => {
      const { heads, server, json } = options;
      if (server !== undefined && heads !== undefined)
        throw new InvalidArgumentError('An API compares with its own file: say --heads or --server.');
      const found = await (server === undefined
        ? verifyHere(terminal, heads)
        : asking(serverAddress(server, terminal.env))('GET', '/audit/verify', { schema: verification }));
      if (json === true) out(`${JSON.stringify(found, null, 2)}\n`);
      err(verificationText(found, terminal));
      finish(found.intact ? EXIT.done : EXIT.failed);
    });
}

async function verifyHere({ env }: Terminal, heads: string | undefined): Promise<Verification> {
  const config = loadConfig(env);
  const keys = auditKeys(config, { make: false });
  return withStore(config, ({ audit }) => verifyLog({ table: audit, keys, headFile: heads ?? config.audit.headFile }));
}

function filtered(command: Command): Command {
  return command
    .option('--actor <id>', 'who did it')
    .option('--action <name>', 'a permission, or what happened')
    .option('--resource <kind[/id]>', 'what it was done to: executions, or executions/<id>')
    .addOption(new Option('--outcome <outcome>', 'how it went').choices(['allowed', 'denied', 'failed']))
    .option('--since <time>', 'at this time or later, ISO 8601')
    .option('--until <time>', 'before this time');
}

function askPage({ env }: Terminal, options: Options, more: Readonly<Record<string, string>>): Promise<Page> {
  const { actor, action, resource, outcome, since, until, server } = options;
  const given = Object.entries({ actor, action, resource, outcome, since, until, ...more }).filter(
    (one): one is [string, string] => one[1] !== undefined,
  );
  return asking(serverAddress(server, env))('GET', `/audit?${new URLSearchParams(given).toString()}`, { schema: page });
}

function rowText(one: Page['events'][number], { paint }: Terminal): string {
  const { sequence, at, actor, action, resource, outcome, reason } = one;
  const colour = outcome === 'allowed' ? 'green' : 'red';
  return [
    paint('dim', String(sequence)),
    at,
    paint(colour, outcome),
    `${actor.id} (${actor.kind})`,
    paint('bold', action),
    ...(resource === undefined ? [] : [[resource.kind, resource.id].filter((part) => part !== undefined).join('/')]),
    ...(reason === undefined ? [] : [reason]),
  ].join('  ');
}

function verificationText(found: Verification, { paint }: Terminal): string {
  const { intact, rows, head, exported, fault, protection } = found;
  const mark = (text: string): string => `${paint('yellow', '!')} ${text}\n`;
  return [
    intact
      ? `${paint('green', '✔')} ${plural(rows, 'row')}, each as it was written; the newest exported one is ${exported.newest}\n`
      : `${paint('red', '✖')} ${fault?.detail ?? ''}\n  Rows before ${fault?.sequence ?? 0} are as they were written.\n`,
    exported.heads === 0 && head.sequence > 0
      ? mark('No seal was exported to this file: rows that are missing at the end cannot be noticed.')
      : '',
    exported.unreadable > 0 ? mark(`${plural(exported.unreadable, 'line')} of the exported seals cannot be read.`) : '',
    protection === 'trigger'
      ? mark('The account of the database could take the protection of the rows away: see docs/audit.md.')
      : '',
  ].join('');
}

function countOf(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is a whole number.');
}
