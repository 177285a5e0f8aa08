/** Speech and pictures by MiniMax, in its own wire format: audio in hex, pictures in base64, errors in `base_resp` of a 200. */
import { z } from 'zod';
import { OmniError } from '../plan/problem';
import type { ImageInput } from '../tools/image-generate';
import type { ToolAnswer } from '../tools/tool';
import type { TtsInput } from '../tools/tts-synthesize';
import { spoken } from './audio';
import { accounted } from './broken-off';
import type { VendorCall } from './define-provider';
import { MAX_IMAGE_BYTES, pictured } from './image';

const RATE = 32_000;
/** Hex is twice the size of the samples: two minutes and a half of speech. */
const MAX_SPEECH_BYTES = 20 * 1024 * 1024;
const MAX_PROMPT = 1_500;

/** Those that `language_boost` takes (https://platform.minimax.io/docs/api-reference/speech-t2a-http), by their English names. */
const LANGUAGES = new Set(
  (
    'Chinese English Arabic Russian Spanish French Portuguese German Turkish Dutch Ukrainian Vietnamese Indonesian Japanese ' +
    'Italian Korean Thai Polish Romanian Greek Czech Finnish Hindi Bulgarian Danish Hebrew Malay Persian Slovak Swedish ' +
    'Croatian Filipino Hungarian Norwegian Slovenian Catalan Tamil Afrikaans'
  ).split(' '),
);

const speech = z.object({
  data: z.object({ audio: z.string().regex(/^([0-9a-f]{4})+$/i) }),
  extra_info: z
    .object({ audio_sample_rate: z.int().min(1).optional(), usage_characters: z.int().min(0).optional() })
    .nullish(),
});

/** `POST /t2a_v2`. What it bills as characters it says itself: a Chinese one counts twice. */
export async function minimaxSpeech(
  usual: { readonly model: string; readonly voice: string },
  { text, language, voice }: TtsInput,
  call: VendorCall,
): Promise<ToolAnswer> {
  const model = call.model ?? usual.model;
  const { data, extra_info: told } = await accounted(call, { model, characters: [...text].length }, (onAnswer) =>
    call.json(speech, {
      method: 'POST',
      path: '/t2a_v2',
      body: {
        model,
        text,
        stream: false,
        output_format: 'hex',
        language_boost: languageName(language),
        voice_setting: { voice_id: voice ?? usual.voice, speed: 1, vol: 1, pitch: 0 },
        audio_setting: { sample_rate: RATE, format: 'pcm', channel: 1 },
      },
      maxBytes: MAX_SPEECH_BYTES,
      onAnswer,
    }),
  );
  const pcm = Buffer.from(data.audio, 'hex');
  const usage = { model, characters: told?.usage_characters ?? [...text].length };
  return { output: spoken({ pcm, sampleRate: told?.audio_sample_rate ?? RATE, channels: 1 }), usage };
}

function languageName(tag: string): string {
  const name = new Intl.DisplayNames('en', { type: 'language' }).of(new Intl.Locale(tag).language) ?? '';
  return LANGUAGES.has(name) ? name : 'auto';
}

const pictures = z.object({ data: z.object({ image_base64: z.array(z.string()) }) });

/** `POST /image_generation` (https://platform.minimax.io/docs/api-reference/image-generation-t2i). */
export async function minimaxImage(
  usual: string,
  { prompt, aspectRatio }: ImageInput,
  call: VendorCall,
): Promise<ToolAnswer> {
  if ([...prompt].length > MAX_PROMPT)
    throw new OmniError('validation', `${call.far.provider} takes a prompt of ${MAX_PROMPT} characters at most.`, {
      provider: call.far.provider,
      errors: [{ pointer: '/prompt', detail: `has more than ${MAX_PROMPT} characters` }],
    });
  const model = call.model ?? usual;
  const ratio = aspectRatio === undefined ? {} : { aspect_ratio: aspectRatio };
  const { data } = await accounted(call, { model, images: 1 }, (onAnswer) =>
    call.json(pictures, {
      method: 'POST',
      path: '/image_generation',
      body: { model, prompt, n: 1, response_format: 'base64', ...ratio },
      maxBytes: MAX_IMAGE_BYTES,
      onAnswer,
    }),
  );
  return pictured(data.image_base64[0], call, { where: 'POST /image_generation', usage: { model, images: 1 } });
}
