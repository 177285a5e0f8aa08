/** The tool `feedback.generate`: what a learner got wrong and how to say it right. */
import { z } from 'zod';
import { languageTag } from './language-tag';
import type { ToolContract } from './tool';

export const feedbackInput = z.strictObject({
  text: z.string().min(1).max(20_000).describe('What the learner said or wrote.'),
  language: languageTag('The language of the text.'),
  targetLanguage: languageTag('The other language of the learner.').optional(),
  analysis: z.looseObject({}).optional().describe('The output of nlu.analyze for the same text.'),
});

export const correctionSchema = z.object({
  original: z.string().describe('The faulty part, as it stands in the text; empty where something is missing.'),
  suggestion: z.string().describe('What to say in its place; empty where it should go.'),
  message: z.string().describe('Why, in one sentence for the learner.'),
  kind: z
    .enum(['grammar', 'spelling', 'word-choice', 'punctuation', 'repetition', 'style'])
    .describe('What sort of mistake it is.'),
  offset: z.int().min(0).describe('Where the faulty part begins in the text, in UTF-16 units.'),
  length: z.int().min(0).describe('Length of the faulty part, in UTF-16 units.'),
});

export const feedbackOutput = z.object({
  corrections: z.array(correctionSchema).describe('In the order of the text, not overlapping.'),
  corrected: z.string().describe('The text with every correction made.'),
  score: z.number().min(0).max(1).describe('Share of the words that needed no correction, from 0 to 1.'),
  summary: z.string().describe('The feedback in a sentence or two.'),
});

export type FeedbackInput = z.infer<typeof feedbackInput>;
export type FeedbackOutput = z.infer<typeof feedbackOutput>;
export type Correction = z.infer<typeof correctionSchema>;

export const feedbackGenerate: ToolContract = {
  name: 'feedback.generate',
  title: 'Give feedback',
  description: 'Finds mistakes in what a learner said and says how to mend them.',
  category: 'feedback',
  input: feedbackInput,
  output: feedbackOutput,
  idempotent: 'natural',
  placement: 'remote',
  timeoutMs: 30_000,
};
