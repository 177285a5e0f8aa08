/** The tool `hook.post`: tells an automation elsewhere that something has happened. */
import { z } from 'zod';
import type { ToolContract } from './tool';

export const hookInput = z.strictObject({
  payload: z.record(z.string().min(1), z.unknown()).describe('What the automation is given, as JSON.'),
});

export const hookOutput = z.object({
  id: z.string().describe('What the provider calls the delivery.'),
  status: z.string().describe('The provider’s word; `success` means taken, not done.'),
});

export type HookInput = z.infer<typeof hookInput>;
export type HookOutput = z.infer<typeof hookOutput>;

export const hookPost: ToolContract = {
  name: 'hook.post',
  title: 'Post to a hook',
  description: 'Starts an automation by its hook. It is tried once, because a second delivery starts it again.',
  category: 'hook',
  input: hookInput,
  output: hookOutput,
  idempotent: 'none',
  placement: 'remote',
  timeoutMs: 30_000,
};
