/** Stripe against its stub: the contract suite, and what is its own. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { STRIPE } from '../../src/providers/stripe';
import type { PaymentOutput } from '../../src/tools/payment-create';
import type { Provider } from '../../src/tools/tool';
import { callTool, describeProvider, failureOf, providerOf, type VendorToolCase } from '../contracts/provider';
import { PAID, startStripeStub } from '../stubs/stripe';
import type { Stub } from '../stubs/stub';

const PAYMENT: VendorToolCase = {
  tool: 'payment.create',
  input: { amount: 1099, currency: 'EUR', paymentMethod: 'pm_card_visa', confirm: true, metadata: { order: '17' } },
  check: (output) => expect(output).toEqual({ id: 'pi_1', status: 'succeeded', amount: 1099, currency: 'eur' }),
  refuses: [
    {
      why: 'confirmation without a means of payment',
      input: { amount: 1, currency: 'eur', confirm: true },
      type: 'validation',
    },
  ],
};
const REFUND: VendorToolCase = {
  tool: 'payment.refund',
  input: { payment: PAID.id, amount: 99, reason: 'requested_by_customer' },
  check: (output) =>
    expect(output).toMatchObject({ payment: PAID.id, status: 'succeeded', amount: 99, currency: 'eur' }),
};

describeProvider({ provider: STRIPE, stub: startStripeStub, calls: [PAYMENT, REFUND] });

describe('stripe', () => {
  let stub: Stub;
  let provider: Provider;
  beforeEach(async () => {
    stub = await startStripeStub();
    provider = providerOf({ provider: STRIPE }, { key: stub.key, baseUrl: stub.baseUrl });
  });
  afterEach(() => stub.close());

  const idOf = ({ output }: { readonly output: unknown }): string => (output as PaymentOutput).id;

  test('an answer lost on the way is given again, and no money is taken twice', async () => {
    stub.next({ kind: 'cut', after: 'half' });
    expect((await failureOf(callTool(provider, PAYMENT))).retryable).toBe(true);
    const again = idOf(await callTool(provider, PAYMENT));
    expect(again).toBe('pi_1');
    expect(idOf(await callTool(provider, PAYMENT, { idempotencyKey: 'another' }))).toBe('pi_2');
  });

  test('speaks forms, with metadata by name and the amount in the smallest unit', async () => {
    await callTool(provider, PAYMENT);
    expect(stub.calls[0]?.body).toMatchObject({ amount: '1099', currency: 'eur', 'metadata[order]': '17' });
  });

  test('the secret that lets a browser go on with a payment is not handed on', async () => {
    expect(JSON.stringify(await callTool(provider, PAYMENT))).not.toContain('secret');
  });

  test('a declined card is final and is not called a lack of credit', async () => {
    const input = { ...PAYMENT.input, paymentMethod: 'pm_card_chargeDeclined' };
    const error = await failureOf(callTool(provider, { ...PAYMENT, input }));
    expect(error).toMatchObject({ retryable: false, problem: { type: 'tool-error' } });
    expect(error.message).toContain('the payment was declined');
    expect(error.message).not.toContain('STRIPE_SECRET_KEY');
  });

  test.each([
    [500, 'false', false],
    [409, 'true', true],
    [402, 'true', true],
  ])('%i with Stripe-Should-Retry: %s is retryable: %s', async (status, said, retryable) => {
    stub.next({ kind: 'status', status, headers: { 'stripe-should-retry': said } });
    expect((await failureOf(callTool(provider, PAYMENT))).retryable).toBe(retryable);
  });

  test('more than was paid cannot be given back', async () => {
    const input = { payment: PAID.id, amount: PAID.left + 1 };
    expect((await failureOf(callTool(provider, { ...REFUND, input }))).problem.type).toBe('validation');
  });
});
