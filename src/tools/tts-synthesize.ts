/** The tool `tts.synthesize`: text in, spoken audio out. */
import { z } from 'zod';
import { languageTag } from './language-tag';
import type { ToolContract } from './tool';

export const ttsInput = z.strictObject({
  text: z.string().min(1).max(5_000).describe('What to say.'),
  language: languageTag('The language to say it in.'),
  voice: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('A voice that the provider knows; absent: its usual one for the language.'),
});

export const ttsOutput = z.object({
  audioData: z
    .string()
    .min(1)
    .meta({ contentEncoding: 'base64', contentMediaType: 'audio/*' })
    .describe('The audio, base64 encoded, in the format that mediaType names.'),
  mediaType: z.string().describe('Such as audio/wav or audio/mpeg.'),
  durationMs: z.number().min(0).describe('Length of the audio in milliseconds.'),
  sampleRate: z.int().min(1).describe('Samples per second.'),
});

export type TtsInput = z.infer<typeof ttsInput>;
export type TtsOutput = z.infer<typeof ttsOutput>;

export const ttsSynthesize: ToolContract = {
  name: 'tts.synthesize',
  title: 'Synthesise speech',
  description: 'Speaks a text.',
  category: 'tts',
  input: ttsInput,
  output: ttsOutput,
  idempotent: 'natural',
  placement: 'remote',
  timeoutMs: 30_000,
  unredacted: ['voice', 'language'],
};
