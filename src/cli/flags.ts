/** `omni flags`: lists feature flags, changes one, takes a change back. */
import { Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { ask } from './api-client';
import { EXIT, type Finish } from './exit';
import { serverAddress } from './server-address';
import { plural, type Terminal } from './terminal';

const SERVER = ['-s, --server <url>', 'address of the API (OMNI_URL; http://127.0.0.1:3000)'] as const;
const AFTER = '\nExit status: 0 done, 1 refused, 2 wrong usage.';

interface Options {
  readonly server?: string;
  readonly json?: boolean;
  readonly by?: string;
}

const flag = z.looseObject({
  name: z.string(),
  enabled: z.boolean(),
  rolloutPercentage: z.number(),
  description: z.string(),
  targeting: z.array(z.unknown()),
  origin: z.string(),
  changedBy: z.string().optional(),
  unusable: z.looseObject({ version: z.number(), detail: z.string() }).optional(),
});
type Flag = z.infer<typeof flag>;

export function flagsCommand(terminal: Terminal, finish: Finish): Command {
  const { out, err, paint } = terminal;
  const address = ({ server }: Options, rest = ''): string =>
    `${serverAddress(server, terminal.env).replace(/\/+$/, '')}/config/feature-flags${rest}`;
  const list = new Command('list')
    .description('all feature flags')
    .option(...SERVER)
    .option('--json', 'print { featureFlags }')
    .action(async (options: Options) => {
      const found = await ask('GET', address(options), { schema: z.object({ featureFlags: z.array(flag) }) });
      if (options.json === true) out(`${JSON.stringify(found, null, 2)}\n`);
      else for (const one of found.featureFlags) out(`${flagText(one, terminal)}\n`);
      err(`${plural(found.featureFlags.length, 'flag')}\n`);
      finish(EXIT.done);
    });
  const set = new Command('set')
    .description('switch a flag on or off, or make one; executions that run keep what they began with')
    .argument('<name>', 'its name')
    .argument('<on|off>', 'whether it is enabled', switchOf)
    .option('--rollout <percentage>', 'for which part of those who start executions it is on', percentageOf)
    .option('--by <name>', 'who changes it')
    .option(...SERVER)
    .option('--json', 'print the flag')
    .addHelpText('after', AFTER)
    .action(async (name: string, enabled: boolean, options: Options & { readonly rollout?: number }) => {
      const { rollout: rolloutPercentage, by, json } = options;
      const body = { enabled, options: { rolloutPercentage }, by };
      const changed = await ask('POST', address(options, `/${encodeURIComponent(name)}`), { schema: flag, body });
      err(`${paint('green', '✔')} ${flagText(changed, terminal)}\n`);
      if (json === true) out(`${JSON.stringify(changed, null, 2)}\n`);
      finish(EXIT.done);
    });
  const undo = new Command('undo')
    .description('go back to what a flag was before its last change')
    .argument('<name>', 'its name')
    .option('--by <name>', 'who takes it back')
    .option(...SERVER)
    .addHelpText('after', AFTER)
    .action(async (name: string, options: Options) => {
      const path = `/${encodeURIComponent(name)}/undo`;
      const body = { by: options.by };
      const now = await ask('POST', address(options, path), { schema: flag.optional(), body });
      err(`${paint('green', '✔')} ${now === undefined ? `${name} is gone` : flagText(now, terminal)}\n`);
      finish(EXIT.done);
    });
  return new Command('flags')
    .description('list feature flags, change one, take a change back')
    .addCommand(list)
    .addCommand(set)
    .addCommand(undo);
}

function flagText(one: Flag, { paint }: Terminal): string {
  const { name, enabled, rolloutPercentage, targeting, origin, changedBy, unusable } = one;
  const facts = [
    enabled ? `on for ${rolloutPercentage} %` : 'off',
    ...(targeting.length === 0 ? [] : [plural(targeting.length, 'rule')]),
    `from ${origin}${origin === 'database' ? `, by ${changedBy ?? ''}` : ''}`,
    ...(unusable === undefined ? [] : [paint('red', `version ${unusable.version} cannot be used: ${unusable.detail}`)]),
  ];
  return `${paint('bold', name)}  ${facts.join(', ')}`;
}

function switchOf(text: string): boolean {
  if (text === 'on' || text === 'off') return text === 'on';
  throw new InvalidArgumentError('Say on or off.');
}

function percentageOf(text: string): number {
  const percentage = Number(text);
  if (text !== '' && percentage >= 0 && percentage <= 100) return percentage;
  throw new InvalidArgumentError('It is a number from 0 to 100.');
}
