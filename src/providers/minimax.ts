/** MiniMax, international. Its models think aloud; there is no JSON mode, and errors hide in `base_resp` of a 200. */
import { z } from 'zod';
import { defineOpenAiShaped } from './openai-shaped';

const MODEL = 'MiniMax-M3';

const hidden = z.object({ base_resp: z.object({ status_code: z.int() }) });

/** https://platform.minimax.io/docs/api-reference/errorcode; what is not named here is its own trouble. */
const STATUS: Readonly<Record<number, number>> = {
  1001: 408,
  1002: 429,
  1004: 401,
  1008: 402,
  1026: 422,
  1027: 422,
  1039: 413,
  1042: 400,
  2013: 400,
  2049: 401,
};

export const MINIMAX = defineOpenAiShaped({
  provider: 'minimax',
  title: 'MiniMax',
  keyVariable: 'MINIMAX_API_KEY',
  baseUrlVariable: 'MINIMAX_BASE_URL',
  baseUrl: 'https://api.minimax.io/v1',
  sources: [
    'https://platform.minimax.io/docs/api-reference/text-openai-api',
    'https://platform.minimax.io/docs/api-reference/text-chat',
    'https://platform.minimax.io/docs/api-reference/errorcode',
  ],
  limits: { perSecond: 8, burst: 16, concurrent: 30 },
  models: { chat: MODEL },
  rates: {
    [MODEL]: {
      usdPerMillionInputTokens: 0.3,
      usdPerMillionOutputTokens: 1.2,
      date: '2026-09',
      source: 'https://platform.minimax.io/docs/guides/pricing-paygo',
    },
  },
  modelNames: /^(MiniMax|abab)[\w.-]*$/i,
  probe: '/models',
  format: 'words',
  temperature: [0.01, 1],
  limitMember: 'max_completion_tokens',
  chatExtras: () => ({ reasoning_split: true }),
  statusInside(body) {
    const code = hidden.safeParse(body).data?.base_resp.status_code ?? 0;
    return code === 0 ? undefined : (STATUS[code] ?? 500);
  },
});
