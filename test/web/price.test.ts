import { expect, test } from '@jest/globals';
import { priceTexts } from '../../web/servers/price';

test('prices are told by what is counted; nothing is free, and unknown is not nothing', () => {
  expect(priceTexts({ usdPerMillionInputTokens: 0.25, usdPerMillionOutputTokens: 1.5, usdPerImage: 0 })).toEqual([
    '$0.25 for a million tokens in',
    '$1.5 for a million tokens out',
  ]);
  expect([priceTexts({}), priceTexts(undefined)]).toEqual([['free'], ['not known']]);
});
