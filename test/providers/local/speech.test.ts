/** Speech in and out on the real engines. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { LocalProvider } from '../../../src/providers/local/local';
import { parsePhrases } from '../../../src/providers/local/phrases';
import { readWav } from '../../../src/providers/local/wav';
import { ask, definitions, openLocal, refusal, sample } from './setup';

const SAID = "Yesterday I go to the hospital because my brother don't feel good.";
let local: LocalProvider;
beforeAll(() => {
  local = openLocal();
});
afterAll(() => local.close());

const transcribe = (audioData: string, rest: object = {}, config = {}) =>
  ask(local, 'stt.transcribe', { audioData, language: 'en', ...rest }, { config });

describe('the local recogniser', () => {
  test('hears exactly what the sample says, among 28 sentences with its corrected twin', async () => {
    const phrases = [...parsePhrases(readFileSync(definitions('phrases', 'en.txt'), 'utf8')).values()];
    expect(phrases.length).toBeGreaterThan(20);
    expect(phrases).toEqual(
      expect.arrayContaining([SAID, "Yesterday I went to the hospital because my brother didn't feel good."]),
    );

    const answer = await transcribe(sample('coach-en.wav'));
    expect(answer.text).toBe(SAID);
    expect(answer.confidence).toBeGreaterThan(0.9);
  });

  test('gives every word with its time, in order and inside the recording', async () => {
    const { segments } = await transcribe(sample('coach-en.wav'));
    expect(segments.map(({ text }) => text).join(' ')).toBe(
      "yesterday i go to the hospital because my brother don't feel good",
    );
    const ends = segments.map(({ startMs, endMs }) => [startMs, endMs]).flat();
    expect([...ends].sort((a, b) => a - b)).toEqual(ends);
    expect(segments.at(-1)?.endMs).toBeLessThan(3_600);
  });

  test('refuses a near miss that is not in the list, without naming a guess', async () => {
    const problem = await refusal(transcribe(sample('unlisted-en.wav')));
    expect(problem).toMatchObject({
      type: 'tool-error',
      retryable: false,
      data: { reason: 'unrecognised', phrases: 28 },
    });
    expect(JSON.stringify(problem)).not.toContain('coffee');
  });

  test('refuses the sample when only its corrected twin is listed', async () => {
    const phrases = [
      "Yesterday I went to the hospital because my brother didn't feel good.",
      'Where is the train station?',
    ];
    const problem = await refusal(transcribe(sample('coach-en.wav'), { phrases }));
    expect(problem.data).toMatchObject({ reason: 'unrecognised', phrases: 2 });
  });

  test('hears a sentence of the caller', async () => {
    const { text } = await transcribe(sample('unlisted-en.wav'), {
      phrases: ['She doesn’t like tea, in the morning!', 'How are you?'],
    });
    expect(text).toBe('She doesn’t like tea, in the morning!');
  });

  test('refuses silence', async () => {
    const silence = Buffer.from(sample('coach-en.wav'), 'base64').fill(0, 44).toString('base64');
    expect(await refusal(transcribe(silence))).toMatchObject({ type: 'tool-error', data: { reason: 'unrecognised' } });
  });

  test('refuses below the confidence that the step asks for', async () => {
    const problem = await refusal(transcribe(sample('coach-en.wav'), {}, { minConfidence: 0.999 }));
    expect(problem.data).toMatchObject({ reason: 'unrecognised', minConfidence: 0.999 });
  });

  test.each([
    ['text', Buffer.from('this is no recording at all').toString('base64'), 'not a WAV file'],
    ['what is not base64', '*** not base64 ***', 'not base64'],
    ['the placeholder of the specification', 'base64encoded...', 'audio cannot be read'],
    ['an MP3', Buffer.from('ID3\u0004 and so on').toString('base64'), 'ffmpeg'],
  ])('refuses %s as invalid input', async (_what, audioData, message) => {
    const problem = await refusal(transcribe(audioData));
    expect(problem).toMatchObject({ type: 'validation', provider: 'local' });
    expect(problem.detail).toContain(message);
  });

  test('names words that it cannot know, and languages that it does not understand', async () => {
    const strange = await refusal(transcribe(sample('coach-en.wav'), { phrases: ['Where is the zqxwv?'] }));
    expect(strange).toMatchObject({ type: 'validation', data: { words: ['zqxwv'] } });
    const spanish = await refusal(transcribe(sample('coach-en.wav'), { language: 'es' }));
    expect(spanish).toMatchObject({ type: 'provider-unavailable', retryable: false, data: { installed: ['en'] } });
    const numbers = await refusal(transcribe(sample('coach-en.wav'), { phrases: ['I am 25'] }));
    expect(numbers.type).toBe('validation');
    const wrong = await refusal(transcribe(sample('coach-en.wav'), {}, { minConfidence: 'high' }));
    expect(wrong).toMatchObject({ type: 'validation', errors: [{ pointer: '/config/minConfidence' }] });
    const list = await refusal(transcribe(sample('coach-en.wav'), {}, { phraseList: 'no-such-list' }));
    expect(list).toMatchObject({ type: 'provider-unavailable' });
  });
});

describe('the local voice', () => {
  const speak = (input: Record<string, string>) =>
    ask(local, 'tts.synthesize', { language: 'en', text: 'Good morning.', ...input });

  test('gives a WAV that says its own length', async () => {
    const { audioData, mediaType, durationMs, sampleRate } = await speak({ text: 'I went to the hospital.' });
    const file = Buffer.from(audioData, 'base64');
    expect([mediaType, sampleRate, file.readUInt32LE(4) + 8, file.readUInt32LE(40) + 44]).toEqual([
      'audio/wav',
      22_050,
      file.length,
      file.length,
    ]);
    const recording = readWav(file, { maxBytes: 10_000_000, maxDurationMs: 60_000 });
    expect(Math.round(recording.durationMs)).toBe(durationMs);
    expect(durationMs).toBeGreaterThan(800);
    expect(recording.samples.some((one) => Math.abs(one) > 0.1)).toBe(true);
  });

  test('speaks languages differently, and takes a voice by name', async () => {
    const [english, portuguese, scottish] = await Promise.all([
      speak({}),
      speak({ language: 'pt' }),
      speak({ voice: 'en-gb-scotland' }),
    ]);
    expect(new Set([english.audioData, portuguese.audioData, scottish.audioData]).size).toBe(3);
  });

  test('reads a text that looks like an option instead of obeying it', async () => {
    expect((await speak({ text: '--help me' })).durationMs).toBeGreaterThan(300);
  });

  test('refuses a language or voice that it lacks, naming those that it has', async () => {
    expect(await refusal(speak({ language: 'xx' }))).toMatchObject({ type: 'provider-unavailable', retryable: false });
    expect(await refusal(speak({ voice: '../../etc' }))).toMatchObject({ type: 'validation' });
    expect((await refusal(speak({ voice: 'nobody' }))).detail).toContain('pt-br');
  });
});
