/** `feedback.generate` on this machine: our rules for learners' mistakes first, Harper's grammar and spelling beside them. */
import { z } from 'zod';
import { OmniError } from '../../plan/problem';
import type { Correction, FeedbackInput, FeedbackOutput } from '../../tools/feedback-generate';
import { primaryLanguage } from '../../tools/language-tag';
import type { CallContext, ToolAnswer } from '../../tools/tool';
import type { EngineProcess } from './engine-process';
import { learnerCorrections } from './learner-rules';

const answerSchema = z.array(
  z.object({
    kind: z.string(),
    message: z.string(),
    original: z.string(),
    offset: z.int(),
    length: z.int(),
    /** Absent where Harper only warns. */
    suggestion: z.string().optional(),
  }),
);

/** Harper's kinds that mean one of ours; all others are grammar. */
const KINDS: Readonly<Record<string, Correction['kind']>> = {
  Spelling: 'spelling',
  Typo: 'spelling',
  Capitalization: 'spelling',
  Punctuation: 'punctuation',
  Formatting: 'punctuation',
  Repetition: 'repetition',
  WordChoice: 'word-choice',
  Usage: 'word-choice',
  Eggcorn: 'word-choice',
  Malapropism: 'word-choice',
  Style: 'style',
  Readability: 'style',
  Enhancement: 'style',
};

export async function giveFeedback(
  input: FeedbackInput,
  call: CallContext,
  engine: EngineProcess,
): Promise<ToolAnswer> {
  if (primaryLanguage(input.language) !== 'en')
    throw new OmniError(
      'provider-unavailable',
      `The local feedback corrects en, not ${input.language}. Put a provider that does before local.`,
      { provider: 'local', retryable: false, data: { language: input.language, installed: ['en'] } },
    );
  const lints = answerSchema.parse(await engine.call({ text: input.text }, call));
  const found = lints.flatMap(({ kind, suggestion, ...lint }) =>
    suggestion === undefined ? [] : [{ ...lint, suggestion, kind: KINDS[kind] ?? ('grammar' as const) }],
  );
  return { output: feedbackOf(input.text, [...learnerCorrections(input.text), ...found]) };
}

/** Puts the corrections into one answer; of those that overlap the earlier in the list stays. */
export function feedbackOf(text: string, candidates: readonly Correction[]): FeedbackOutput {
  const corrections: Correction[] = [];
  for (const one of candidates) if (!corrections.some((other) => overlap(one, other))) corrections.push(one);
  corrections.sort((a, b) => a.offset - b.offset);

  const corrected = corrections.reduceRight(
    (rest, { offset, length, suggestion }) => rest.slice(0, offset) + suggestion + rest.slice(offset + length),
    text,
  );
  const words = text.split(/\s+/).filter((word) => word !== '').length;
  const wrong = corrections.reduce((sum, { original }) => sum + Math.max(1, original.split(/\s+/).length), 0);
  const score = words === 0 ? 1 : Number(Math.max(0, 1 - wrong / words).toFixed(3));
  return { corrections, corrected, score, summary: summaryOf(corrections, corrected) };
}

function overlap(a: Correction, b: Correction): boolean {
  return a.offset < b.offset + Math.max(1, b.length) && b.offset < a.offset + Math.max(1, a.length);
}

function summaryOf(corrections: readonly Correction[], corrected: string): string {
  if (corrections.length === 0) return 'No mistake was found.';
  const changes = corrections.map(
    ({ original, suggestion }) => `“${original}” → ${suggestion === '' ? 'leave it out' : `“${suggestion}”`}`,
  );
  return `${corrections.length === 1 ? 'One thing' : `${corrections.length} things`} to change: ${changes.join(', ')}. Say: ${corrected}`;
}
