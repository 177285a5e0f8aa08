/** The tool `stt.transcribe`: recorded speech in, text out. */
import { z } from 'zod';
import { languageTag } from './language-tag';
import type { ToolContract } from './tool';

export const sttInput = z.strictObject({
  audioData: z
    .string()
    .min(1)
    .meta({ contentEncoding: 'base64', contentMediaType: 'audio/*' })
    .describe('The recording, base64 encoded. Every provider takes WAV; some take more.'),
  language: languageTag('The language that is spoken.').optional(),
  phrases: z
    .array(z.string().min(1).max(300))
    .min(1)
    .max(500)
    .optional()
    .describe(
      'Sentences that the speaker may be saying. A closed-list recogniser answers with one of them or refuses.',
    ),
});

export const sttOutput = z.object({
  text: z.string().describe('What was said.'),
  confidence: z.number().min(0).max(1).describe('How sure the recogniser is, from 0 to 1.'),
  segments: z
    .array(
      z.object({
        text: z.string().describe('A word or a stretch of words.'),
        startMs: z.number().min(0).describe('Milliseconds from the start of the recording.'),
        endMs: z.number().min(0).describe('Milliseconds from the start of the recording.'),
        confidence: z.number().min(0).max(1).optional().describe('From 0 to 1, where the recogniser tells.'),
      }),
    )
    .describe('The parts of the text with their times, in order; empty where the provider gives no times.'),
  language: languageTag('The language that was recognised.'),
});

export type SttInput = z.infer<typeof sttInput>;
export type SttOutput = z.infer<typeof sttOutput>;

export const sttTranscribe: ToolContract = {
  name: 'stt.transcribe',
  title: 'Transcribe speech',
  description: 'Turns a recording of speech into text with times and a confidence.',
  category: 'stt',
  input: sttInput,
  output: sttOutput,
  idempotent: 'natural',
  placement: 'remote',
  timeoutMs: 30_000,
};
