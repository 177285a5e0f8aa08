/** What calls of a provider cost, in words. */
import type { ToolProvider } from '../shapes';

const UNITS: Readonly<Record<keyof NonNullable<ToolProvider['price']>, string>> = {
  usdPerMillionInputTokens: 'a million tokens in',
  usdPerMillionOutputTokens: 'a million tokens out',
  usdPerMillionCharacters: 'a million characters',
  usdPerAudioSecond: 'a second of audio',
  usdPerImage: 'an image',
  usdPerCall: 'a call',
};

/** Each price on its own; nothing that is counted costs anything, or nobody knows. */
export function priceTexts(price: ToolProvider['price']): readonly string[] {
  if (price === undefined) return ['not known'];
  const parts = Object.entries(UNITS).flatMap(([name, unit]) => {
    const amount = price[name as keyof typeof UNITS];
    return amount === undefined || amount === 0 ? [] : [`$${amount} for ${unit}`];
  });
  return parts.length === 0 ? ['free'] : parts;
}
