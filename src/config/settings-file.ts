/** The settings file: flags, prices, settings of the operator's own, and the same values as the environment's, by section. */
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { JsonObject } from '../plan/json';
import { isObject } from '../plan/json';
import type { Price } from '../plan/price';
import type { FeatureFlag, OwnSettings } from './shapes';
import { flags, ownSettings, text } from './shapes';
import { VARIABLES } from './variables';

export type Prices = Readonly<Record<string, Readonly<Record<string, Price>>>>;

export interface Settings {
  readonly path: string;
  readonly sections: JsonObject;
  readonly featureFlags: readonly FeatureFlag[];
  readonly settings: OwnSettings;
  readonly prices: Prices;
}

const usd = z.number().min(0).max(9000).optional();
const pricesByProvider = z.record(
  text,
  z.record(
    text,
    z.strictObject({
      usdPerMillionInputTokens: usd,
      usdPerMillionCachedInputTokens: usd,
      usdPerMillionOutputTokens: usd,
      usdPerMillionCharacters: usd,
      usdPerAudioSecond: usd,
      usdPerImage: usd,
      usdPerCall: usd,
    }),
  ),
);

function readPrices(where: string, content: unknown, faults: string[]): Prices {
  const parsed = pricesByProvider.safeParse(content);
  if (!parsed.success) faults.push(`${where}: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`);
  // Absent members are left out by JSON, which the type does not know.
  return JSON.parse(JSON.stringify(parsed.data ?? {})) as Prices;
}

export function readPricesFile(file: string, faults: string[]): Prices {
  if (existsSync(file)) {
    const content = readJson(file, faults);
    return content === undefined ? {} : readPrices(`OMNI_PRICES ${file}`, content, faults);
  }
  faults.push(`OMNI_PRICES: there is no file ${file}`);
  return {};
}

export function readJson(file: string, faults: string[]): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    faults.push(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** A settings file: `featureFlags`, `prices`, `settings` of the operator's own, and one object per section. What it holds that nobody reads is a fault. */
export function readSettings(file: string, { required, faults }: { required: boolean; faults: string[] }): Settings {
  const none = { path: file, sections: {}, featureFlags: [], settings: {}, prices: {} };
  if (!existsSync(file)) {
    if (required) faults.push(`CONFIG_PATH: there is no file ${file}`);
    return none;
  }
  const content = readJson(file, faults);
  if (content === undefined) return none;
  if (!isObject(content)) {
    faults.push(`${file}: must hold a JSON object`);
    return none;
  }
  const { featureFlags = [], prices = {}, settings = {}, ...sections } = content;
  const parsed = flags.safeParse(featureFlags);
  if (!parsed.success) faults.push(`${file} featureFlags: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`);
  const ownRead = ownSettings.safeParse(settings);
  if (!ownRead.success) faults.push(`${file} settings: ${z.prettifyError(ownRead.error).replaceAll('\n', ' ')}`);
  const known = new Set(VARIABLES.map((variable) => variable.setting));
  for (const [section, members] of Object.entries(sections))
    for (const member of isObject(members) ? Object.keys(members) : [''])
      if (!known.has(member === '' ? section : `${section}.${member}`))
        faults.push(`${file}: there is no setting ${section}${member && `.${member}`}`);
  return {
    path: file,
    sections,
    featureFlags: parsed.data ?? [],
    settings: ownRead.data ?? {},
    prices: readPrices(`${file} prices`, prices, faults),
  };
}
