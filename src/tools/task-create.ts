/** The tool `task.create`: a task for people in a project. */
import { z } from 'zod';
import type { ToolContract } from './tool';

export const taskInput = z.strictObject({
  project: z.string().min(1).max(64).describe('The provider’s id of the project.'),
  name: z.string().min(1).max(1000).describe('One line that says what is to be done.'),
  notes: z.string().max(60_000).optional().describe('The text; plain.'),
  assignee: z.string().min(1).max(255).optional().describe('Who is to do it: the provider’s id, or an e-mail address.'),
  dueOn: z.iso.date().optional().describe('The day by which it is to be done, as 2026-11-30.'),
});

export const taskOutput = z.object({
  id: z.string().describe('What the provider calls it.'),
  url: z.string().describe('Where people read it.'),
});

export type TaskInput = z.infer<typeof taskInput>;
export type TaskOutput = z.infer<typeof taskOutput>;

export const taskCreate: ToolContract = {
  name: 'task.create',
  title: 'Create a task',
  description: 'Creates a task in a project, once however often the call is repeated.',
  category: 'task',
  input: taskInput,
  output: taskOutput,
  idempotent: 'key',
  placement: 'remote',
  timeoutMs: 30_000,
  unredacted: ['project', 'assignee'],
};
