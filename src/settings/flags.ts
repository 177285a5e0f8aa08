/** Feature flags of all layers: what each is now, who changed it, and changing it. */
import type { ConfiguredFlag, ConfiguredLayer } from '../config';
import { FLAG_NAME } from '../config/shapes';
import { nearWord } from '../language/near-word';
import type { Json } from '../plan/json';
import { OmniError } from '../plan/problem';
import type { Author, ChangeParts } from './change';
import { change } from './change';
import type { Flag } from './flag';
import { complete, parseFlag } from './flag';
import type { LiveRow } from './live-rows';

/** Of the table's rows. */
export const FLAGS_SECTION = 'feature-flags';

/** An execution carries the value of each. */
const MAX_FLAGS = 500;

/** Where a value comes from. */
export type Origin = ConfiguredLayer | 'database';

/** Who changed it last in the database, if anybody did. */
export interface Trace {
  /** Of the database; 0: it was never changed there. */
  readonly version: number;
  readonly changedBy?: string;
  /** ISO 8601. */
  readonly changedAt?: string;
  /** The newest version cannot be used: what counts is the one before it that can. */
  readonly unusable?: { readonly version: number; readonly detail: string };
}

export interface FlagView extends Flag, Trace {
  readonly name: string;
  readonly origin: Origin;
}

/** What is absent stays as it is. */
export interface FlagChange {
  readonly enabled: boolean;
  readonly rolloutPercentage?: number | undefined;
  readonly description?: string | undefined;
  readonly targeting?: Flag['targeting'] | undefined;
}

export interface Flags {
  list(): readonly FlagView[];
  /** Throws `not-found` with the nearest name. */
  get(name: string): FlagView;
  find(name: string): FlagView | undefined;
  /** Makes it where it is not there. Throws `conflict` as a change does. */
  set(name: string, wanted: FlagChange, author: Author): Promise<FlagView>;
}

export function createFlags(parts: ChangeParts, configured: readonly ConfiguredFlag[]): Flags {
  const { rows } = parts;
  const below = new Map(configured.map(({ name, origin, ...flag }) => [name, { flag: complete(flag), origin }]));
  const find = (name: string): FlagView | undefined => {
    const row = rows.find(FLAGS_SECTION, name);
    const low = below.get(name);
    const flag = row?.value === undefined ? low?.flag : parseFlag(row.value);
    if (flag === undefined) return undefined;
    return {
      name,
      ...flag,
      origin: row?.value === undefined ? (low?.origin ?? 'default') : 'database',
      ...traceOf(row),
    };
  };
  const names = (): readonly string[] =>
    [...new Set([...below.keys(), ...rows.in(FLAGS_SECTION).map(({ key }) => key)])].sort();
  const list = (): readonly FlagView[] => names().flatMap((name) => find(name) ?? []);
  const get = (name: string): FlagView => {
    const found = find(name);
    if (found === undefined)
      throw unknownName(
        'feature flag',
        name,
        list().map((flag) => flag.name),
      );
    return found;
  };
  return {
    list,
    find,
    get,
    async set(name, wanted, author) {
      if (!FLAG_NAME.test(name))
        throw new OmniError(
          'validation',
          `${name} is no name of a flag: a letter, then letters, digits, dots, underscores and hyphens.`,
        );
      if (find(name) === undefined && list().length >= MAX_FLAGS)
        throw new OmniError('conflict', `There are ${MAX_FLAGS} flags already, as many as there may be.`);
      await change(
        parts,
        { section: FLAGS_SECTION, key: name },
        author,
        () => merged(find(name), wanted) as unknown as Json,
      );
      return get(name);
    },
  };
}

function merged(now: Flag | undefined, wanted: FlagChange): Flag {
  const { rolloutPercentage, description, targeting } = now ?? complete({ enabled: wanted.enabled });
  return {
    enabled: wanted.enabled,
    rolloutPercentage: wanted.rolloutPercentage ?? rolloutPercentage,
    description: wanted.description ?? description,
    targeting: wanted.targeting ?? targeting,
  };
}

export function traceOf(row: LiveRow | undefined): Trace {
  if (row === undefined) return { version: 0 };
  const { version, by, at, unusable } = row;
  return { version, changedBy: by, changedAt: at.toISOString(), ...(unusable === undefined ? {} : { unusable }) };
}

/** `not-found`, with the nearest name. */
export function unknownName(what: string, name: string, known: readonly string[]): OmniError {
  const near = nearWord(name, known);
  const hint = near === undefined ? `There are: ${known.join(', ') || 'none'}.` : `Did you mean ${near}?`;
  return new OmniError('not-found', `There is no ${what} ${name}. ${hint}`);
}
