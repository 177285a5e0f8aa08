/** The tool `message.send`: a message of the team to a contact. */
import { z } from 'zod';
import type { ToolContract } from './tool';

export const messageInput = z.strictObject({
  channel: z.enum(['inapp', 'email']).describe('How it reaches the contact.'),
  from: z.string().min(1).max(100).describe('The provider’s id of the colleague who sends it.'),
  to: z.string().min(1).max(100).describe('The provider’s id of the contact.'),
  toKind: z.enum(['user', 'lead']).optional().describe('What the contact is; `user` unless told.'),
  subject: z.string().min(1).max(500).optional().describe('Subject; needed for `email`.'),
  body: z.string().min(1).max(50_000).describe('The text; HTML or plain.'),
});

export const messageOutput = z.object({
  id: z.string().describe('What the provider calls the message.'),
  conversation: z.string().optional().describe('The conversation that it belongs to.'),
});

export type MessageInput = z.infer<typeof messageInput>;
export type MessageOutput = z.infer<typeof messageOutput>;

export const messageSend: ToolContract = {
  name: 'message.send',
  title: 'Send a message',
  description: 'Sends a message to a contact. It is tried once, because it cannot be told whether a lost one was sent.',
  category: 'message',
  input: messageInput,
  output: messageOutput,
  idempotent: 'none',
  placement: 'remote',
  timeoutMs: 30_000,
  unredacted: 'all',
};
