/** The stub is what it says it is: Stripe's own client takes it for the real thing. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import Stripe from 'stripe';
import { startStripeStub } from './stripe';
import type { Stub } from './stub';

describe("the stub under Stripe's client", () => {
  let stub: Stub;
  let client: Stripe;
  beforeEach(async () => {
    stub = await startStripeStub();
    const { hostname, port } = new URL(stub.origin);
    client = new Stripe(stub.key, { host: hostname, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false });
  });
  afterEach(() => stub.close());

  const paid = { amount: 1099, currency: 'eur', payment_method: 'pm_card_visa', confirm: true };

  test('a payment is made and given back', async () => {
    const payment = await client.paymentIntents.create({ ...paid, metadata: { order: '17' } });
    expect(payment).toMatchObject({ status: 'succeeded', amount: 1099, metadata: { order: '17' } });
    const refund = await client.refunds.create({ payment_intent: payment.id, amount: 99 });
    expect(refund).toMatchObject({ status: 'succeeded', amount: 99, payment_intent: payment.id });
    const rest = await client.refunds.create({ payment_intent: payment.id });
    expect(rest.amount).toBe(1000);
  });

  test('one answer per idempotency key, and none to another request under the same key', async () => {
    const first = await client.paymentIntents.create(paid, { idempotencyKey: 'k' });
    const second = await client.paymentIntents.create(paid, { idempotencyKey: 'k' });
    expect(second.id).toBe(first.id);
    await expect(client.paymentIntents.create({ ...paid, amount: 5 }, { idempotencyKey: 'k' })).rejects.toThrow(
      /idempotency_error/,
    );
  });

  test("a wrong key, a declined card and scripted faults are the client's typed errors", async () => {
    const { hostname, port } = new URL(stub.origin);
    const wrong = new Stripe('nope', { host: hostname, port, protocol: 'http', maxNetworkRetries: 0 });
    await expect(wrong.balance.retrieve()).rejects.toMatchObject({ type: 'StripeAuthenticationError' });
    const declined = client.paymentIntents.create({ ...paid, payment_method: 'pm_card_chargeDeclined' });
    await expect(declined).rejects.toMatchObject({ type: 'StripeCardError', code: 'card_declined' });
    stub.next({ kind: 'status', status: 429 });
    await expect(client.balance.retrieve()).rejects.toMatchObject({ type: 'StripeRateLimitError' });
  });
});
