/** The tool `action.run`: an action that was set up at an integration platform, on one of its connections. */
import { z } from 'zod';
import type { ToolContract } from './tool';

export const actionInput = z.strictObject({
  action: z.string().min(1).max(200).describe('Key of the action at the platform.'),
  connection: z.string().min(1).max(200).optional().describe('Key of the connection that it runs on.'),
  input: z.record(z.string(), z.unknown()).optional().describe('What the action takes.'),
});

export const actionOutput = z.object({
  id: z.string().optional().describe('What the provider calls the run.'),
  output: z.record(z.string(), z.unknown()).describe('What the action gives.'),
});

export type ActionInput = z.infer<typeof actionInput>;
export type ActionOutput = z.infer<typeof actionOutput>;

export const actionRun: ToolContract = {
  name: 'action.run',
  title: 'Run an action',
  description: 'Runs an action of an integration platform. It is tried once, because it cannot be told what it does.',
  category: 'action',
  input: actionInput,
  output: actionOutput,
  idempotent: 'none',
  placement: 'remote',
  timeoutMs: 60_000,
  unredacted: ['action', 'connection'],
};
