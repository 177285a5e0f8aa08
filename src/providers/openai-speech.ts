/**
 * Text to speech in OpenAI's wire format: `POST /audio/speech` answers raw samples, which are handed on as a WAV.
 * https://openrouter.ai/docs/guides/overview/multimodal/tts: `pcm` is 16 bit little-endian, `Content-Type: audio/pcm;rate=24000;channels=1`.
 */
import type { ToolAnswer } from '../tools/tool';
import type { TtsInput } from '../tools/tts-synthesize';
import { spoken } from './audio';
import { accounted } from './broken-off';
import type { VendorCall } from './define-provider';
import { garbage } from './http/http-error';
import type { SpeechModel } from './openai-vendor';

const PATH = '/audio/speech';
/** Five minutes of speech at the usual rate; as base64 it stays below the largest value that travels. */
const MAX_BYTES = 16 * 1024 * 1024;
const USUAL_RATE = 24_000;

export async function speak(speech: SpeechModel, input: TtsInput, call: VendorCall): Promise<ToolAnswer> {
  const model = call.model ?? speech.model;
  const characters = [...input.text].length;
  const { headers, bytes } = await accounted(call, { model, characters }, (onAnswer) =>
    call.bytes({
      method: 'POST',
      path: PATH,
      body: { model, input: input.text, voice: input.voice ?? speech.voice, response_format: 'pcm' },
      maxBytes: MAX_BYTES,
      accepts: 'audio/',
      onAnswer,
    }),
  );
  const type = headers.get('content-type') ?? '';
  const sampleRate = parameter(type, 'rate') ?? USUAL_RATE;
  const channels = parameter(type, 'channels') ?? 1;
  if (bytes.length === 0 || bytes.length % (2 * channels) !== 0)
    throw garbage(call.far, `POST ${PATH}`, 'the audio is not whole 16 bit samples');
  const samples = { pcm: bytes, sampleRate, channels };
  return { output: spoken(samples), usage: { model, characters } };
}

function parameter(mediaType: string, name: string): number | undefined {
  const text = new RegExp(`;\\s*${name}=(\\d{1,6})`).exec(mediaType)?.[1];
  const value = Number(text);
  return text === undefined || value === 0 ? undefined : value;
}
