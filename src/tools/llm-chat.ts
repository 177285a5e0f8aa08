/** The tool `llm.chat`: a question to a language model, its answer as text. */
import { z } from 'zod';
import type { ToolContract } from './tool';

const MAX_CHARACTERS = 400_000;

/** What every question to a model may hold. */
export const questionFields = {
  prompt: z.string().min(1).max(MAX_CHARACTERS).describe('What the model is asked.'),
  system: z
    .string()
    .min(1)
    .max(MAX_CHARACTERS)
    .optional()
    .describe('How the model is to behave, and what it must know.'),
  history: z
    .array(
      z.strictObject({
        role: z.enum(['user', 'assistant']).describe('Who said it.'),
        content: z.string().min(1).max(MAX_CHARACTERS).describe('What was said.'),
      }),
    )
    .max(200)
    .optional()
    .describe('What was said before, from the first to the last.'),
};

export const chatInput = z.strictObject(questionFields);

export const chatOutput = z.object({
  text: z.string().min(1).describe('What the model answers.'),
  sources: z
    .array(
      z.object({
        url: z.string().describe('Its address.'),
        title: z.string().optional().describe('Its title, where the provider tells.'),
      }),
    )
    .optional()
    .describe('Pages that the answer rests on, from providers that search the web.'),
});

export type ChatInput = z.infer<typeof chatInput>;
export type ChatOutput = z.infer<typeof chatOutput>;

export const llmChat: ToolContract = {
  name: 'llm.chat',
  title: 'Ask a language model',
  description: 'Asks a language model and gives its answer as text.',
  category: 'llm',
  input: chatInput,
  output: chatOutput,
  idempotent: 'natural',
  placement: 'remote',
  timeoutMs: 60_000,
};
