/** Stripe: payments and refunds, as forms, each once by `Idempotency-Key`. */
import { z } from 'zod';
import { OmniError } from '../plan/problem';
import type { PaymentInput, PaymentOutput } from '../tools/payment-create';
import type { RefundInput, RefundOutput } from '../tools/payment-refund';
import { defineProvider, type VendorCall } from './define-provider';
import type { Refusal, Verdict } from './http/client';

const intent = z.object({
  object: z.literal('payment_intent'),
  id: z.string(),
  status: z.string(),
  amount: z.number(),
  currency: z.string(),
});
const refund = intent.extend({
  object: z.literal('refund'),
  payment_intent: z.string(),
  status: z.string().nullable(),
});

/** https://docs.stripe.com/api/errors: the types and codes that say more than the status. */
const cardError = z.object({ error: z.object({ type: z.literal('card_error') }) });

export const STRIPE = defineProvider({
  provider: 'stripe',
  title: 'Stripe',
  keyVariable: 'STRIPE_SECRET_KEY',
  baseUrlVariable: 'STRIPE_BASE_URL',
  baseUrl: 'https://api.stripe.com',
  byPlan: true,
  sources: [
    'https://docs.stripe.com/api/payment_intents/create',
    'https://docs.stripe.com/api/refunds/create',
    'https://docs.stripe.com/api/idempotent_requests',
    'https://docs.stripe.com/error-low-level',
    'https://docs.stripe.com/rate-limits',
  ],
  headers: (key) => ({ authorization: `Bearer ${key}`, 'stripe-version': '2026-10-28.endive' }),
  probe: '/v1/balance',
  limits: { perSecond: 20, burst: 20, concurrent: 20 },
  honours: 'acts once per `Idempotency-Key`, which it keeps for a day at least',
  refusal,
  tools: {
    'payment.create': async (input: PaymentInput, call) => {
      if (input.confirm === true && input.paymentMethod === undefined) throw noMethod(call);
      const made = await call.json(intent, {
        method: 'POST',
        path: '/v1/payment_intents',
        content: form({
          amount: input.amount,
          currency: input.currency.toLowerCase(),
          customer: input.customer,
          payment_method: input.paymentMethod,
          confirm: input.confirm,
          off_session: input.offSession,
          capture_method: input.capture,
          description: input.description,
          receipt_email: input.receiptEmail,
          metadata: input.metadata,
          // Nobody is there to follow a redirect, which methods found automatically may ask for.
          automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        }),
      });
      const { id, status, amount, currency } = made;
      return { output: { id, status, amount, currency } satisfies PaymentOutput };
    },
    'payment.refund': async ({ payment, amount, reason, metadata }: RefundInput, call) => {
      const made = await call.json(refund, {
        method: 'POST',
        path: '/v1/refunds',
        content: form({ payment_intent: payment, amount, reason, metadata }),
      });
      const output: RefundOutput = {
        id: made.id,
        payment: made.payment_intent,
        status: made.status ?? 'pending',
        amount: made.amount,
        currency: made.currency,
      };
      return { output };
    },
  },
});

type Field = string | number | boolean | undefined;

/** Members of objects as `metadata[order]`; absent ones are left out. */
function form(fields: Readonly<Record<string, Field | Readonly<Record<string, Field>>>>): URLSearchParams {
  const content = new URLSearchParams();
  for (const [name, value] of Object.entries(fields))
    for (const [place, one] of typeof value === 'object' ? membersOf(name, value) : [[name, value] as const])
      if (one !== undefined) content.append(place, String(one));
  return content;
}

function membersOf(name: string, members: Readonly<Record<string, Field>>): readonly (readonly [string, Field])[] {
  return Object.entries(members).map(([member, value]) => [`${name}[${member}]`, value]);
}

/** A declined card is no lack of credit of ours; and Stripe itself knows whether a second attempt can end otherwise. */
function refusal({ status, headers, body }: Refusal): Verdict | undefined {
  const again = headers.get('stripe-should-retry');
  const declined = status === 402 && cardError.safeParse(body).success;
  return {
    ...(again === 'true' || again === 'false' ? { retryable: again === 'true' } : {}),
    ...(declined ? { words: { says: 'the payment was declined', advice: 'Ask for another means of payment.' } } : {}),
  };
}

function noMethod({ far }: VendorCall): OmniError {
  return new OmniError('validation', 'A payment that is confirmed at once needs input.paymentMethod.', {
    provider: far.provider,
    errors: [{ pointer: '/paymentMethod', detail: 'is missing' }],
  });
}
