/** The tool `issue.comment`: a text under an issue. */
import { z } from 'zod';
import type { ToolContract } from './tool';

export const commentInput = z.strictObject({
  repository: z
    .string()
    .regex(/^[\w.-]+\/[\w.-]+$/)
    .describe('`owner/name`.'),
  number: z.number().int().min(1).describe('Number of the issue or pull request.'),
  body: z.string().min(1).max(60_000).describe('The text, in Markdown.'),
});

export const commentOutput = z.object({
  id: z.string().describe('What the provider calls it.'),
  url: z.string().describe('Where people read it.'),
});

export type CommentInput = z.infer<typeof commentInput>;
export type CommentOutput = z.infer<typeof commentOutput>;

export const issueComment: ToolContract = {
  name: 'issue.comment',
  title: 'Comment on an issue',
  description: 'Writes a comment under an issue, once however often the call is repeated.',
  category: 'issue',
  input: commentInput,
  output: commentOutput,
  idempotent: 'key',
  placement: 'remote',
  timeoutMs: 30_000,
  unredacted: ['repository'],
};
