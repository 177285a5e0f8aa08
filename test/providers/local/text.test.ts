/** Analysis, feedback and translation on the real engines. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { LocalProvider } from '../../../src/providers/local/local';
import { ask, modelsFolder, openLocal, refusal } from './setup';

let local: LocalProvider;
beforeAll(async () => {
  local = openLocal({ modelsDir: modelsFolder() });
  await local.warm();
}, 120_000);
afterAll(() => local.close());

describe('the local analysis', () => {
  const analyze = (text: string, language = 'en') =>
    ask(local, 'nlu.analyze', { text, language, context: 'language_learning_coaching' });

  test.each([
    ['Can you help me, please?', 'request', 'question', 'none'],
    ['Where is the train station?', 'ask_question', 'question', 'present'],
    ['Yesterday she bought two tickets to Lisbon.', 'tell_past', 'statement', 'past'],
    ['I will visit my mother tomorrow.', 'state_fact', 'statement', 'future'],
    ['She has lived here for three years.', 'state_fact', 'statement', 'present'],
    ['I am agree with you.', 'express_opinion', 'statement', 'present'],
    ['Good morning!', 'greet', 'fragment', 'none'],
  ])('reads “%s” as %s, a %s in the tense %s', async (text, intent, mood, tense) => {
    const answer = await analyze(text);
    expect({ intent: answer.intent, mood: answer.grammar.mood, tense: answer.grammar.tense }).toEqual({
      intent,
      mood,
      tense,
    });
  });

  test('counts sentences and words, and tags every word', async () => {
    const { grammar, language } = await analyze('My brother works in a hospital. He doesn’t like it.');
    expect([grammar.sentences, grammar.words, language]).toEqual([2, 10, 'en']);
    expect(grammar.tokens?.[1]).toEqual({ text: 'brother', partOfSpeech: 'NOUN' });
  });

  test('finds amounts, dates and names', async () => {
    const { entities } = await analyze('Maria paid $20 for it yesterday in New York.');
    expect(entities).toEqual(
      expect.arrayContaining([
        { type: 'money', text: '$20' },
        { type: 'date', text: 'yesterday' },
        { type: 'name', text: 'New York' },
      ]),
    );
  });

  test('tells a good mood from a bad one', async () => {
    expect((await analyze('I love this wonderful city!')).sentiment).toBe('positive');
    expect((await analyze('I hate this terrible train.')).sentiment).toBe('negative');
    expect((await analyze('The train leaves at nine.')).sentiment).toBe('neutral');
  });

  test('is less sure of English that looks like another language', async () => {
    const english = await analyze('Where is the nearest train station, please?');
    const portuguese = await analyze('Onde fica a estação de trem mais próxima, por favor?');
    expect(portuguese.language).toBe('pt');
    expect(portuguese.confidence).toBeLessThan(english.confidence / 2);
  });

  test('says which language it reads when asked for another', async () => {
    expect(await refusal(analyze('Hola', 'es'))).toMatchObject({
      type: 'provider-unavailable',
      data: { installed: ['en'] },
    });
  });
});

describe('the local feedback', () => {
  const feedback = (text: string) => ask(local, 'feedback.generate', { text, language: 'en' });

  test.each([
    [
      "Yesterday I go to the hospital because my brother don't feel good.",
      "Yesterday I went to the hospital because my brother doesn't feel good.",
    ],
    ["She don't like coffee in the morning.", "She doesn't like coffee in the morning."],
    ['My brother work in a hospital in the city.', 'My brother works in a hospital in the city.'],
    ['I am agree with you.', 'I agree with you.'],
    ['I have twenty five years.', 'I am twenty five years old.'],
    ['He explained me the problem.', 'He explained the problem to me.'],
    ['People is very friendly in this town.', 'People are very friendly in this town.'],
    ['Last Sunday, we eat at home.', 'Last Sunday, we ate at home.'],
    ['It depends of the weather.', 'It depends on the weather.'],
    ['She is more taller than me.', 'She is taller than me.'],
    ['I look forward to see you next week.', 'I look forward to seeing you next week.'],
    ['I am living here since three years.', 'I am living here for three years.'],
    ['The the train leaves at nine.', 'The train leaves at nine.'],
    ['My freinds are here.', 'My friends are here.'],
  ])('mends “%s”', async (text, corrected) => {
    const answer = await feedback(text);
    expect(answer.corrected).toBe(corrected);
    expect(answer.score).toBeLessThan(1);
    for (const one of answer.corrections) expect(text.slice(one.offset, one.offset + one.length)).toBe(one.original);
    expect(answer.summary).toContain(corrected);
  });

  test.each([
    'Yesterday I went to the hospital because my brother didn’t feel good.',
    'She has lived here for three years.',
    'I have twenty years of experience.',
    'You are agreeable.',
    'My brother and my sister work in a hospital.',
    'Does your brother like coffee?',
    'I would like to book a table for two.',
    'The people are here, and it depends on them.',
    'I go to school every day.',
    'Yesterday did you go to school?',
    'Last week she said that they take the bus every day.',
  ])('leaves “%s” as it is', async (text) => {
    expect(await feedback(text)).toMatchObject({ corrections: [], corrected: text, score: 1 });
  });

  test('counts places in UTF-16 units, also after an emoji', async () => {
    const text = "😀 She don't like coffee.";
    const { corrections, corrected } = await feedback(text);
    expect(corrections.map(({ offset, length }) => text.slice(offset, offset + length))).toEqual(["don't"]);
    expect(corrected).toBe("😀 She doesn't like coffee.");
  });
});

describe('the local translation', () => {
  const translate = (text: string, sourceLanguage = 'en', targetLanguage = 'pt') =>
    ask(local, 'mt.translate', { text, sourceLanguage, targetLanguage });

  test('turns English into Portuguese and back', async () => {
    const there = await translate('My brother works in a hospital.');
    expect(there.text).toMatch(/Meu irmão trabalha (?:em um|num) hospital/);
    const back = await translate(there.text, 'pt-BR', 'en-US');
    expect(back.text).toMatch(/brother works (?:in|at) a hospital/);
  });

  test('takes markup and long texts as text', async () => {
    expect((await translate('Is 3 < 4 & 5 > 4?')).text).not.toMatch(/&(?:lt|gt|amp);/);
    const long = await translate('The train leaves at nine. '.repeat(40));
    expect(long.text.match(/trem/g)?.length).toBe(40);
  });

  test('names the pair, the installed pairs and the way to add one when a pair is missing', async () => {
    const problem = await refusal(translate('Hello', 'en', 'es'));
    expect(problem).toMatchObject({
      type: 'provider-unavailable',
      retryable: false,
      data: { pair: 'en-es', installed: ['en-pt', 'pt-en'] },
    });
    expect(problem.detail).toContain('from en to es');
    expect(problem.detail).toContain('en-pt, pt-en');
    expect(problem.detail).toContain('enes');
  });

  test('says that nothing is installed when the folder is missing or a model is incomplete', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'omni-pairs-'));
    mkdirSync(path.join(folder, 'enfr'));
    const bare = openLocal({ modelsDir: folder });
    try {
      const none = await refusal(
        ask(bare, 'mt.translate', { text: 'Hello', sourceLanguage: 'en', targetLanguage: 'fr' }),
      );
      expect(none).toMatchObject({ type: 'provider-unavailable', data: { installed: [] } });
      writeFileSync(path.join(folder, 'enfr', 'model.enfr.intgemm.alphas.bin'), 'x');
      const half = await refusal(
        ask(bare, 'mt.translate', { text: 'Hello', sourceLanguage: 'en', targetLanguage: 'fr' }),
      );
      expect(half).toMatchObject({ type: 'provider-unavailable' });
      expect(half.detail).toContain('has no ');
    } finally {
      await bare.close();
      rmSync(folder, { recursive: true });
    }
  });
});
