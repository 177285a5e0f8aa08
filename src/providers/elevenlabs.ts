/** ElevenLabs: transcription with times and speech. It bills characters and seconds, never tokens. */
import { z } from 'zod';
import { OmniError } from '../plan/problem';
import { primaryLanguage } from '../tools/language-tag';
import type { SttInput, SttOutput } from '../tools/stt-transcribe';
import type { ToolAnswer } from '../tools/tool';
import type { TtsInput } from '../tools/tts-synthesize';
import { audioFormat, spoken } from './audio';
import { accounted } from './broken-off';
import { defineProvider, type VendorCall } from './define-provider';
import type { Refusal, Verdict } from './http/client';
import { garbage } from './http/http-error';
import { notAudio } from './model-tools';

const HEARING = 'scribe_v2';
const SPEECH = 'eleven_flash_v2_5';
/** A voice of the vendor's default library ("George"), there in every account. */
const VOICE = 'JBFqnCBsd6RMkjVDRZzb';
const RATE = 24_000;
const MAX_BYTES = 16 * 1024 * 1024;
const PRICES = { date: '2026-06', source: 'https://elevenlabs.io/pricing/api' };

export const ELEVENLABS = defineProvider({
  provider: 'elevenlabs',
  title: 'ElevenLabs',
  keyVariable: 'ELEVENLABS_API_KEY',
  baseUrlVariable: 'ELEVENLABS_BASE_URL',
  baseUrl: 'https://api.elevenlabs.io/v1',
  sources: [
    'https://elevenlabs.io/docs/api-reference/speech-to-text/convert',
    'https://elevenlabs.io/docs/api-reference/text-to-speech/convert',
    'https://help.elevenlabs.io/hc/en-us/articles/19572237925521-API-Error-Code-400-or-401',
    'https://help.elevenlabs.io/hc/en-us/articles/19571824571921-API-Error-Code-429',
  ],
  headers: (key) => ({ 'xi-api-key': key }),
  probe: '/user',
  modelNames: /^(eleven|scribe)_\w+$/,
  // What the smallest paid plans allow at a time.
  limits: { concurrent: 5 },
  prices: {
    usual: { 'stt.transcribe': HEARING, 'tts.synthesize': SPEECH },
    rates: {
      // $0.22 an hour.
      [HEARING]: { usdPerAudioSecond: 0.22 / 3600, ...PRICES },
      [SPEECH]: { usdPerMillionCharacters: 50, ...PRICES },
      eleven_multilingual_v2: { usdPerMillionCharacters: 100, ...PRICES },
      eleven_v3: { usdPerMillionCharacters: 100, ...PRICES },
    },
  },
  refusal,
  tools: { 'stt.transcribe': transcribe, 'tts.synthesize': synthesize },
});

const errorBody = z.object({ detail: z.object({ status: z.string().optional(), code: z.string().optional() }) });

/** A used-up quota comes as 401, an unknown voice as 400. */
function refusal({ body }: Refusal): Verdict | undefined {
  const { status, code } = errorBody.safeParse(body).data?.detail ?? {};
  if (status === 'quota_exceeded' || code === 'quota_exceeded') return { status: 402 };
  if (status === 'voice_not_found' || code === 'voice_not_found') return { status: 404 };
  return undefined;
}

const transcript = z.object({
  language_code: z.string(),
  language_probability: z.number().optional(),
  text: z.string(),
  words: z.array(
    z.object({
      text: z.string(),
      type: z.enum(['word', 'spacing', 'audio_event']),
      start: z.number().min(0).nullish(),
      end: z.number().min(0).nullish(),
      /** Natural logarithm of how probable it is. */
      logprob: z.number().max(0).nullish(),
    }),
  ),
  audio_duration_secs: z.number().min(0).nullish(),
});
type Word = z.infer<typeof transcript>['words'][number];

/** `phrases` would be key terms there, at a price of their own: they are not sent. */
async function transcribe({ audioData, language }: SttInput, call: VendorCall): Promise<ToolAnswer> {
  const format = audioFormat(audioData);
  if (format === undefined) throw notAudio(call.far.provider);
  const model = call.model ?? HEARING;
  const content = new FormData();
  content.set('model_id', model);
  content.set('tag_audio_events', 'false');
  content.set('file', new Blob([Buffer.from(audioData, 'base64')]), `recording.${format}`);
  if (language !== undefined) content.set('language_code', primaryLanguage(language));
  const answer = await accounted(call, { model }, (onAnswer) =>
    call.json(transcript, { method: 'POST', path: '/speech-to-text', content, onAnswer }),
  );
  const words = answer.words.filter(({ type }) => type === 'word');
  const seconds = answer.audio_duration_secs ?? Math.max(0, ...answer.words.map(({ end }) => end ?? 0));
  const output: SttOutput = {
    text: answer.text,
    confidence: confidence(words, answer.language_probability ?? 0),
    segments: words.flatMap(segment),
    language: shortTag(answer.language_code),
  };
  return { output, usage: { model, audioSeconds: seconds } };
}

/** The geometric mean of the words' probabilities; without them, how sure it is of the language. */
function confidence(words: readonly Word[], ofLanguage: number): number {
  const known = words.flatMap(({ logprob }) => logprob ?? []);
  if (known.length === 0) return words.length === 0 ? 0 : Math.min(1, Math.max(0, ofLanguage));
  return Math.exp(known.reduce((sum, one) => sum + one, 0) / known.length);
}

function segment({ text, start, end, logprob }: Word): SttOutput['segments'] {
  if (start == null || end == null) return [];
  const times = { text, startMs: Math.round(start * 1000), endMs: Math.round(end * 1000) };
  return [{ ...times, ...(logprob == null ? {} : { confidence: Math.exp(logprob) }) }];
}

/** It answers in three letters (`por`); BCP 47 takes the two of ISO 639-1 where there are any. */
function shortTag(code: string): string {
  try {
    return new Intl.Locale(code).language;
  } catch {
    return 'und';
  }
}

async function synthesize({ text, language, voice = VOICE }: TtsInput, call: VendorCall): Promise<ToolAnswer> {
  const model = call.model ?? SPEECH;
  if (!/^\w{1,100}$/.test(voice))
    throw new OmniError(
      'validation',
      'input.voice is the id of a voice, letters and digits. Look it up at ElevenLabs.',
      {
        provider: call.far.provider,
        errors: [{ pointer: '/voice', detail: 'is not the id of a voice' }],
      },
    );
  const characters = [...text].length;
  // Only the models of this family are told the language; the others hear it from the text.
  const code = /_v2_5$/.test(model) ? { language_code: primaryLanguage(language) } : {};
  const { headers, bytes } = await accounted(call, { model, characters }, (onAnswer) =>
    call.bytes({
      method: 'POST',
      path: `/text-to-speech/${voice}?output_format=pcm_${RATE}`,
      body: { text, model_id: model, ...code },
      maxBytes: MAX_BYTES,
      accepts: '',
      onAnswer,
    }),
  );
  const type = headers.get('content-type') ?? '';
  const raw = /^(audio\/|application\/octet-stream)/i.test(type);
  if (!raw || bytes.length === 0 || bytes.length % 2 !== 0)
    throw garbage(call.far, 'POST /text-to-speech', 'the audio is not whole 16 bit samples', {
      data: { usage: { characters } },
    });
  return { output: spoken({ pcm: bytes, sampleRate: RATE, channels: 1 }), usage: { model, characters } };
}
