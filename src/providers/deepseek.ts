/** DeepSeek. Its models think unless told otherwise, and it has JSON mode but takes no schema. */
import { defineOpenAiShaped } from './openai-shaped';

const FLASH = 'deepseek-flash';
const PRICES = 'https://api-docs.deepseek.com/quick_start/pricing';

export const DEEPSEEK = defineOpenAiShaped({
  provider: 'deepseek',
  title: 'DeepSeek',
  keyVariable: 'DEEPSEEK_API_KEY',
  baseUrlVariable: 'DEEPSEEK_BASE_URL',
  baseUrl: 'https://api.deepseek.com',
  sources: [
    'https://api-docs.deepseek.com/api/create-chat-completion',
    'https://api-docs.deepseek.com/guides/json_mode',
    'https://api-docs.deepseek.com/guides/thinking_mode',
    'https://api-docs.deepseek.com/quick_start/error_codes',
  ],
  limits: { concurrent: 100 },
  streams: true,
  models: { chat: FLASH },
  // Of the busy hours and without the cache: what a call costs at most.
  rates: {
    [FLASH]: { usdPerMillionInputTokens: 0.3, usdPerMillionOutputTokens: 1.2, date: '2026-10', source: PRICES },
    'deepseek-v4-pro': {
      usdPerMillionInputTokens: 1.32,
      usdPerMillionOutputTokens: 3.96,
      date: '2026-10',
      source: PRICES,
    },
  },
  modelNames: /^deepseek-[\w.-]+$/,
  probe: '/models',
  format: 'json_object',
  // A learner waits for the usual model; whoever names another one wants it to think.
  chatExtras: (model) => ({ thinking: { type: model === FLASH ? 'disabled' : 'enabled' } }),
});
