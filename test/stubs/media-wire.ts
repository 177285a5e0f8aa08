/** Speech and pictures of the OpenAI-shaped vendors beyond OpenAI's own speech: xAI's pictures, MiniMax's speech and pictures. */
import { z } from 'zod';
import { drawn } from './drawn-bytes';
import type { RestAnswer } from './rest';
import { speak } from './spoken-bytes';

const ratio = z.enum(['1:1', '16:9', '9:16', '4:3', '3:4', '3:2', '2:3']).optional();

/** https://docs.x.ai/docs/guides/image-generations */
export const xaiImageRequest = z.strictObject({
  model: z.string().startsWith('grok-'),
  prompt: z.string().min(1),
  n: z.int().min(1).max(10),
  response_format: z.enum(['url', 'b64_json']),
  aspect_ratio: ratio,
});

export function xaiImage({ prompt, aspect_ratio: shape = '1:1' }: z.infer<typeof xaiImageRequest>): RestAnswer {
  return {
    json: { data: [{ b64_json: drawn(`${prompt} (${shape})`), mime_type: 'image/png', revised_prompt: '' }] },
    usage: { inputTokens: 0, outputTokens: 0, costUsd: 0.02 },
    misfit: { data: [{ b64_json: 'c3VycHJpc2U=' }] },
  };
}

/** https://platform.minimax.io/docs/api-reference/speech-t2a-http */
export const minimaxSpeechRequest = z.strictObject({
  model: z.string().startsWith('speech-'),
  text: z.string().min(1).max(9_999),
  stream: z.literal(false),
  output_format: z.literal('hex'),
  language_boost: z.string(),
  voice_setting: z.strictObject({
    voice_id: z.string().min(1),
    speed: z.number().min(0.5).max(2),
    vol: z.number().positive().max(10),
    pitch: z.int().min(-12).max(12),
  }),
  audio_setting: z.strictObject({
    sample_rate: z.union([8000, 16_000, 22_050, 24_000, 32_000, 44_100].map((rate) => z.literal(rate))),
    format: z.enum(['mp3', 'pcm', 'flac', 'wav']),
    channel: z.union([z.literal(1), z.literal(2)]),
  }),
});

export function minimaxSpeech({ text, audio_setting }: z.infer<typeof minimaxSpeechRequest>): RestAnswer {
  const pcm = speak(text);
  // As the vendor counts: a Chinese character is two.
  const characters = [...text].length + (text.match(/\p{Script=Han}/gu) ?? []).length;
  return {
    json: {
      data: { audio: pcm.toString('hex'), status: 2 },
      extra_info: { audio_sample_rate: audio_setting.sample_rate, audio_format: 'pcm', usage_characters: characters },
      trace_id: 't',
      base_resp: OK,
    },
    usage: { inputTokens: 0, outputTokens: 0, costUsd: (characters * 60) / 1e6 },
    misfit: { data: { audio: 'surprise' }, base_resp: OK },
  };
}

/** https://platform.minimax.io/docs/api-reference/image-generation-t2i */
export const minimaxImageRequest = z.strictObject({
  model: z.string().startsWith('image-'),
  prompt: z.string().min(1).max(1500),
  n: z.int().min(1).max(9),
  response_format: z.enum(['url', 'base64']),
  aspect_ratio: ratio,
});

/** It tells no price. */
export function minimaxImage({ prompt, aspect_ratio: shape = '1:1' }: z.infer<typeof minimaxImageRequest>): RestAnswer {
  return {
    json: {
      id: 'i',
      data: { image_base64: [drawn(`${prompt} (${shape})`)] },
      metadata: { success_count: '1', failed_count: '0' },
      base_resp: OK,
    },
    misfit: { id: 'i', data: { image_base64: ['c3VycHJpc2U='] }, base_resp: OK },
  };
}

const OK = { status_code: 0, status_msg: 'success' };

/** By HTTP status, MiniMax's own codes. */
const CODES: Readonly<Record<number, number>> = { 400: 2013, 401: 1004, 402: 1008, 429: 1002 };

/** What stands in a 200 of MiniMax's own routes that failed; it quotes the key. */
export const minimaxError = (status: number, quoted: string): object => ({
  base_resp: { status_code: CODES[status] ?? 1000, status_msg: `refused: ${quoted}` },
});
