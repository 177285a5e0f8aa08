/** The library's face to settings and feature flags. */
import { z } from 'zod';
import { flagMembers } from '../config/shapes';
import type { Json, JsonObject } from '../plan/json';
import { own } from '../plan/json';
import { OmniError } from '../plan/problem';
import type { FlagView } from '../settings/flags';
import type { Settings } from '../settings/settings';
import type { SettingView } from '../settings/values';
import { faultsOf, invalid } from './faults';

export interface ChangeOptions {
  /** Who changes it; default `library`. */
  readonly by?: string;
  /** The version that the change is meant for; rejects with `conflict` when there is a newer one. */
  readonly version?: number;
}

/** What is left out stays as it is. */
export interface FlagOptions extends ChangeOptions {
  /** 0 to 100. */
  readonly rolloutPercentage?: number;
  readonly description?: string;
  /** `when`: an expression over `context` and `payload` of the start; the first rule that holds decides. */
  readonly targeting?: readonly {
    readonly when: string;
    readonly enabled?: boolean;
    readonly rolloutPercentage?: number;
  }[];
}

export interface Configuration {
  /**
   * What the flag comes to for somebody with this context: `targetingKey`, or else `userId`, decides whether he is in; a member `payload`
   * stands for that of a start. Rejects with `not-found`.
   */
  getFeatureFlag(name: string, context?: JsonObject): Promise<boolean>;
  /** Makes the flag where it is not there. Every process goes by it within two seconds. */
  setFeatureFlag(name: string, enabled: boolean, options?: FlagOptions): Promise<FlagView>;
  /** Without a default rejects with `not-found` where nobody has said anything. Secrets are refused with `policy`. */
  getConfigValue(section: string, key: string, defaultValue?: Json): Promise<Json>;
  setConfigValue(section: string, key: string, value: Json, options?: ChangeOptions): Promise<SettingView>;
}

const Options = z.strictObject({
  rolloutPercentage: flagMembers.rolloutPercentage,
  description: flagMembers.description,
  targeting: flagMembers.targeting,
});

export function createConfiguration(settings: Settings): Configuration {
  const { flags, values } = settings;
  return {
    getFeatureFlag: async (name, context = {}) =>
      settings.isOn(name, { context, payload: own(context, 'payload') ?? {} }),
    async setFeatureFlag(name, enabled, { by, version, ...options } = {}) {
      const parsed = Options.safeParse(options);
      if (!parsed.success) throw invalid('The options', faultsOf(parsed.error));
      return flags.set(name, { enabled, ...parsed.data }, authorOf({ by, version }));
    },
    // Refusals of an async method reject.
    // eslint-disable-next-line @typescript-eslint/require-await
    async getConfigValue(section, key, defaultValue) {
      const setting = defaultValue === undefined ? values.get(section, key) : values.find(section, key);
      if (setting?.secret)
        throw new OmniError(
          'policy',
          `${section}.${key} is secret: it is read from ${setting.variable} and not shown.`,
        );
      const value = setting?.value ?? defaultValue;
      if (value === undefined) throw new OmniError('not-found', `Nobody has set ${section}.${key}. Name a default.`);
      return value;
    },
    setConfigValue: async (section, key, value, options = {}) => values.set(section, key, value, authorOf(options)),
  };
}

function authorOf({ by = 'library', version }: { by?: string | undefined; version?: number | undefined }) {
  return { by, ...(version === undefined ? {} : { ifVersion: version }) };
}
