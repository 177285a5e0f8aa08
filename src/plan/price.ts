/** What calls cost: prices, the exact sum of one call, and what a call is likely to use before it is made. Pure. */
import type { Json, JsonObject } from './json';
import { isObject, own } from './json';

/** US dollars by what is counted. What a vendor does not charge for is absent; `{}` costs nothing. */
export interface Price {
  readonly usdPerMillionInputTokens?: number;
  /** Of those input tokens that the vendor had kept from an earlier call; absent: as the others. */
  readonly usdPerMillionCachedInputTokens?: number;
  readonly usdPerMillionOutputTokens?: number;
  /** Unicode characters of the text that is sent. */
  readonly usdPerMillionCharacters?: number;
  readonly usdPerAudioSecond?: number;
  readonly usdPerImage?: number;
  readonly usdPerCall?: number;
}

/** What one call counted. Absent is none; a call is one call. */
export interface Quantities {
  readonly inputTokens?: number;
  /** Among `inputTokens`: those that the vendor had kept from an earlier call. */
  readonly cachedInputTokens?: number;
  readonly outputTokens?: number;
  readonly characters?: number;
  readonly audioSeconds?: number;
  readonly images?: number;
}

/** By provider, tool and model; under `*` stands what holds when a step names no model. */
export type PriceBook = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Price>>>>>>;

/** The key in a `PriceBook` and a price list for any model. */
export const ANY_MODEL = '*';

export interface Priced {
  readonly provider: string;
  readonly tool: string;
  readonly model?: string;
}

/** Undefined: unknown, which is not the same as free. */
export function priceIn(book: PriceBook, { provider, tool, model = ANY_MODEL }: Priced): Price | undefined {
  const found = own(own(own(book, provider), tool), model);
  return isObject(found) ? found : undefined;
}

/** Millionths of a millionth of a dollar: the least that prices per million tokens with six decimals can add up from. */
const PARTS_PER_USD = 1e12;
/** The smallest amount that is told apart. */
export const LEAST_USD = 1 / PARTS_PER_USD;
/** Seconds of audio come in fractions; everything else is whole. */
const PARTS_PER_UNIT = 1000;

/** US dollars of one call, summed exactly and rounded once, half up, to 1e-12. */
export function costOf(price: Price, used: Quantities): number {
  const { usdPerMillionInputTokens: fresh, usdPerMillionCachedInputTokens: kept = fresh } = price;
  const { inputTokens = 0 } = used;
  const cached = Math.min(used.cachedInputTokens ?? 0, inputTokens);
  const rows: readonly (readonly [usd: number | undefined, quantity: number | undefined, per: bigint])[] = [
    [fresh, inputTokens - cached, 1n],
    [kept, cached, 1n],
    [price.usdPerMillionOutputTokens, used.outputTokens, 1n],
    [price.usdPerMillionCharacters, used.characters, 1n],
    [price.usdPerAudioSecond, used.audioSeconds, 1_000_000n],
    [price.usdPerImage, used.images, 1_000_000n],
    [price.usdPerCall, 1, 1_000_000n],
  ];
  const sum = rows.reduce(
    (total, [usd = 0, quantity = 0, per]) => total + parts(usd, PARTS_PER_USD) * parts(quantity, PARTS_PER_UNIT) * per,
    0n,
  );
  const divisor = 1_000_000n * BigInt(PARTS_PER_UNIT);
  return Number((sum + divisor / 2n) / divisor) / PARTS_PER_USD;
}

function parts(value: number, perUnit: number): bigint {
  return BigInt(Math.round(value * perUnit));
}

/** A sum of dollars without the dust that binary fractions leave: 0.1 + 0.2 is 0.3. */
export function roundUsd(usd: number): number {
  return Math.round(usd * PARTS_PER_USD) / PARTS_PER_USD;
}

/** Whether a call costs anything at all. */
export function isPaid(price: Price | undefined): boolean {
  return price !== undefined && Object.values(price).some((usd) => usd > 0);
}

export function countsTokens({ usdPerMillionInputTokens, usdPerMillionOutputTokens }: Price): boolean {
  return usdPerMillionInputTokens !== undefined || usdPerMillionOutputTokens !== undefined;
}

/** Base64 and the like: bytes of media, of which no model makes tokens letter by letter. */
const MEDIA = /^[A-Za-z0-9+/_=-]{1000,}$/;

/** Characters of all texts in a value, but for encoded media, and the tokens that they come to at four bytes of UTF-8 each. */
export function sizeOf(value: Json): { readonly characters: number; readonly tokens: number } {
  let characters = 0;
  let bytes = 0;
  const count = (part: Json): void => {
    if (typeof part === 'string') {
      if (MEDIA.test(part)) return;
      for (const character of part) {
        characters += 1;
        bytes += utf8Length(character.codePointAt(0) ?? 0);
      }
    } else if (Array.isArray(part)) part.forEach(count);
    else if (isObject(part)) Object.values(part).forEach(count);
  };
  count(value);
  return { characters, tokens: Math.ceil(bytes / 4) };
}

function utf8Length(codePoint: number): number {
  return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
}

/** What a call may use, as far as it can be told before it is made. */
export interface LikelyUse {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
  /** Nothing bounds what it answers, or the price counts what only the answer tells. */
  readonly open: boolean;
}

/** From the price, what is sent (with so many tokens in parts that are stored), and `config.maxTokens`. */
export function likelyUse(price: Price, input: JsonObject, config: JsonObject, storedTokens = 0): LikelyUse {
  const { characters, tokens } = sizeOf(input);
  const counts = countsTokens(price);
  const limit = own(config, 'maxTokens');
  const outputTokens = counts && typeof limit === 'number' ? limit : 0;
  const inputTokens = counts ? tokens + storedTokens : 0;
  return {
    inputTokens,
    outputTokens,
    costUsd: costOf(price, { inputTokens, outputTokens, characters, images: 1 }),
    open: (counts && typeof limit !== 'number') || price.usdPerAudioSecond !== undefined,
  };
}
