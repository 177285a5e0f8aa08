/** `omni flags`: lists feature flags, changes one, takes a change back. */
import { Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import type { Ask } from './api-client';
import { asking } from './api-client';
import { EXIT, type Finish } from './exit';
import { SERVER_OPTION, serverAddress } from './server-address';
import { plural, type Terminal } from './terminal';

const AFTER = '\nExit status: 0 done, 1 refused, 2 wrong usage.';

interface Options {
  readonly server?: string;
  readonly json?: boolean;
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
  const asked = ({ server }: Options): Ask => asking(serverAddress(server, terminal.env));
  const path = (rest = ''): string => `/config/feature-flags${rest}`;
  const list = new Command('list')
    .description('all feature flags')
    .option(...SERVER_OPTION)
    .option('--json', 'print { featureFlags }')
    .action(async (options: Options) => {
      const found = await asked(options)('GET', path(), { schema: z.object({ featureFlags: z.array(flag) }) });
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
    .option(...SERVER_OPTION)
    .option('--json', 'print the flag')
    .addHelpText('after', AFTER)
    .action(async (name: string, enabled: boolean, options: Options & { readonly rollout?: number }) => {
      const { rollout: rolloutPercentage, json } = options;
      const body = { enabled, options: { rolloutPercentage } };
      const changed = await asked(options)('POST', path(`/${encodeURIComponent(name)}`), { schema: flag, body });
      err(`${paint('green', '✔')} ${flagText(changed, terminal)}\n`);
      if (json === true) out(`${JSON.stringify(changed, null, 2)}\n`);
      finish(EXIT.done);
    });
  const undo = new Command('undo')
    .description('go back to what a flag was before its last change')
    .argument('<name>', 'its name')
    .option(...SERVER_OPTION)
    .addHelpText('after', AFTER)
    .action(async (name: string, options: Options) => {
      const now = await asked(options)('POST', path(`/${encodeURIComponent(name)}/undo`), { schema: flag.optional() });
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
