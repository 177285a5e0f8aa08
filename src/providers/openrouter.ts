/**
 * OpenRouter: hundreds of models behind one key. Sources, read in November 2026:
 * chat and errors https://openrouter.ai/docs/api/reference/errors-and-debugging, schemas https://openrouter.ai/docs/structured-outputs,
 * audio in https://openrouter.ai/docs/guides/overview/multimodal/audio, audio out https://openrouter.ai/docs/guides/overview/multimodal/tts,
 * key https://openrouter.ai/docs/api/reference/limits, models https://openrouter.ai/google/gemini-3.1-flash-lite (text and audio in,
 * $0.25 and $1.50 per million tokens) and https://openrouter.ai/openai/gpt-4o-mini-tts-2025-12-15 ($0.60 per million characters).
 */
import type { Provider } from '../tools/tool';
import { createOpenAiShaped, type OpenAiSettings } from './openai-shaped';
import type { OpenAiVendor } from './openai-vendor';

const CHAT_MODEL = 'google/gemini-3.1-flash-lite';

export const OPENROUTER: OpenAiVendor = {
  provider: 'openrouter',
  title: 'OpenRouter',
  keyVariable: 'OPENROUTER_API_KEY',
  baseUrlVariable: 'OPENROUTER_BASE_URL',
  baseUrl: 'https://openrouter.ai/api/v1',
  models: {
    chat: CHAT_MODEL,
    hearing: CHAT_MODEL,
    speech: { model: 'openai/gpt-4o-mini-tts-2025-12-15', voice: 'alloy', usdPerMillionCharacters: 0.6 },
  },
  // `author/model`, with a variant such as `:free` at times.
  modelNames: /^~?[a-z0-9][\w.-]*\/[\w.-]+(:[\w-]+)?$/i,
  probePath: '/key',
  // Only hosts of the model that honour the schema are asked.
  chatExtras: { provider: { require_parameters: true } },
};

/** `apiKey` and `baseUrl` come from the variables of the same meaning, `OPENROUTER_API_KEY` and `OPENROUTER_BASE_URL`. */
export function createOpenrouter(settings: OpenAiSettings): Provider {
  return createOpenAiShaped(OPENROUTER, settings);
}
