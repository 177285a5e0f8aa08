/** Gemini, by Google, in its own wire format. As of November 2026; its prices of speech hold until the end of the year. */
import { z } from 'zod';
import type { ImageInput } from '../tools/image-generate';
import type { TtsInput } from '../tools/tts-synthesize';
import { defineProvider, type VendorCall } from './define-provider';
import { GEMINI_CHAT } from './gemini-chat';
import { geminiImage } from './gemini-image';
import { geminiSpeech } from './gemini-speech';
import type { Refusal, Verdict } from './http/client';
import { LONGEST_WAIT_MS } from './http/retry-after';
import { modelTools, usualModels } from './model-tools';

/** Hears, and costs the same for a token of speech as for one of text. */
const MODEL = 'gemini-3.5-flash-lite';
const SPEECH = { model: 'gemini-3.8-flash-lite-tts', voice: 'Kore' };
const IMAGE_MODEL = 'gemini-3.1-flash-image';
const MODELS = { chat: MODEL, hearing: MODEL };
const PRICES = 'https://ai.google.dev/gemini-api/docs/pricing';

export const GEMINI = defineProvider({
  provider: 'gemini',
  title: 'Gemini (Google)',
  keyVariable: 'GEMINI_API_KEY',
  baseUrlVariable: 'GEMINI_BASE_URL',
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  sources: [
    'https://ai.google.dev/api/generate-content',
    'https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent',
    'https://ai.google.dev/gemini-api/docs/structured-output',
    'https://ai.google.dev/gemini-api/docs/audio',
    'https://ai.google.dev/gemini-api/docs/speech-generation',
    'https://ai.google.dev/gemini-api/docs/image-generation',
    'https://ai.google.dev/gemini-api/docs/troubleshooting',
  ],
  headers: (key) => ({ 'x-goog-api-key': key }),
  probe: '/models?pageSize=1',
  modelNames: /^gemini-[\w.-]+$/,
  limits: { concurrent: 50 },
  prices: {
    usual: { ...usualModels(MODELS), 'tts.synthesize': SPEECH.model, 'image.generate': IMAGE_MODEL },
    rates: {
      [MODEL]: { usdPerMillionInputTokens: 0.3, usdPerMillionOutputTokens: 2.5, date: '2026-10', source: PRICES },
      // A picture of 1024 pixels is 1120 tokens. Thinking costs less than this rate of pictures.
      [IMAGE_MODEL]: { usdPerMillionInputTokens: 0.5, usdPerMillionOutputTokens: 60, date: '2026-07', source: PRICES },
      [SPEECH.model]: { usdPerMillionInputTokens: 0.5, usdPerMillionOutputTokens: 6, date: '2026-11', source: PRICES },
    },
  },
  refusal,
  tools: {
    ...modelTools(GEMINI_CHAT, MODELS),
    'tts.synthesize': (input: TtsInput, call: VendorCall) => geminiSpeech(SPEECH, input, call),
    'image.generate': (input: ImageInput, call: VendorCall) => geminiImage(IMAGE_MODEL, input, call),
  },
});

const errorBody = z.object({
  error: z.object({
    details: z.array(z.object({ reason: z.string().optional(), retryDelay: z.string().optional() })).optional(),
  }),
});

/** How long to wait stands in the body of a 429, and a wrong key is a 400 (https://google.aip.dev/193). */
function refusal({ status, body }: Refusal): Verdict | undefined {
  const details = errorBody.safeParse(body).data?.error.details ?? [];
  if (status === 400 && details.some(({ reason }) => reason === 'API_KEY_INVALID')) return { status: 401 };
  const delay = details.flatMap(({ retryDelay }) => /^(\d{1,9}(?:\.\d{1,9})?)s$/.exec(retryDelay ?? '')?.[1] ?? [])[0];
  if (status !== 429 || delay === undefined) return undefined;
  return { retryAfterMs: Math.min(Math.ceil(Number(delay) * 1000), LONGEST_WAIT_MS) };
}
