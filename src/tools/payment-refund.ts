/** The tool `payment.refund`: gives money of a payment back; the usual compensation of `payment.create`. */
import { z } from 'zod';
import { amount, metadata } from './payment-create';
import type { ToolContract } from './tool';

export const refundInput = z.strictObject({
  payment: z.string().min(1).max(255).describe('The provider’s id of the payment.'),
  amount: amount('How much, in the smallest unit of its currency; all that is left unless told.').optional(),
  reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional().describe('Why.'),
  metadata,
});

export const refundOutput = z.object({
  id: z.string().describe('What the provider calls the refund.'),
  payment: z.string().describe('The payment that it belongs to.'),
  status: z.string().describe('`succeeded`, `pending`, `requires_action`, `failed` or `canceled`.'),
  amount: z.number().int().describe('In the smallest unit of the currency.'),
  currency: z.string().describe('ISO 4217 code in small letters.'),
});

export type RefundInput = z.infer<typeof refundInput>;
export type RefundOutput = z.infer<typeof refundOutput>;

export const paymentRefund: ToolContract = {
  name: 'payment.refund',
  title: 'Refund a payment',
  description: 'Gives back a payment or a part of it, once however often the call is repeated.',
  category: 'payment',
  input: refundInput,
  output: refundOutput,
  idempotent: 'key',
  placement: 'remote',
  timeoutMs: 60_000,
  unredacted: 'all',
};
