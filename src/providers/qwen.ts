/** Qwen, by Alibaba Cloud Model Studio, Singapore. JSON mode for all models, schemas for a few only. */
import { defineOpenAiShaped } from './openai-shaped';

const MODEL = 'qwen-max';

export const QWEN = defineOpenAiShaped({
  provider: 'qwen',
  title: 'Qwen (Alibaba Cloud)',
  keyVariable: 'QWEN_MAX_API_KEY',
  baseUrlVariable: 'QWEN_BASE_URL',
  baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
  sources: [
    'https://www.alibabacloud.com/help/en/model-studio/qwen-structured-output',
    'https://www.alibabacloud.com/help/en/model-studio/compatibility-of-openai-with-dashscope',
  ],
  limits: { perSecond: 10, burst: 20, concurrent: 50 },
  streams: true,
  models: { chat: MODEL },
  rates: {
    [MODEL]: {
      usdPerMillionInputTokens: 1.6,
      usdPerMillionOutputTokens: 6.4,
      date: '2025-04',
      source: 'https://www.alibabacloud.com/help/en/model-studio/billing-for-model-studio',
    },
  },
  modelNames: /^(qwen|qwq)[\w.-]*$/,
  format: 'json_object',
});
