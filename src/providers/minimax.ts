/** MiniMax, international, with speech and pictures. Its models think aloud; there is no JSON mode, and errors hide in `base_resp` of a 200. */
import { z } from 'zod';
import type { ImageInput } from '../tools/image-generate';
import type { TtsInput } from '../tools/tts-synthesize';
import type { VendorCall } from './define-provider';
import { minimaxImage, minimaxSpeech } from './minimax-media';
import { defineOpenAiShaped } from './openai-shaped';

const MODEL = 'MiniMax-M3';
const SPEECH = { model: 'speech-2.8-turbo', voice: 'English_expressive_narrator' };
const IMAGE_MODEL = 'image-01';
const PRICES = 'https://platform.minimax.io/docs/guides/pricing-paygo';

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
    'https://platform.minimax.io/docs/api-reference/speech-t2a-http',
    'https://platform.minimax.io/docs/api-reference/image-generation-t2i',
    'https://platform.minimax.io/docs/api-reference/errorcode',
  ],
  limits: { perSecond: 8, burst: 16, concurrent: 30 },
  models: { chat: MODEL },
  rates: {
    [MODEL]: {
      usdPerMillionInputTokens: 0.3,
      usdPerMillionOutputTokens: 1.2,
      date: '2026-09',
      source: PRICES,
    },
    [SPEECH.model]: { usdPerMillionCharacters: 60, date: '2026-08', source: PRICES },
    'speech-2.8-hd': { usdPerMillionCharacters: 100, date: '2026-08', source: PRICES },
  },
  modelNames: /^(MiniMax|abab|speech-|image-)[\w.-]*$/i,
  probe: '/models',
  format: 'words',
  temperature: [0.01, 1],
  limitMember: 'max_completion_tokens',
  chatExtras: () => ({ reasoning_split: true }),
  own: {
    'tts.synthesize': {
      model: SPEECH.model,
      tool: (input: TtsInput, call: VendorCall) => minimaxSpeech(SPEECH, input, call),
    },
    'image.generate': {
      model: IMAGE_MODEL,
      tool: (input: ImageInput, call: VendorCall) => minimaxImage(IMAGE_MODEL, input, call),
    },
  },
  statusInside(body) {
    const code = hidden.safeParse(body).data?.base_resp.status_code ?? 0;
    return code === 0 ? undefined : (STATUS[code] ?? 500);
  },
});
