/**
 * Speech by Gemini: raw samples in base64, handed on as a WAV. The language is heard from the text
 * (https://ai.google.dev/gemini-api/docs/speech-generation: `audio/L16;codec=pcm;rate=24000`, 16 bit little-endian, one channel).
 */
import { sizeOf } from '../plan/price';
import type { ToolAnswer } from '../tools/tool';
import type { TtsInput } from '../tools/tts-synthesize';
import { spoken } from './audio';
import type { VendorCall } from './define-provider';
import { generate, WHERE } from './gemini-wire';
import { garbage } from './http/http-error';

/** Six minutes of speech in base64. */
const MAX_BYTES = 24 * 1024 * 1024;
const USUAL_RATE = 24_000;

export async function geminiSpeech(
  { model: usual, voice }: { readonly model: string; readonly voice: string },
  input: TtsInput,
  call: VendorCall,
): Promise<ToolAnswer> {
  const model = call.model ?? usual;
  const body = {
    contents: [{ role: 'user', parts: [{ text: input.text }] }],
    generationConfig: {
      responseModalities: ['AUDIO'],
      speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: input.voice ?? voice } } },
    },
  };
  const estimate = { model, inputTokens: sizeOf(input.text).tokens };
  const { parts, usage } = await generate({ body, estimate, maxBytes: MAX_BYTES }, call);
  const data = { usage: { ...usage } };
  const audio = parts.flatMap(({ inlineData }) => inlineData ?? []);
  const type = audio[0]?.mimeType ?? '';
  if (!/^audio\/(L16|pcm)\b/i.test(type)) throw garbage(call.far, WHERE, 'it holds no raw samples', { data });
  const pcm = Buffer.concat(audio.map((one) => Buffer.from(one.data, 'base64')));
  const sampleRate = Number(/;\s*rate=(\d{4,6})/.exec(type)?.[1] ?? USUAL_RATE);
  if (pcm.length === 0 || pcm.length % 2 !== 0)
    throw garbage(call.far, WHERE, 'the audio is not whole 16 bit samples', { data });
  return { output: spoken({ pcm, sampleRate, channels: 1 }), usage };
}
