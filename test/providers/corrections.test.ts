/** Corrections set into a text. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { countSentences, placeCorrections, wordsOf } from '../../src/providers/corrections';

const found = (original: string, suggestion: string) => ({
  original,
  suggestion,
  message: 'm',
  kind: 'grammar' as const,
});

describe('corrections', () => {
  test('a repeated word is found after the correction before it', () => {
    const placed = placeCorrections('the cat and the the dog', 'en', [found('and', 'or'), found('the the', 'the')]);
    expect(placed?.corrections.map(({ offset }) => offset)).toEqual([8, 12]);
    expect(placed?.corrected).toBe('the cat or the dog');
    expect(placed?.score).toBe(0.5);
  });

  test('what does not stand in the text, stands earlier or is empty is no correction', () => {
    for (const original of ['dog', 'I has', ''])
      expect(placeCorrections('I has a cat', 'en', [found('has', 'have'), found(original, 'x')])).toBeUndefined();
  });

  test('offsets quote the text, the rest stays untouched and the score is a share, for any text', () => {
    const pieces = fc.array(fc.tuple(fc.string(), fc.string({ minLength: 1 }), fc.string()), { maxLength: 5 });
    fc.assert(
      fc.property(pieces, fc.string(), (parts, tail) => {
        const text = parts.map(([before, original]) => before + original).join('') + tail;
        const placed = placeCorrections(
          text,
          'en',
          parts.map(([, original, suggestion]) => found(original, suggestion)),
        );
        if (placed === undefined) throw new Error('each part stands in the text, in order');
        let rebuilt = '';
        let from = 0;
        for (const { offset, length, original, suggestion } of placed.corrections) {
          expect(text.slice(offset, offset + length)).toBe(original);
          rebuilt += text.slice(from, offset) + suggestion;
          from = offset + length;
        }
        expect(placed.corrected).toBe(rebuilt + text.slice(from));
        expect(placed.score).toBeGreaterThanOrEqual(0);
        expect(placed.score).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('words and sentences are counted in any language, even under a tag that is none', () => {
    expect(wordsOf('Não, obrigado!', 'pt-BR')).toEqual([
      { from: 0, to: 3 },
      { from: 5, to: 13 },
    ]);
    expect(wordsOf('one two', 'en-12')).toHaveLength(2);
    expect(countSentences('One. Two? Three', 'en')).toBe(3);
  });
});
