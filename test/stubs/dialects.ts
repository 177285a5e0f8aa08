/** How the vendors of OpenAI's wire format differ from each other, as their stubs speak it. */
import type { Dialect } from './openai-shaped';

export const DEEPSEEK: Dialect = {
  basePath: '',
  also: ['GET /models'],
  format: 'json_object',
  price: { prompt: 0.3, completion: 1.2 },
  takes: ['max_tokens', 'thinking'],
};

export const GROK: Dialect = {
  basePath: '/v1',
  also: ['GET /models', 'POST /images/generations'],
  format: 'json_schema',
  price: { prompt: 1.25, completion: 2.5 },
  tellsCost: 'ticks',
  takes: ['max_tokens', 'max_completion_tokens'],
  silentTokens: 12,
};

export const QWEN: Dialect = {
  basePath: '/compatible-mode/v1',
  also: [],
  format: 'json_object',
  price: { prompt: 1.6, completion: 6.4 },
  takes: ['max_tokens'],
};

export const MINIMAX: Dialect = {
  basePath: '/v1',
  also: ['GET /models', 'POST /t2a_v2', 'POST /image_generation'],
  price: { prompt: 0.3, completion: 1.2 },
  takes: ['max_completion_tokens', 'reasoning_split'],
  thought: '<think>\nThe learner wants {"an": "answer"}.\n</think>\n\n',
};
