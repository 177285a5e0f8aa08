/** The JSON Schema of definitions: it takes what compiles, refuses what it can see, and shows every word. */
import { describe, expect, test } from '@jest/globals';
import Ajv2020 from 'ajv/dist/2020';
import { parse } from 'yaml';
import { definitionSchema } from '../../src/language/definition-schema';
import { FORMATS } from '../../src/language/formats';
import { stepSnippets } from '../../src/language/step-snippets';
import { toolSnippets } from '../../src/language/tool-schema';
import type { Words } from '../../src/language/vocabulary';
import * as vocabulary from '../../src/language/vocabulary';
import type { Json, JsonSchema } from '../../src/plan/json';
import { isObject } from '../../src/plan/json';
import { definitionOf } from '../docs/document-faults';
import { fencesOf } from '../docs/markdown';
import { textFiles } from '../tracked-files';
import { FAULTS } from './faults';
import { compileText, findingsOf, testRegistry, withSteps } from './registry';

const SCHEMA = definitionSchema(testRegistry());
const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, strictTypes: false, formats: FORMATS });
for (const keyword of ['markdownDescription', 'defaultSnippets', 'doNotSuggest']) ajv.addKeyword(keyword);
const validate = ajv.compile(SCHEMA);

function faultsOf(text: string): readonly string[] {
  validate(parse(text));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe('takes', () => {
  const files = textFiles('.yaml').filter(
    ({ name, text }) => !name.endsWith('.scenarios.yaml') && /^steps:/m.test(text),
  );

  test.each(files.map(({ name, text }) => [name, text]))('%s', (_, text) => {
    expect(faultsOf(text)).toEqual([]);
  });

  const snippets = textFiles('.md').flatMap((page) =>
    fencesOf(page.text)
      .filter(({ language, form }) => language === 'yaml' && form !== 'error')
      .flatMap((fence) => definitionOf(fence) ?? [])
      .filter((text) => findingsOf(text, ['error']).length === 0)
      .map((text, index) => [`${page.name}, ${index + 1}`, text] as const),
  );

  test('the snippets of the documents', () => {
    expect(snippets.length).toBeGreaterThan(30);
    expect(
      snippets.map(([where, text]) => [where, faultsOf(text)]).filter(([, faults]) => faults?.length !== 0),
    ).toEqual([]);
  });

  test('every definition of the corpus that only has warnings', () => {
    const harmless = FAULTS.filter(({ text }) => compileText(text).plan !== undefined);
    expect(harmless.length).toBeGreaterThan(5);
    expect(harmless.map(({ what, text }) => [what, faultsOf(text)])).toEqual(harmless.map(({ what }) => [what, []]));
  });

  test('an expression in every place of an input, and a literal that fits', () => {
    const step = (input: string): string => withSteps(`  - { name: s, tool: payment.refund, input: ${input} }\n`);
    expect(faultsOf(step('{ orderId: a, amount: "${1 + 1}", parts: "${[]}" }'))).toEqual([]);
    expect(faultsOf(step('{ orderId: a, amount: 2, parts: [{ cents: "${1}" }, "${2}"] }'))).toEqual([]);
    expect(faultsOf(step('{ orderId: a, amount: two }'))).not.toEqual([]);
    expect(faultsOf(step('{ orderId: a, amount: 2, parts: [{ cents: 1.5 }] }'))).not.toEqual([]);
    expect(faultsOf(step('{ orderId: a }'))).not.toEqual([]);
  });

  test('tools and providers that are registered elsewhere', () => {
    expect(faultsOf(withSteps('  - { name: s, tool: ours.act, provider: mine, input: { any: 1 } }\n'))).toEqual([]);
  });
});

/** What the schema cannot weigh: one value against another, and a duration against a year. */
const UNSEEN = ['a longest wait below the first', 'a duration of a year and more', 'a wait of more than a year'];

test('refuses what the parser refuses by its words and shapes', () => {
  const codes = ['unknown-key', 'missing-key', 'no-kind', 'two-kinds', 'out-of-range', 'unknown-input'];
  const seen = [...codes, 'missing-input', 'endless-repeat', 'invalid-id', 'invalid-duration'];
  const faults = FAULTS.filter(
    ({ what, text, found }) =>
      !UNSEEN.includes(what) &&
      !text.includes('$schema') &&
      found.some((code) => seen.includes(code.split('@')[0] ?? '')),
  );
  expect(faults.length).toBeGreaterThan(40);
  expect(faults.filter(({ text }) => faultsOf(text).length === 0).map(({ what }) => what)).toEqual([]);
});

const TABLES = Object.entries(vocabulary).flatMap(([name, table]): [string, Words][] =>
  name === 'KIND_WORDS'
    ? Object.entries<Words>(table as Readonly<Record<string, Words>>)
    : name.endsWith('_WORDS')
      ? [[name, table as Words]]
      : [],
);

describe('has', () => {
  const properties = new Map<string, JsonSchema[]>();
  const walk = (value: Json): void => {
    if (Array.isArray(value)) value.forEach((item) => walk(item as Json));
    if (!isObject(value)) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'properties' && isObject(inner))
        for (const [name, schema] of Object.entries(inner))
          properties.set(name, [...(properties.get(name) ?? []), schema as JsonSchema]);
      walk(inner);
    }
  };
  walk(SCHEMA);

  test.each(TABLES)('the words of %s with their texts', (_, words) => {
    for (const [key, { description }] of Object.entries(words)) {
      const shown = (properties.get(key) ?? [])
        .flatMap((schema) => [schema, ...((schema['anyOf'] ?? []) as readonly JsonSchema[])])
        .filter((schema) => schema['description'] === description);
      expect([key, shown.length > 0]).toEqual([key, true]);
      for (const schema of shown) expect(schema['markdownDescription']).toContain(`\`${key}\``);
    }
  });

  test('a snippet for every kind and tool, each of which compiles', () => {
    const registry = testRegistry();
    const snippets = [...stepSnippets(), ...toolSnippets(registry)];
    // An agent has two: what it is asked for, and a goal.
    expect(snippets.length).toBe(Object.keys(vocabulary.KIND_WORDS).length + 1 + registry.contracts().length);
    for (const { label, body } of snippets) {
      const text = JSON.stringify(body)
        .replace(/\$\{\d+:([^}]*)\}/g, '$1')
        .replaceAll('category.action', 'crm.note');
      const errors = compileText(`name: T\nversion: 1.0.0\nsteps:\n  - ${text}\n`).diagnostics.filter(
        ({ severity, code }) => severity === 'error' && code !== 'type-mismatch',
      );
      expect([label, errors.map(({ message }) => message)]).toEqual([label, []]);
    }
  });
});
