/** `omni tools approve`: agreeing to what MCP servers offer. */
import { Command } from 'commander';
import type { ToolChange } from '../providers/mcp/approval';
import { approve } from '../providers/mcp/approval';
import { offersOf } from '../providers/more-tools';
import { readLock, writeLock } from '../providers/mcp/lock';
import { OmniError } from '../plan/problem';
import { EXIT, type Finish } from './exit';
import { readingConfig } from './registry';
import { plural, type Style, type Terminal } from './terminal';

interface ApproveOptions {
  readonly check?: boolean;
  readonly json?: boolean;
}

export function approveCommand(terminal: Terminal, finish: Finish): Command {
  return new Command('approve')
    .description('ask an MCP server what it offers and agree to it; calls of tools that differ are refused')
    .argument('<server>', 'its name in the setting tools')
    .argument('[tools...]', 'only these of its tools')
    .option('--check', 'show what is not approved, and agree to nothing')
    .option('--json', 'print { server, changes }')
    .addHelpText('after', '\nExit status: 0 all approved, 1 not (with --check) or not answered, 2 wrong usage.')
    .action(async (server: string, tools: readonly string[], options: ApproveOptions) => {
      const open = await approveServer({ server, tools, check: options.check === true }, terminal, options);
      finish(options.check === true && open ? EXIT.failed : EXIT.done);
    });
}

interface Approval {
  readonly server: string;
  readonly tools: readonly string[];
  readonly check: boolean;
}

/** Whether there were changes. */
async function approveServer(
  { server, tools, check }: Approval,
  { env, out, err, paint }: Terminal,
  { json }: ApproveOptions,
): Promise<boolean> {
  const config = readingConfig(env);
  const lock = readLock(config.tools.lock);
  const written: string[] = [];
  const found = await offersOf(server, { config, onOutput: (_, text) => written.push(text) }).catch(
    (error: unknown) => {
      if (written.length > 0) err(`${harmless(written.join('\n'))}\n`);
      throw error;
    },
  );
  const before = Object.hasOwn(lock, server) ? (lock[server] ?? {}) : {};
  for (const tool of tools)
    if (!found.has(tool) && !Object.hasOwn(before, tool))
      throw new OmniError('not-found', `${server} has no tool ${tool}. It has: ${[...found.keys()].join(', ')}.`);
  const { after, changes } = approve(before, found, tools);
  if (json === true) out(`${JSON.stringify({ server, changes }, null, 2)}\n`);
  else for (const change of changes) out(changeText(change, paint));
  if (!check) writeLock(config.tools.lock, { ...lock, [server]: after });
  const told = changes.length === 0 ? 'nothing has changed' : plural(changes.length, 'tool');
  err(
    check
      ? `${server}: ${changes.length === 0 ? 'all is approved' : `${told} not approved`}\n`
      : `${paint('green', '✔')} ${server}: ${told}, ${Object.keys(after).length} approved in ${config.tools.lock}\n`,
  );
  return changes.length > 0;
}

const STYLES: Readonly<Record<ToolChange['kind'], Style>> = { new: 'green', changed: 'yellow', gone: 'red' };

/** Servers' texts are quoted, so that none can steer the terminal. */
function changeText({ tool, kind, parts, description }: ToolChange, paint: Terminal['paint']): string {
  const what = kind === 'changed' ? `changed: ${parts.join(', ')}` : kind;
  return `${paint(STYLES[kind], JSON.stringify(tool).slice(1, -1))}  ${what}\n  ${JSON.stringify(description)}\n`;
}

function harmless(text: string): string {
  return text.slice(-2_000).replace(/[^\n\t\x20-\x7e\u00a0-\uffff]/g, '');
}
