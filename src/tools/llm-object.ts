/** The tool `llm.object`: a question to a language model, its answer as an object of the types that the step declares. */
import { z } from 'zod';
import { questionFields } from './llm-chat';
import type { ToolContract } from './tool';

export const objectInput = z.strictObject({
  ...questionFields,
  schema: z
    .looseObject({})
    .optional()
    .describe('What the answer must fit, as JSON Schema of an object; absent: the output types of the step.'),
});

/** What is in it the step says. */
export const objectOutput = z.looseObject({});

export type ObjectInput = z.infer<typeof objectInput>;

export const llmObject: ToolContract = {
  name: 'llm.object',
  title: 'Ask a language model for data',
  description: 'Asks a language model and gives its answer as an object of declared types.',
  category: 'llm',
  input: objectInput,
  output: objectOutput,
  idempotent: 'natural',
  placement: 'remote',
  timeoutMs: 60_000,
};
