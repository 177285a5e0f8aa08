/** The flagship's data: what is posted is what the recording says, and the specification's text stands as printed. */
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readWav } from '../../src/providers/local/wav';
import { own } from '../../src/plan/json';

const definition = (...names: string[]) => path.resolve(__dirname, '../../definitions', ...names);
const body = (name: string): unknown => JSON.parse(readFileSync(definition('fixtures', name), 'utf8'));

describe('the fixtures of the bilingual coach', () => {
  test('post the sample recording: 16 kHz, a few seconds, at most 150 kB', () => {
    const file = readFileSync(definition('samples', 'coach-en.wav'));
    expect(own(own(body('coach.json'), 'payload'), 'audioData')).toBe(file.toString('base64'));
    expect(file.length).toBeLessThanOrEqual(150_000);
    const { sampleRate, durationMs } = readWav(file, { maxBytes: 150_000, maxDurationMs: 10_000 });
    expect(sampleRate).toBe(16_000);
    expect(durationMs).toBeGreaterThan(2_000);
  });

  test.each(['coach.json', 'coach-text.json'])('%s gives what the definition requires, and who asks', (name) => {
    expect(body(name)).toMatchObject({
      payload: { userId: 'learner-1', sessionId: 'session-1', sourceLanguage: 'en', targetLanguage: 'pt' },
      context: { userId: 'learner-1', sessionId: 'session-1' },
    });
  });

  test('hold the definition that the specification prints: two steps, its guards', () => {
    const printed = readFileSync(definition('fixtures', 'bilingual-coach-printed.yaml'), 'utf8');
    expect(printed.match(/^ {2}- name: (.*)$/gm)).toEqual([
      '  - name: speech_to_text',
      '  - name: natural_language_understanding',
    ]);
    expect(printed).toContain('fallback: integration-app.stt.local');
    expect(printed.trimEnd().endsWith('tts: "text-only"')).toBe(true);
  });
});
