/** A stub of Stripe: form-encoded requests, payments that can be refunded, and one answer per idempotency key. */
import { z } from 'zod';
import { refuse, startRestStub, type RestAnswer, type RestRequest, type Route } from './rest';
import type { Stub, StubCall, StubOptions } from './stub';

const whole = z
  .string()
  .regex(/^[1-9]\d*$/)
  .transform(Number);
const flag = z.enum(['true', 'false']);
const METADATA = /^metadata\[[^\][]+\]$/;
const newIntent = z.strictObject({
  amount: whole,
  currency: z.string().regex(/^[a-z]{3}$/),
  customer: z.string().optional(),
  payment_method: z.string().optional(),
  confirm: flag.optional(),
  off_session: flag.optional(),
  capture_method: z.enum(['automatic', 'automatic_async', 'manual']).optional(),
  description: z.string().optional(),
  receipt_email: z.email().optional(),
  'automatic_payment_methods[enabled]': flag.optional(),
  'automatic_payment_methods[allow_redirects]': z.enum(['always', 'never']).optional(),
});
const newRefund = z.strictObject({
  payment_intent: z.string().startsWith('pi_'),
  amount: whole.optional(),
  reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
});

interface Intent {
  readonly id: string;
  readonly amount: number;
  readonly currency: string;
  left: number;
}

export function startStripeStub(options: StubOptions = {}): Promise<Stub> {
  const intents = new Map<string, Intent>();
  const answered = new Map<string, { readonly asked: string; readonly answer: RestAnswer }>();

  function pay({ call, refused }: RestRequest): RestAnswer {
    const [fields, metadata] = split(call);
    const parsed = newIntent.safeParse(fields);
    if (!parsed.success) return refuse(400, parsed.error.message);
    const { amount, currency, confirm, payment_method: method } = parsed.data;
    if (method === 'pm_card_chargeDeclined' && confirm === 'true') return refuse(402, 'Your card was declined.');
    const paid = confirm === 'true' && method !== undefined;
    const intent = { id: `pi_${intents.size + 1}`, amount, currency, left: paid ? amount : 0 };
    if (!refused) intents.set(intent.id, intent);
    const status = paid
      ? parsed.data.capture_method === 'manual'
        ? 'requires_capture'
        : 'succeeded'
      : 'requires_payment_method';
    const { id } = intent;
    return {
      json: { id, object: 'payment_intent', amount, currency, status, metadata, client_secret: `${id}_secret_x` },
    };
  }

  function giveBack({ call, refused }: RestRequest): RestAnswer {
    const [fields, metadata] = split(call);
    const parsed = newRefund.safeParse(fields);
    if (!parsed.success) return refuse(400, parsed.error.message);
    const intent = intents.get(parsed.data.payment_intent);
    if (intent === undefined && parsed.data.payment_intent !== PAID.id) return refuse(404, 'No such payment_intent');
    const { id, currency, left } = intent ?? PAID;
    const amount = parsed.data.amount ?? left;
    if (amount > left || left === 0) return refuse(400, 'Refund amount is greater than unrefunded amount');
    if (!refused && intent !== undefined) intent.left -= amount;
    const { reason = null } = parsed.data;
    return {
      json: {
        id: `re_${id}_${left}`,
        object: 'refund',
        amount,
        currency,
        payment_intent: id,
        reason,
        status: 'succeeded',
        metadata,
      },
    };
  }

  /** What was answered to a key is answered again, and to nothing else (https://docs.stripe.com/api/idempotent_requests). */
  function once(route: (request: RestRequest) => RestAnswer): Route {
    return (request) => {
      const { call, refused } = request;
      if (!/^application\/x-www-form-urlencoded\b/.test(call.headers['content-type'] ?? ''))
        return refuse(400, 'Send a form');
      const key = call.idempotencyKey;
      const asked = `${call.path} ${call.raw.toString()}`;
      const before = key === undefined ? undefined : answered.get(key);
      if (before !== undefined) return before.asked === asked ? before.answer : refuse(400, 'idempotency_error');
      const answer = route(request);
      if (key !== undefined && !refused) answered.set(key, { asked, answer });
      return answer;
    };
  }

  return startRestStub(
    {
      basePath: '',
      admits: (headers, key) => headers.authorization === `Bearer ${key}`,
      error: (status, message, { headers }) => ({
        error: {
          type: status === 402 && message !== 'refused' ? 'card_error' : 'invalid_request_error',
          message: `${message}: ${headers.authorization ?? ''}`,
          ...(message === 'Your card was declined.' ? { code: 'card_declined', decline_code: 'generic_decline' } : {}),
        },
      }),
      routes: {
        'GET /v1/balance': () => ({ json: { object: 'balance', available: [], pending: [] } }),
        'POST /v1/payment_intents': once(pay),
        'POST /v1/refunds': once(giveBack),
      },
    },
    options,
  );
}

/** A payment that is there from the start and never runs out. */
export const PAID = { id: 'pi_paid', currency: 'eur', left: 5000 };

/** The fields of a form, and its metadata apart. */
function split({ body }: StubCall): readonly [Record<string, unknown>, Record<string, unknown>] {
  const all = Object.entries((body ?? {}) as Record<string, unknown>);
  return [
    Object.fromEntries(all.filter(([name]) => !METADATA.test(name))),
    Object.fromEntries(all.flatMap(([name, value]) => (METADATA.test(name) ? [[name.slice(9, -1), value]] : []))),
  ];
}
