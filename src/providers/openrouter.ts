/** OpenRouter: hundreds of models behind one key. Its answers tell what chat has cost; the prices serve estimates. */
import { defineOpenAiShaped } from './openai-shaped';

const CHAT_MODEL = 'google/gemini-3.1-flash-lite';
const SPEECH_MODEL = 'openai/gpt-4o-mini-tts-2025-12-15';

export const OPENROUTER = defineOpenAiShaped({
  provider: 'openrouter',
  title: 'OpenRouter',
  keyVariable: 'OPENROUTER_API_KEY',
  baseUrlVariable: 'OPENROUTER_BASE_URL',
  baseUrl: 'https://openrouter.ai/api/v1',
  sources: [
    'https://openrouter.ai/docs/api/reference/errors-and-debugging',
    'https://openrouter.ai/docs/api/reference/streaming',
    'https://openrouter.ai/docs/structured-outputs',
    'https://openrouter.ai/docs/guides/overview/multimodal/audio',
    'https://openrouter.ai/docs/guides/overview/multimodal/tts',
    'https://openrouter.ai/docs/api/reference/limits',
  ],
  streams: true,
  models: {
    chat: CHAT_MODEL,
    hearing: CHAT_MODEL,
    speech: { model: SPEECH_MODEL, voice: 'alloy' },
  },
  rates: {
    [CHAT_MODEL]: {
      usdPerMillionInputTokens: 0.25,
      usdPerMillionOutputTokens: 1.5,
      date: '2026-11',
      source: 'https://openrouter.ai/google/gemini-3.1-flash-lite',
    },
    [SPEECH_MODEL]: {
      usdPerMillionCharacters: 0.6,
      date: '2026-11',
      source: 'https://openrouter.ai/openai/gpt-4o-mini-tts-2025-12-15',
    },
  },
  // `author/model`, with a variant such as `:free` at times.
  modelNames: /^~?[a-z0-9][\w.-]*\/[\w.-]+(:[\w-]+)?$/i,
  probe: '/key',
  // Only hosts of the model that honour the schema are asked.
  chatExtras: () => ({ provider: { require_parameters: true } }),
});
