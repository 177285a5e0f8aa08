/** Zapier: hooks that start Zaps. The address of the hook is the secret. */
import { z } from 'zod';
import type { HookInput, HookOutput } from '../tools/hook-post';
import { defineProvider } from './define-provider';
import { markerOf } from './marker';

const taken = z.object({ status: z.string(), id: z.string() });

export const ZAPIER = defineProvider({
  provider: 'zapier',
  title: 'Zapier',
  keyVariable: 'ZAPIER_HOOK_URL',
  baseUrlVariable: 'ZAPIER_HOOK_URL',
  byPlan: true,
  sources: [
    'https://help.zapier.com/hc/en-us/articles/8496288690317-Trigger-Zaps-from-webhooks',
    'https://help.zapier.com/hc/en-us/articles/29972220283789-Webhooks-by-Zapier-rate-limits',
  ],
  headers: () => ({}),
  connect({ ZAPIER_HOOK_URL: url }) {
    return url === undefined || url.trim() === '' ? 'set ZAPIER_HOOK_URL' : { baseUrl: url.trim(), headers: {} };
  },
  limits: { perSecond: 10, burst: 20, concurrent: 10 },
  honours: 'tried once; `idempotencyKey` in the body lets the Zap itself tell repeated ones',
  tools: {
    'hook.post': async ({ payload }: HookInput, call) => {
      const body = { ...payload, idempotencyKey: markerOf(call.idempotencyKey) };
      const { id, status } = await call.json(taken, { method: 'POST', path: '', body });
      return { output: { id, status } satisfies HookOutput };
    },
  },
});
