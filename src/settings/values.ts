/** Settings of all layers by section and key: those of the platform, most of them read at the start, and those of the operator's own. */
import { z } from 'zod';
import type { ConfiguredSetting } from '../config';
import { isReservedSection, VARIABLES } from '../config/variables';
import { SETTING_NAME } from '../config/shapes';
import type { Json, JsonObject } from '../plan/json';
import { jsonBytes } from '../plan/json';
import { OmniError } from '../plan/problem';
import type { Author, ChangeParts } from './change';
import { change } from './change';
import type { Origin, Trace } from './flags';
import { FLAGS_SECTION, traceOf, unknownName } from './flags';
import type { LiveRow } from './live-rows';

/** Of the platform's own those that may change while it runs. */
const LIVE: ReadonlySet<string> = new Set(['logging.level']);

const MAX_VALUE_BYTES = 8 * 1024;
/** All of the operator's own together: every execution carries them. */
const MAX_TOTAL_BYTES = 32 * 1024;

/** Whoever reads settings would see it. */
const SECRET =
  /(secret|password|passphrase|credential|api[-_]?key|private[-_]?key|access[-_]?token|auth[-_]?token)s?$/i;

export interface SettingView extends Trace {
  readonly section: string;
  readonly key: string;
  /** Absent: nobody has said anything, or it is secret. */
  readonly value?: Json;
  /** Absent: nobody has said anything. */
  readonly origin?: Origin;
  /** From the lowest to the one that counts; without values where it is secret. */
  readonly layers: readonly { readonly origin: Origin; readonly value?: Json }[];
  /** Whether it can be changed while the platform runs. */
  readonly live: boolean;
  readonly secret: boolean;
  /** Of the environment. */
  readonly variable?: string;
  readonly description?: string;
}

export interface Values {
  /** By section, then key. */
  list(): readonly SettingView[];
  find(section: string, key: string): SettingView | undefined;
  /** Throws `not-found` with the nearest name. */
  get(section: string, key: string): SettingView;
  /** Throws `not-found`, `policy` for what is read at the start, `validation` for what does not fit, `too-large`. */
  set(section: string, key: string, value: Json, author: Author): Promise<SettingView>;
  faultOf(section: string, key: string, value: Json): string | undefined;
  /** The operator's own, as `settings` has them in expressions. */
  own(): JsonObject;
}

