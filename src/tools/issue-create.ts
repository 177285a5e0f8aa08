/** The tool `issue.create`: a report where a team tracks its work or its errors. */
import { z } from 'zod';
import type { ToolContract } from './tool';

export const issueInput = z.strictObject({
  title: z.string().min(1).max(256).describe('One line that says what it is about.'),
  body: z.string().max(60_000).optional().describe('The text; Markdown where the provider knows it.'),
  labels: z.array(z.string().min(1).max(50)).max(50).optional().describe('Words to sort it by; kept as given.'),
  repository: z
    .string()
    .regex(/^[\w.-]+\/[\w.-]+$/)
    .optional()
    .describe('`owner/name`, for providers that hold many repositories.'),
});

export const issueOutput = z.object({
  id: z.string().describe('What the provider calls it.'),
  number: z.number().int().optional().describe('Its number in the repository.'),
  url: z.string().optional().describe('Where people read it.'),
});

export type IssueInput = z.infer<typeof issueInput>;
export type IssueOutput = z.infer<typeof issueOutput>;

export const issueCreate: ToolContract = {
  name: 'issue.create',
  title: 'Create an issue',
  description: 'Creates an issue, once however often the call is repeated.',
  category: 'issue',
  input: issueInput,
  output: issueOutput,
  idempotent: 'key',
  placement: 'remote',
  timeoutMs: 30_000,
  unredacted: ['repository'],
};
