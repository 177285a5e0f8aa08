/** A model's corrections set into the text: positions, the corrected text and the score, none of which models count well. */
import type { Correction, FeedbackOutput } from '../tools/feedback-generate';

export type Found = Pick<Correction, 'original' | 'suggestion' | 'message' | 'kind'>;

/** Undefined when a correction quotes what does not stand in the text after the one before it. */
export function placeCorrections(
  text: string,
  language: string,
  found: readonly Found[],
): Omit<FeedbackOutput, 'summary'> | undefined {
  const corrections: Correction[] = [];
  let corrected = '';
  let from = 0;
  for (const { original, suggestion, message, kind } of found) {
    const offset = original === '' ? -1 : text.indexOf(original, from);
    if (offset < 0) return undefined;
    corrections.push({ original, suggestion, message, kind, offset, length: original.length });
    corrected += text.slice(from, offset) + suggestion;
    from = offset + original.length;
  }
  return { corrections, corrected: corrected + text.slice(from), score: score(text, language, corrections) };
}

/** Share of the words that no correction touches. */
function score(text: string, language: string, corrections: readonly Correction[]): number {
  const words = wordsOf(text, language);
  if (words.length === 0) return corrections.length === 0 ? 1 : 0;
  const touched = words.filter(({ from, to }) =>
    corrections.some(({ offset, length }) => from < offset + length && offset < to),
  );
  return (words.length - touched.length) / words.length;
}

/** Words by Unicode's rules for the language (https://unicode.org/reports/tr29/), as positions in UTF-16 units. */
export function wordsOf(text: string, language: string): readonly { readonly from: number; readonly to: number }[] {
  return segments(text, language, 'word')
    .filter(({ isWordLike }) => isWordLike === true)
    .map(({ index, segment }) => ({ from: index, to: index + segment.length }));
}

export function countSentences(text: string, language: string): number {
  return segments(text, language, 'sentence').filter(({ segment }) => segment.trim() !== '').length;
}

function segments(text: string, language: string, granularity: 'word' | 'sentence'): readonly Intl.SegmentData[] {
  return [...new Intl.Segmenter(localeOf(language), { granularity }).segment(text)];
}

/** Tags that look like BCP 47 and are none, such as `en-12`, go by Unicode's rules for any language. */
function localeOf(language: string): string {
  try {
    return Intl.getCanonicalLocales(language)[0] ?? 'und';
  } catch {
    return 'und';
  }
}
