/** The tool `mt.translate`: text from one language to another. */
import { z } from 'zod';
import { languageTag } from './language-tag';
import type { ToolContract } from './tool';

export const mtInput = z.strictObject({
  text: z.string().min(1).max(20_000).describe('The text to translate; plain text, not HTML.'),
  sourceLanguage: languageTag('The language of the text.'),
  targetLanguage: languageTag('The language to translate into.'),
});

export const mtOutput = z.object({
  text: z.string().describe('The translation.'),
  sourceLanguage: languageTag('The language translated from.'),
  targetLanguage: languageTag('The language translated into.'),
});

export type MtInput = z.infer<typeof mtInput>;
export type MtOutput = z.infer<typeof mtOutput>;

export const mtTranslate: ToolContract = {
  name: 'mt.translate',
  title: 'Translate text',
  description: 'Translates plain text between two languages.',
  category: 'mt',
  input: mtInput,
  output: mtOutput,
  idempotent: 'natural',
  placement: 'remote',
  timeoutMs: 30_000,
};
