/** The tool `code.generate`: a description in, files of code out. */
import { z } from 'zod';
import type { ToolContract } from './tool';

export const codeInput = z.strictObject({
  prompt: z.string().min(1).max(100_000).describe('What is to be built.'),
  system: z.string().min(1).max(100_000).optional().describe('Rules that the code keeps: libraries, style.'),
});

export const codeOutput = z.object({
  id: z.string().describe('What the provider calls it.'),
  url: z.string().describe('Where a person sees and changes it.'),
  demoUrl: z.string().optional().describe('Where it runs, if it does.'),
  files: z
    .array(
      z.object({
        name: z.string().describe('Path of the file.'),
        content: z.string().describe('The whole text of the file.'),
      }),
    )
    .min(1)
    .describe('The code.'),
});

export type CodeInput = z.infer<typeof codeInput>;
export type CodeOutput = z.infer<typeof codeOutput>;

export const codeGenerate: ToolContract = {
  name: 'code.generate',
  title: 'Generate code',
  description: 'Builds a user interface or a small application from a description.',
  category: 'code',
  input: codeInput,
  output: codeOutput,
  idempotent: 'key',
  placement: 'remote',
  timeoutMs: 300_000,
};