/** `rows` is asked only after it is open. */
export function createValues(parts: () => ChangeParts, configured: readonly ConfiguredSetting[]): Values {
  const below = new Map(configured.map((setting) => [`${setting.section}.${setting.key}`, setting]));

  const view = (section: string, key: string): SettingView | undefined => {
    const name = `${section}.${key}`;
    const known = below.get(name);
    const row = isKept(section, name) ? parts().rows.find(section, key) : undefined;
    if (known === undefined && row?.value === undefined) return undefined;
    const layers: SettingView['layers'] = [
      ...(known?.layers ?? []),
      ...(row?.value === undefined ? [] : [{ origin: 'database' as const, value: row.value }]),
    ];
    return {
      section,
      key,
      ...layers.at(-1),
      layers,
      live: known?.variable === undefined || LIVE.has(name),
      secret: known?.secret ?? false,
      ...(known?.variable === undefined ? {} : { variable: known.variable }),
      ...(known?.description === undefined ? {} : { description: known.description }),
      ...traceOf(row),
    };
  };
  const list = (): readonly SettingView[] => {
    const stored = parts()
      .rows.all()
      .filter(({ section }) => section !== FLAGS_SECTION)
      .map(({ section, key }) => ({ section, key }));
    const all = new Map([...configured, ...stored].map(({ section, key }) => [`${section}.${key}`, { section, key }]));
    return [...all.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([, { section, key }]) => view(section, key) ?? []);
  };
  const own = (): JsonObject => {
    const sections: Record<string, Record<string, Json>> = {};
    for (const { section, key, value, variable } of list())
      if (variable === undefined && value !== undefined) (sections[section] ??= {})[key] = value;
    return sections;
  };
  const faultOf = (section: string, key: string, value: Json): string | undefined => {
    const name = `${section}.${key}`;
    const known = below.get(name);
    if (known?.variable !== undefined) return platformFault(known, value);
    const fault = nameFault(section, key);
    if (fault !== undefined) return fault;
    if (value === null) return 'null is no value';
    if (jsonBytes(value) > MAX_VALUE_BYTES) return `a value holds ${MAX_VALUE_BYTES} bytes at most`;
    const given = known?.layers.at(-1)?.value;
    return given === undefined ? undefined : typeFault(given, value);
  };

  return {
    list,
    own,
    faultOf,
    find: view,
    get(section, key) {
      const found = view(section, key);
      if (found !== undefined) return found;
      throw unknownName(
        'setting',
        `${section}.${key}`,
        list().map((one) => `${one.section}.${one.key}`),
      );
    },
    async set(section, key, value, author) {
      const name = `${section}.${key}`;
      const known = below.get(name);
      if (known?.variable !== undefined && !LIVE.has(name))
        throw new OmniError(
          'policy',
          `${name} is read when a process starts. Set ${known.variable} or the settings file, and start it again.`,
        );
      if (known === undefined && isReservedSection(section)) throw unknownName('setting', name, [...below.keys()]);
      await change(parts(), { section, key }, author, (row) => {
        const fault = faultOf(section, key, value) ?? changeFault(row, value);
        if (fault !== undefined) throw new OmniError('validation', `${name}: ${fault}.`);
        if (known?.variable === undefined) checkTotal(own(), { section, key, value });
        return value;
      });
      const found = view(section, key);
      if (found === undefined) throw new OmniError('conflict', `${name} was taken back at the same moment.`);
      return found;
    },
  };
}

/** Whether the database may hold it. */
function isKept(section: string, name: string): boolean {
  return LIVE.has(name) || (section !== FLAGS_SECTION && !isReservedSection(section));
}

function platformFault({ section, key, variable }: ConfiguredSetting, value: Json): string | undefined {
  if (!LIVE.has(`${section}.${key}`)) return 'it is read when a process starts, not from the database';
  const parsed = VARIABLES.find(({ name }) => name === variable)?.schema.safeParse(value);
  return parsed?.success === false ? z.prettifyError(parsed.error).replace(/^✖ /, '').replaceAll('\n', ' ') : undefined;
}

function nameFault(section: string, key: string): string | undefined {
  const wrong = [section, key].find((name) => !SETTING_NAME.test(name));
  if (wrong !== undefined) return `${wrong} is no name: a letter, then letters, digits and underscores`;
  if (isReservedSection(section)) return 'it lies in a section of the platform itself';
  if (SECRET.test(key))
    return 'settings are shown to everybody who may read them; a secret belongs into the environment';
  return undefined;
}

function changeFault(row: LiveRow | undefined, value: Json): string | undefined {
  const fault = row?.value === undefined ? undefined : typeFault(row.value, value);
  return fault === undefined ? undefined : `${fault}; to change the type, go back to version 0 first`;
}

function typeFault(now: Json, value: Json): string | undefined {
  return typeOf(now) === typeOf(value) ? undefined : `it is of type ${typeOf(now)}, not ${typeOf(value)}`;
}

function typeOf(value: Json): string {
  return Array.isArray(value) ? 'array' : typeof value;
}

function checkTotal(own: JsonObject, { section, key, value }: { section: string; key: string; value: Json }): void {
  const members = own[section];
  const total = jsonBytes({ ...own, [section]: { ...(members as JsonObject | undefined), [key]: value } });
  if (total > MAX_TOTAL_BYTES)
    throw new OmniError(
      'too-large',
      `Settings of your own hold ${MAX_TOTAL_BYTES} bytes together at most, since every execution carries them.`,
    );
}
