import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config';
import { createProviders } from '../../src/providers/providers';
import type { Answer, Door } from './door';
import { openDoor } from './door';

const { definitionsDir, modelsDir } = loadConfig({});
const read = (...parts: string[]): string => readFileSync(path.join(definitionsDir, ...parts), 'utf8');

let door: Door;
beforeAll(async () => {
  // No keys: every step must be done by the engines of this machine.
  door = await openDoor({
    providers: createProviders({ definitionsDir, modelsDir, variables: {} }),
    definitions: { 'bilingual-coach.yaml': read('bilingual-coach.yaml') },
  });
});
afterAll(() => door.close());

/** As `curl -H 'Prefer: wait=60' -d @file` sends it. */
const run = (body: string): Promise<Answer> =>
  door.ask('POST', '/workflows/bilingual-coach/execute', body, {
    'Content-Type': 'application/x-www-form-urlencoded',
    Prefer: 'wait=60',
  });

describe('the bilingual coach over HTTP, on this machine alone', () => {
  test('hears the sample recording, corrects it, translates it and speaks the corrected sentence', async () => {
    const { status, body } = await run(read('fixtures', 'coach.json').replaceAll('\n', ''));
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'completed', workflow: 'bilingual-coach', version: '1.1.0' });
    expect(body.steps.map((step: Answer['body']) => [step.name, step.status, step.provider])).toEqual([
      ['speech_to_text', 'completed', 'local'],
      ['natural_language_understanding', 'completed', 'local'],
      ['machine_translation', 'completed', 'local'],
      ['coach_feedback', 'completed', 'local'],
      ['text_to_speech', 'completed', 'local'],
    ]);
    const { transcript, translation, feedback, audio } = body.output;
    expect(transcript.toLowerCase()).toContain("yesterday i go to the hospital because my brother don't feel good");
    expect(translation).toMatch(/hospital/i);
    expect(feedback.corrections.length).toBeGreaterThanOrEqual(1);
    expect(feedback.corrected).toMatch(/went/i);

    const { body: told } = await door.ask('GET', `/executions/${body.executionId}`);
    expect(told.snapshot.flags).toHaveProperty('LM_COACH_REASONING_MODEL', expect.any(Boolean));

    const { body: stored } = await door.ask('GET', `/executions/${body.executionId}/steps/speech_to_text`);
    expect(stored.input.audioData).toMatchObject({ mediaType: 'audio/wav', href: expect.stringContaining('/blobs/') });
    const sound = await fetch(`${door.url}${audio.audioData.href}`, { headers: door.authorization });
    expect(sound.headers.get('content-type')).toBe('audio/wav');
    const bytes = Buffer.from(await sound.arrayBuffer());
    expect([bytes.toString('latin1', 0, 4), bytes.toString('latin1', 8, 12)]).toEqual(['RIFF', 'WAVE']);
    expect(bytes.length).toBeGreaterThan(20_000);
  }, 120_000);

  test('with text instead of sound, speech-to-text is skipped and the rest works', async () => {
    const { status, body } = await run(read('fixtures', 'coach-text.json').replaceAll('\n', ''));
    expect([status, body.status]).toEqual([200, 'completed']);
    expect(body.steps.map((step: Answer['body']) => step.status)).toEqual([
      'skipped',
      'completed',
      'completed',
      'completed',
      'completed',
    ]);
    expect(body.output.feedback.corrections.length).toBeGreaterThanOrEqual(1);
  }, 120_000);

  test('with a missing field, 400 names it, as docs/api.md shows', async () => {
    const { status, body } = await run(
      JSON.stringify({ payload: { userId: 'u', sessionId: 's', sourceLanguage: 'en', textInput: 'x' } }),
    );
    expect([status, body.errors[0].pointer]).toEqual([400, '/payload/targetLanguage']);
    const guide = readFileSync(path.join(definitionsDir, '..', 'docs', 'api.md'), 'utf8');
    const shown = JSON.parse(/```json\n(.*?)```/s.exec(guide)?.[1] ?? '') as object;
    expect({ ...body, instance: 'urn:uuid:…' }).toEqual(shown);
  });

  test('a single tool of the specification answers alike', async () => {
    const fixture = JSON.parse(read('fixtures', 'coach.json')) as { payload: { audioData: string } };
    const answer = await door.ask('POST', '/tools/stt/transcribe/local', {
      input: { audioData: fixture.payload.audioData, language: 'en' },
      context: { userId: 'user123' },
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      success: true,
      provider: 'local',
      output: { text: expect.stringMatching(/hospital/i) },
    });
    const keyless = await door.ask('POST', '/tools/stt/transcribe/openrouter', {
      input: { audioData: 'base64encoded...', language: 'en' },
      context: { userId: 'user123' },
    });
    expect([keyless.status, keyless.body.success]).toEqual([200, false]);
    expect(keyless.body.error.detail).toContain('OPENROUTER_API_KEY');
  }, 120_000);
});
