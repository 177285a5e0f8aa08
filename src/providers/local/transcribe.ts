/** `stt.transcribe` on this machine: which sentence of a list was said. Speech that is not in the list is refused, never guessed. */
import { z } from 'zod';
import { OmniError } from '../../plan/problem';
import { primaryLanguage } from '../../tools/language-tag';
import type { SttInput, SttOutput } from '../../tools/stt-transcribe';
import type { CallContext, ToolAnswer } from '../../tools/tool';
import type { EngineProcess } from './engine-process';
import { phraseList, readPhrases } from './phrases';
import { resample } from './resample';
import { decodeBase64, readWav, type RecordingLimits } from './wav';

/** What a step may say in `config` or `config.local`. */
const configSchema = z.object({
  /** Name of a file in the phrase folder, without its ending; absent: the language. */
  phraseList: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .optional(),
  /** Below this the speech counts as not recognised. */
  minConfidence: z.number().min(0).max(1).default(0.9),
  /** Whether a match is heard a second time against free speech. Robotic voices do not pass it. */
  verify: z.boolean().default(true),
});

const answerSchema = z.object({
  text: z.string(),
  words: z.array(z.object({ text: z.string(), startS: z.number(), lengthS: z.number(), probability: z.number() })),
});

const SAMPLE_RATE = 16_000;
const LIMITS: RecordingLimits = { maxBytes: 25 * 1024 * 1024, maxDurationMs: 30_000 };

export async function transcribe(
  input: SttInput,
  call: CallContext,
  { engine, phrasesDir }: { readonly engine: EngineProcess; readonly phrasesDir: string },
): Promise<ToolAnswer> {
  const language = input.language ?? 'en';
  if (primaryLanguage(language) !== 'en')
    throw new OmniError(
      'provider-unavailable',
      `The local recogniser understands en, not ${language}. Put a provider that does before local.`,
      { provider: 'local', retryable: false, data: { language, installed: ['en'] } },
    );
  const config = readConfig(call);
  const recording = readWav(decodeBase64(input.audioData, LIMITS.maxBytes), LIMITS);
  const list = input.phrases ? phraseList(input.phrases) : await readPhrases(phrasesDir, config.phraseList ?? 'en');

  const samples = resample(recording.samples, recording.sampleRate, SAMPLE_RATE);
  const heard = answerSchema.parse(
    await engine.call({ samples, phrases: [...list.keys()], verify: config.verify }, call),
  );
  const confidence = meanProbability(heard.words.map(({ probability }) => probability));
  const text = list.get(heard.text);
  if (text === undefined || confidence < config.minConfidence)
    throw unrecognised(list.size, confidence, config.minConfidence);

  const segments = heard.words.map(({ text: word, startS, lengthS, probability }) => ({
    text: word,
    startMs: Math.round(startS * 1000),
    endMs: Math.round((startS + lengthS) * 1000),
    confidence: round(Math.min(1, probability)),
  }));
  return { output: { text, confidence, segments, language } satisfies SttOutput };
}

function readConfig(call: CallContext): z.infer<typeof configSchema> {
  const parsed = configSchema.safeParse(call.config);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, message }) => ({
    pointer: `/config/${path.join('/')}`,
    detail: message,
  }));
  const detail = `The step's config for local speech recognition is wrong: ${errors.map((one) => `${one.pointer}: ${one.detail}`).join('; ')}`;
  throw new OmniError('validation', detail, { provider: 'local', errors });
}

/** The engine's whole-sentence figure is always 1: the geometric mean over the words is what tells. */
function meanProbability(probabilities: readonly number[]): number {
  if (probabilities.length === 0) return 0;
  const logs = probabilities.reduce((sum, one) => sum + Math.log(Math.min(1, Math.max(one, 1e-9))), 0);
  return round(Math.exp(logs / probabilities.length));
}

const round = (value: number): number => Number(value.toFixed(3));

function unrecognised(phrases: number, confidence: number, minConfidence: number): OmniError {
  return new OmniError(
    'tool-error',
    `The recording was not recognised as one of ${phrases} known phrases. Say it again, or add the phrase to the list.`,
    { provider: 'local', retryable: false, data: { reason: 'unrecognised', phrases, confidence, minConfidence } },
  );
}
