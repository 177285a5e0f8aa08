/** Conversations in Gemini's wire format: schemas are kept by the vendor, recordings are parts of a turn. */
import { sizeOf } from '../plan/price';
import { OmniError } from '../plan/problem';
import { chatSettings, type ChatWire, type Conversation, type Turn } from './conversation';
import type { VendorCall } from './define-provider';
import { generate, WHERE } from './gemini-wire';
import { garbage } from './http/http-error';
import { withKeywords } from './strict-schema';

/** https://ai.google.dev/gemini-api/docs/structured-output, `GenerationConfig.responseJsonSchema`. */
const KEYWORDS = [
  ...['$id', '$defs', '$ref', '$anchor', 'type', 'format', 'title', 'description', 'enum', 'items', 'prefixItems'],
  ...['minItems', 'maxItems', 'minimum', 'maximum', 'anyOf', 'oneOf', 'properties', 'additionalProperties', 'required'],
];

/** https://ai.google.dev/gemini-api/docs/audio, by the names of `audioFormat`. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  wav: 'audio/wav',
  mp3: 'audio/mp3',
  aiff: 'audio/aiff',
  ogg: 'audio/ogg',
  flac: 'audio/flac',
};

export const GEMINI_CHAT: ChatWire = {
  where: WHERE,
  async complete({ model: usual, part, ...conversation }: Conversation, call: VendorCall) {
    const { system, turns } = conversation;
    const texts = [system ?? '', ...turns.map(({ text }) => text)];
    const estimate = { model: call.model ?? usual, inputTokens: sizeOf(texts).tokens };
    const body = requestBody(conversation, call);
    const { parts, usage } = await generate(
      { body, estimate, text: true, ...(part === undefined ? {} : { part }) },
      call,
    );
    const text = parts.map((one) => one.text ?? '').join('');
    if (text === '') throw garbage(call.far, WHERE, 'it holds no text', { data: { usage: { ...usage } } });
    return { text, usage };
  },
};

function requestBody(
  { system, turns, format, maxTokens: left }: Omit<Conversation, 'model'>,
  call: VendorCall,
): object {
  const { provider } = call.far;
  const { maxTokens, temperature } = chatSettings(call.config, provider);
  const most = left ?? maxTokens;
  const settings = {
    ...(most === undefined ? {} : { maxOutputTokens: most }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(format === undefined
      ? {}
      : {
          responseMimeType: 'application/json',
          responseJsonSchema: { title: format.name, ...withKeywords(format.schema, KEYWORDS) },
        }),
  };
  return {
    contents: turns.map((turn) => ({ role: turn.role === 'user' ? 'user' : 'model', parts: partsOf(turn, provider) })),
    ...(system === undefined ? {} : { systemInstruction: { parts: [{ text: system }] } }),
    ...(Object.keys(settings).length === 0 ? {} : { generationConfig: settings }),
  };
}

function partsOf({ text, audio }: Turn, provider: string): readonly object[] {
  if (audio === undefined) return [{ text }];
  const mimeType = MEDIA_TYPES[audio.format];
  if (mimeType === undefined)
    throw new OmniError('validation', `${provider} takes no ${audio.format} audio. Send WAV, MP3, FLAC, OGG or AIFF.`, {
      provider,
      errors: [{ pointer: '/audioData', detail: 'is not WAV, MP3, FLAC, OGG or AIFF' }],
    });
  return [{ text }, { inlineData: { mimeType, data: audio.data } }];
}
