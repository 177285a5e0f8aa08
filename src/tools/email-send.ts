/** The tool `email.send`: one message by e-mail. */
import { z } from 'zod';
import type { ToolContract } from './tool';

const MAX_RECIPIENTS = 50;
const MAX_TEXT = 1_000_000;

const address = z.email().max(254);
const addresses = (text: string): z.ZodUnion<readonly [typeof address, z.ZodArray<typeof address>]> =>
  z.union([address, z.array(address).max(MAX_RECIPIENTS)]).describe(text);

/** For what stands in a header: nothing that could begin another one. */
const line = (most: number): z.ZodString =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}\u2028\u2029]*$/u, 'holds a line break or another control character');

const attachment = z.strictObject({
  name: line(200).describe('Name of the file.'),
  data: z
    .string()
    .regex(/^[A-Za-z0-9+/]*={0,2}$/, 'is not base64')
    .meta({ contentEncoding: 'base64' })
    .describe('Its bytes in base64, or a stored value.'),
  mediaType: z
    .string()
    .regex(/^[\w.+-]{1,100}\/[\w.+-]{1,100}$/)
    .optional()
    .describe('Such as application/pdf; by the name unless told.'),
});

export const emailInput = z
  .strictObject({
    to: addresses(`Whom it is for: an address, or up to ${MAX_RECIPIENTS}.`),
    cc: addresses('Who gets a copy.').optional(),
    bcc: addresses('Who gets a copy that the others do not see.').optional(),
    replyTo: address.optional().describe('Where answers go; to the sender unless told.'),
    subject: line(500).describe('What it is about, in one line.'),
    text: z.string().max(MAX_TEXT).optional().describe('The message as plain text.'),
    html: z.string().max(MAX_TEXT).optional().describe('The message as HTML; with `text`, readers choose.'),
    attachments: z.array(attachment).max(20).optional().describe('Files that go with it.'),
  })
  .refine(({ text, html }) => text !== undefined || html !== undefined, 'has neither text nor html')
  .refine(({ to, cc = [], bcc = [] }) => {
    const all = [to, cc, bcc].flat().length;
    return all >= 1 && all <= MAX_RECIPIENTS;
  }, `has no recipient, or more than ${MAX_RECIPIENTS} in all`);

export const emailOutput = z.object({
  id: z.string().describe('The message’s `Message-ID`, made from the key of the call.'),
  accepted: z.array(z.string()).describe('Addresses that the mail server took it for; taken is not yet delivered.'),
  rejected: z.array(z.string()).describe('Addresses that it refused, while it took others.'),
});

export type EmailInput = z.infer<typeof emailInput>;
export type EmailOutput = z.infer<typeof emailOutput>;

export const emailSend: ToolContract = {
  name: 'email.send',
  title: 'Send an e-mail',
  description: 'Hands a message to the mail server. It is tried once, because a second one would reach people again.',
  category: 'email',
  input: emailInput,
  output: emailOutput,
  idempotent: 'none',
  placement: 'remote',
  timeoutMs: 60_000,
  unredacted: 'all',
};
