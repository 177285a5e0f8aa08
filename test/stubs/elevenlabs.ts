/**
 * A stub of ElevenLabs, by https://elevenlabs.io/docs/api-reference/speech-to-text/convert and …/text-to-speech/convert. Its own client
 * weighs a hundred megabytes, so none proves it.
 */
import { z } from 'zod';
import { refuse, startRestStub, type RestAnswer, type RestRequest } from './rest';
import { hear, speak } from './spoken-bytes';
import type { Stub, StubOptions } from './stub';

const speech = z.strictObject({
  text: z.string().min(1).max(40_000),
  model_id: z.string().regex(/^eleven_\w+$/),
  language_code: z
    .string()
    .regex(/^[a-z]{2,3}$/)
    .optional(),
});

const VOICES = ['JBFqnCBsd6RMkjVDRZzb', 'otherVoice1'];
/** Seconds that the stub speaks for a byte of text. */
const SECONDS = 0.01;

export const startElevenLabsStub = (options: StubOptions = {}): Promise<Stub> =>
  startRestStub(
    {
      basePath: '/v1',
      admits: (headers, key) => headers['xi-api-key'] === key,
      error: (status, message, call) => ({
        detail: { status: `error_${status}`, message: `${message}: ${JSON.stringify(call.headers)}` },
      }),
      routes: {
        'GET /user': () => ({ json: { user_id: 'u1', subscription: { tier: 'starter' } } }),
        'POST /speech-to-text': listen,
        'POST /text-to-speech/:voice': say,
      },
    },
    options,
  );

async function listen({ call }: RestRequest): Promise<RestAnswer> {
  const type = call.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return refuse(422, 'send a form');
  const form = await new Response(new Uint8Array(call.raw), { headers: { 'content-type': type } }).formData();
  const strange = [...form.keys()].find(
    (key) => !['model_id', 'file', 'language_code', 'tag_audio_events'].includes(key),
  );
  const file = form.get('file');
  if (strange !== undefined) return refuse(422, `unknown field ${strange}`);
  if (form.get('model_id') !== 'scribe_v2') return refuse(400, 'no such model');
  if (file === null || typeof file === 'string') return refuse(422, 'file is missing');
  const text = hear(Buffer.from(await file.arrayBuffer()));
  const seconds = Buffer.byteLength(text) * SECONDS;
  return {
    json: {
      language_code: form.get('language_code') === 'pt' ? 'por' : 'eng',
      language_probability: 0.98,
      text,
      words: wordsOf(text),
      transcription_id: 't1',
      audio_duration_secs: seconds,
    },
    usage: { inputTokens: 0, outputTokens: 0, costUsd: Math.round(((seconds * 0.22) / 3600) * 1e12) / 1e12 },
  };
}

function wordsOf(text: string): readonly object[] {
  return [...text.matchAll(/\s+|\S+/g)].map(([part], _, all) => {
    const at = all.findIndex(([one]) => one === part);
    const start =
      Buffer.byteLength(
        all
          .slice(0, at)
          .map(([one]) => one)
          .join(''),
      ) * SECONDS;
    const end = start + Buffer.byteLength(part) * SECONDS;
    return /\s/.test(part)
      ? { text: part, type: 'spacing', start, end, logprob: 0 }
      : { text: part, type: 'word', start, end, logprob: Math.log(0.5) };
  });
}

function say({ body, params, query }: RestRequest): RestAnswer {
  const parsed = speech.safeParse(body);
  if (!parsed.success) return refuse(422, parsed.error.message);
  if (!VOICES.includes(params['voice'] ?? '')) return refuse(404, 'no such voice');
  if (query.get('output_format') !== 'pcm_24000') return refuse(422, 'no such format');
  const { text } = parsed.data;
  return {
    bytes: speak(text),
    mediaType: 'audio/pcm',
    usage: { inputTokens: 0, outputTokens: 0, costUsd: Math.round([...text].length * 50 * 1e6) / 1e12 },
  };
}
