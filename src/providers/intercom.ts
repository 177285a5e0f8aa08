/** Intercom: messages of a colleague to a contact. */
import { z } from 'zod';
import { OmniError } from '../plan/problem';
import type { MessageInput, MessageOutput } from '../tools/message-send';
import { defineProvider, type VendorCall } from './define-provider';

const message = z.object({ id: z.string(), conversation_id: z.string().nullish() });

export const INTERCOM = defineProvider({
  provider: 'intercom',
  title: 'Intercom',
  keyVariable: 'INTERCOM_TOKEN',
  baseUrlVariable: 'INTERCOM_BASE_URL',
  baseUrl: 'https://api.intercom.io',
  byPlan: true,
  sources: [
    'https://developers.intercom.com/docs/references/rest-api/api.intercom.io/messages/createmessage',
    'https://developers.intercom.com/docs/references/rest-api/errors/rate-limiting',
  ],
  headers: (key) => ({ authorization: `Bearer ${key}`, 'intercom-version': '2.14' }),
  probe: '/me',
  limits: { perSecond: 16, burst: 160, concurrent: 20 },
  // Intercom tells when the window ends by the clock, in seconds.
  refusal({ status, headers }) {
    const resetMs = Number(headers.get('x-ratelimit-reset') ?? Number.NaN) * 1000 - Date.now();
    if (status !== 429 || headers.has('retry-after') || !Number.isFinite(resetMs)) return undefined;
    return { retryAfterMs: Math.min(3_600_000, Math.max(0, resetMs)) };
  },
  tools: {
    'message.send': async ({ channel, from, to, toKind = 'user', subject, body }: MessageInput, call) => {
      if (channel === 'email' && subject === undefined)
        throw wrong(call, 'subject', 'is missing, and an email needs it');
      if (!/^\d{1,15}$/.test(from)) throw wrong(call, 'from', 'must be the number of an admin at Intercom');
      const sent = await call.json(message, {
        method: 'POST',
        path: '/messages',
        body: {
          message_type: channel,
          ...(subject === undefined ? {} : { subject }),
          ...(channel === 'email' ? { template: 'plain' } : {}),
          body,
          from: { type: 'admin', id: Number(from) },
          to: { type: toKind, id: to },
        },
      });
      const conversation = sent.conversation_id ?? undefined;
      const output: MessageOutput = { id: sent.id, ...(conversation === undefined ? {} : { conversation }) };
      return { output };
    },
  },
});

function wrong({ far }: VendorCall, member: string, detail: string): OmniError {
  return new OmniError('validation', `input.${member} ${detail}.`, {
    provider: far.provider,
    errors: [{ pointer: `/${member}`, detail }],
  });
}
