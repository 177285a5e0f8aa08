/** The tool `nlu.analyze`: what a text means and how it is built. */
import { z } from 'zod';
import { languageTag } from './language-tag';
import type { ToolContract } from './tool';

export const nluInput = z.strictObject({
  text: z.string().min(1).max(20_000).describe('The text to analyse.'),
  language: languageTag('The language the text should be in.'),
  context: z.string().max(2_000).optional().describe('What the analysis is for, such as language_learning_coaching.'),
});

const grammar = z.looseObject({
  sentences: z.int().min(0).describe('Number of sentences.'),
  words: z.int().min(0).describe('Number of words.'),
  mood: z.enum(['statement', 'question', 'command', 'fragment']).describe('Of the last sentence.'),
  tense: z.enum(['past', 'present', 'future', 'mixed', 'none']).describe('Of the verbs; none where there is no verb.'),
  tokens: z
    .array(
      z.object({
        text: z.string().describe('The word as it stands in the text.'),
        partOfSpeech: z.string().describe('A Universal Dependencies tag such as NOUN or VERB.'),
      }),
    )
    .optional()
    .describe('The words in order with their parts of speech.'),
});

export const nluOutput = z.object({
  intent: z
    .string()
    .describe('What the speaker wants, in snake case: ask_question, state_fact, request, greet and so on.'),
  grammar: grammar.describe('How the text is built.'),
  entities: z
    .array(
      z.object({
        type: z.string().describe('In lower case: person, place, date, time, duration, number, money and so on.'),
        text: z.string().describe('As it stands in the text.'),
      }),
    )
    .describe('Names, dates, amounts and their like, in order.'),
  sentiment: z.enum(['positive', 'neutral', 'negative']).describe('The mood of the text as a whole.'),
  confidence: z.number().min(0).max(1).describe('How sure the analysis is, from 0 to 1.'),
  language: languageTag('The language that the text is in, as far as it can be told.').optional(),
});

export type NluInput = z.infer<typeof nluInput>;
export type NluOutput = z.infer<typeof nluOutput>;

export const nluAnalyze: ToolContract = {
  name: 'nlu.analyze',
  title: 'Analyse text',
  description: 'Finds intent, grammar, entities and sentiment of a text.',
  category: 'nlu',
  input: nluInput,
  output: nluOutput,
  idempotent: 'natural',
  placement: 'remote',
  timeoutMs: 30_000,
};
