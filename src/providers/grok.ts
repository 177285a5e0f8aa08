/** Grok, by xAI. Its answers tell what they have cost; the prices serve estimates. */
import { defineOpenAiShaped } from './openai-shaped';

const MODEL = 'grok-4.3';
const IMAGE_MODEL = 'grok-imagine-image';

export const GROK = defineOpenAiShaped({
  provider: 'grok',
  title: 'Grok (xAI)',
  keyVariable: 'GROK_API_KEY',
  baseUrlVariable: 'GROK_BASE_URL',
  baseUrl: 'https://api.x.ai/v1',
  sources: [
    'https://docs.x.ai/docs/api-reference',
    'https://docs.x.ai/docs/guides/structured-outputs',
    'https://docs.x.ai/developers/cost-tracking',
    'https://docs.x.ai/docs/guides/image-generations',
  ],
  limits: { perSecond: 30, burst: 60, concurrent: 50 },
  streams: true,
  models: { chat: MODEL, image: IMAGE_MODEL },
  rates: {
    [MODEL]: {
      usdPerMillionInputTokens: 1.25,
      usdPerMillionOutputTokens: 2.5,
      date: '2026-05',
      source: 'https://docs.x.ai/docs/models',
    },
    [IMAGE_MODEL]: { usdPerImage: 0.02, date: '2026-05', source: 'https://docs.x.ai/docs/models' },
  },
  modelNames: /^grok-[\w.-]+$/,
  probe: '/models',
});
