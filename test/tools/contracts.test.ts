/** The built-in tools: what they promise, as definitions and other programs see it. */
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { CONTRACTS } from '../../src/tools/contracts';
import { primaryLanguage } from '../../src/tools/language-tag';

interface Printed {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Printed>>;
  readonly required?: readonly string[];
  readonly items?: Printed;
  readonly additionalProperties?: unknown;
}

const print = (schema: z.ZodType, io: 'input' | 'output') => z.toJSONSchema(schema, { io }) as Printed;
const contract = (name: string) => {
  const found = CONTRACTS.find((one) => one.name === name);
  if (!found) throw new Error(`no contract ${name}`);
  return found;
};

/** Paths of all fields under `schema` that have no description. */
function undescribed(schema: Printed, path: string): string[] {
  const fields = Object.entries(schema.properties ?? schema.items?.properties ?? {});
  return fields.flatMap(([name, field]) => [
    ...(field.description === undefined && field.enum === undefined ? [`${path}.${name}`] : []),
    ...undescribed(field, `${path}.${name}`),
  ]);
}

describe('the built-in tools', () => {
  test('begin with the five of the coach, each named category.action', () => {
    expect(CONTRACTS.slice(0, 5).map((one) => one.name)).toEqual([
      'stt.transcribe',
      'nlu.analyze',
      'mt.translate',
      'feedback.generate',
      'tts.synthesize',
    ]);
    for (const one of CONTRACTS) expect(one.name.split('.')[0]).toBe(one.category);
  });

  test.each(CONTRACTS.map((one) => [one.name, one] as const))(
    '%s prints as JSON Schema with every field described',
    (name, one) => {
      for (const [io, schema] of [
        ['input', one.input],
        ['output', one.output],
      ] as const) {
        const printed = print(schema, io);
        expect(printed.type).toBe('object');
        // What `llm.object` answers is told by the step.
        if (name !== 'llm.object' || io === 'input')
          expect(Object.keys(printed.properties ?? {}).length).toBeGreaterThan(0);
        expect(undescribed(printed, `${name}.${io}`)).toEqual([]);
      }
    },
  );

  test.each(CONTRACTS.map((one) => [one.name, one] as const))(
    '%s refuses an input that it does not know',
    (_name, one) => {
      expect(print(one.input, 'input').additionalProperties).toBe(false);
    },
  );

  test('give what the specification declares: transcription', () => {
    const { properties, required } = print(contract('stt.transcribe').output, 'output');
    expect(properties).toMatchObject({
      text: { type: 'string' },
      confidence: { type: 'number' },
      segments: { type: 'array' },
    });
    expect(required).toEqual(expect.arrayContaining(['text', 'confidence', 'segments']));
  });

  test('give what the specification declares: analysis', () => {
    const { properties, required } = print(contract('nlu.analyze').output, 'output');
    expect(properties).toMatchObject({
      intent: { type: 'string' },
      grammar: { type: 'object' },
      entities: { type: 'array' },
      sentiment: { type: 'string' },
      confidence: { type: 'number' },
    });
    expect(required).toEqual(expect.arrayContaining(['intent', 'grammar', 'entities', 'sentiment', 'confidence']));
  });

  test('take what the specification gives them', () => {
    expect(contract('stt.transcribe').input.safeParse({ audioData: 'UklGRg==', language: 'en' }).success).toBe(true);
    const analysis = { text: 'Hello', language: 'en', context: 'language_learning_coaching' };
    expect(contract('nlu.analyze').input.safeParse(analysis).success).toBe(true);
  });

  test('take BCP 47 codes and nothing else for a language', () => {
    const accepts = (language: string) =>
      contract('tts.synthesize').input.safeParse({ text: 'Hello', language }).success;
    expect(['en', 'es', 'pt', 'en-US', 'zh-Hant-TW'].map(accepts)).toEqual([true, true, true, true, true]);
    expect(['', 'english', 'en_US', 'e', 'en-'].map(accepts)).toEqual([false, false, false, false, false]);
    expect(primaryLanguage('PT-br')).toBe('pt');
  });
});
