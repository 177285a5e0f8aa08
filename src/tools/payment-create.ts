/** The tool `payment.create`: asks a customer's means of payment for money, or prepares to. */
import { z } from 'zod';
import type { ToolContract } from './tool';

const reference = (text: string): z.ZodOptional<z.ZodString> => z.string().min(1).max(255).optional().describe(text);

/** Of currencies in their smallest unit: cents, but whole yen (https://docs.stripe.com/currencies#zero-decimal). */
export const amount = (text: string): z.ZodNumber => z.number().int().min(1).max(99_999_999).describe(text);

export const metadata = z
  .record(z.string().min(1).max(40), z.string().max(500))
  .optional()
  .describe('Words of your own that are kept with it; at most 50.');

export const paymentInput = z.strictObject({
  amount: amount('In the smallest unit of the currency: 1099 is 10.99 euros, and 1099 yen.'),
  currency: z
    .string()
    .regex(/^[a-z]{3}$/i)
    .describe('ISO 4217 code, such as `eur`.'),
  customer: reference('The provider’s id of the customer.'),
  paymentMethod: reference('The provider’s id of the means of payment.'),
  confirm: z.boolean().optional().describe('Whether to take the money at once; needs `paymentMethod`.'),
  offSession: z.boolean().optional().describe('Whether the customer is not there to answer questions of the bank.'),
  capture: z.enum(['automatic', 'manual']).optional().describe('`manual` only reserves the money.'),
  description: z.string().max(1000).optional().describe('What it is for.'),
  receiptEmail: z.email().optional().describe('Where the receipt goes.'),
  metadata,
});

export const paymentOutput = z.object({
  id: z.string().describe('What the provider calls the payment.'),
  status: z.string().describe('`succeeded`, `processing`, `requires_action` or another word of the provider.'),
  amount: z.number().int().describe('In the smallest unit of the currency.'),
  currency: z.string().describe('ISO 4217 code in small letters.'),
});

export type PaymentInput = z.infer<typeof paymentInput>;
export type PaymentOutput = z.infer<typeof paymentOutput>;

export const paymentCreate: ToolContract = {
  name: 'payment.create',
  title: 'Create a payment',
  description: 'Creates a payment, once however often the call is repeated; with `confirm` the money is taken.',
  category: 'payment',
  input: paymentInput,
  output: paymentOutput,
  idempotent: 'key',
  placement: 'remote',
  timeoutMs: 60_000,
  unredacted: 'all',
};
