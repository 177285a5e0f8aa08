/** One happy call for each tool that a chat model does: the same for every vendor of OpenAI's wire format. */
import { expect } from '@jest/globals';
import type { FeedbackOutput } from '../../src/tools/feedback-generate';
import type { NluOutput } from '../../src/tools/nlu-analyze';
import type { ImageOutput } from '../../src/tools/image-generate';
import type { VendorToolCase } from '../contracts/provider';
import { seen } from '../stubs/drawn-bytes';

export const CHAT_CALLS: readonly VendorToolCase[] = [
  {
    tool: 'nlu.analyze',
    repairs: true,
    input: { text: 'I live in Lisbon. Do you know Ana?', language: 'en', context: 'language_learning_coaching' },
    check(output: NluOutput) {
      expect(output.intent).toBe('ask_question');
      expect(output.grammar).toMatchObject({ sentences: 2, words: 8, mood: 'question', tense: 'present' });
      expect(output.grammar.tokens).toHaveLength(10);
      expect(output.entities).toEqual([
        { type: 'name', text: 'Lisbon' },
        { type: 'name', text: 'Ana' },
      ]);
    },
  },
  {
    tool: 'mt.translate',
    repairs: true,
    input: { text: 'Good morning', sourceLanguage: 'en', targetLanguage: 'pt' },
    check: (output) => expect(output).toEqual({ text: 'bom dia', sourceLanguage: 'en', targetLanguage: 'pt' }),
  },
  {
    tool: 'feedback.generate',
    repairs: true,
    input: { text: "I has a book and she don't read.", language: 'en' },
    check(output: FeedbackOutput) {
      expect(output.corrected).toBe("I have a book and she doesn't read.");
      expect(output.corrections.map(({ offset, length }) => [offset, length])).toEqual([
        [0, 5],
        [17, 9],
      ]);
      expect(output.score).toBe(0.5);
    },
  },
  {
    tool: 'llm.chat',
    input: {
      system: 'Be brief.',
      history: [
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: 'Hi' },
      ],
      prompt: 'Who is Ana?',
    },
    check: (output) => expect(output).toEqual({ text: 'You said: Who is Ana?' }),
  },
  {
    tool: 'llm.object',
    repairs: true,
    input: {
      prompt: 'risk: 0.2\nreasons: late, foreign',
      schema: {
        type: 'object',
        properties: {
          risk: { type: 'number', maximum: 1 },
          reasons: { type: 'array', items: { type: 'string', maxLength: 40 } },
        },
        required: ['risk', 'reasons'],
      },
    },
    check: (output) => expect(output).toEqual({ risk: 0.2, reasons: ['late', 'foreign'] }),
    refuses: [
      { why: 'a question without types', input: { prompt: 'risk: 1' }, type: 'validation' },
      {
        why: 'a schema that is none of an object',
        input: { prompt: 'risk: 1', schema: { type: 'string' } },
        type: 'validation',
      },
      {
        why: 'a schema that is broken',
        input: { prompt: 'risk: 1', schema: { type: 'object', properties: 3 } },
        type: 'validation',
      },
    ],
  },
];

/** The happy call of every vendor that makes pictures. */
export const IMAGE_CALL: VendorToolCase = {
  tool: 'image.generate',
  input: { prompt: 'Um farol ao anoitecer', aspectRatio: '16:9' },
  check({ imageData, mediaType }: ImageOutput) {
    expect([seen(imageData), mediaType]).toEqual(['Um farol ao anoitecer (16:9)', 'image/png']);
  },
};
