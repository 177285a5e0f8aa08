/** What the language server of editors makes of the schema: it offers, explains and refuses in the right places. */
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { definitionSchema } from '../../src/language/definition-schema';
import { openEditor } from './editor';
import { testRegistry, withSteps } from './registry';

const registry = testRegistry();
const editor = openEditor(definitionSchema(registry));
const inStep = (text: string): string => withSteps(`  - name: s\n${text.replace(/^/gm, '    ')}`);
const offered = async (text: string): Promise<readonly string[]> =>
  (await editor.complete(text)).map(({ label }) => label);

describe('offers', () => {
  test('the keys of a definition that are not there yet', async () => {
    const labels = await offered('name: T\nversion: 1.0.0\n█');
    expect(labels).toEqual(expect.arrayContaining(['trigger', 'steps', 'guards', 'finally']));
    expect(labels).not.toContain('version');
  });

  test('kinds and snippets to a step that has no kind, and only its own keys to one that has', async () => {
    expect(await offered(inStep('█'))).toEqual(
      expect.arrayContaining(['tool', 'parallel', 'waitFor', 'forEach step', 'group of steps', 'tool stt.transcribe']),
    );
    const labels = await offered(inStep('tool: stt.transcribe\n█'));
    expect(labels).toEqual(expect.arrayContaining(['input', 'provider', 'config', 'retry', 'compensate', 'if']));
    expect(labels.filter((label) => label === 'input')).toHaveLength(1);
    expect(labels).not.toContain('parallel');
  });

  test('a snippet that calls a tool with all that it needs', async () => {
    const snippet = (await editor.complete(inStep('█'))).find(({ label }) => label === 'tool payment.refund');
    expect(snippet?.text).toBe('tool: payment.refund\ninput:\n  orderId: ${2:orderId}\n  amount: ${3:amount}');
  });

  test('tools with what they do', async () => {
    const offers = await editor.complete(inStep('tool: █'));
    expect(offers.map(({ label }) => label)).toEqual(registry.contracts().map(({ name }) => name));
    expect(offers[0]?.documentation).toContain('recording');
  });

  test('the inputs of the tool that the step calls, and the words of an enumeration', async () => {
    const labels = await offered(inStep('tool: payment.refund\ninput:\n  orderId: a\n  █'));
    expect(labels).toEqual(expect.arrayContaining(['amount', 'parts']));
    expect(labels).not.toContain('orderId');
    expect(await offered(inStep('tool: risk.score\ninput:\n  level: █'))).toEqual(['low', 'high']);
  });

  test('the inputs of the tool in a compensation', async () => {
    const labels = await offered(inStep('tool: crm.note\ncompensate:\n  tool: email.send\n  input:\n    █'));
    expect(labels).toEqual(expect.arrayContaining(['to', 'template']));
  });

  test('the providers of the tool, its fallbacks and its config', async () => {
    expect(await offered(inStep('tool: payment.refund\nprovider: █'))).toEqual(['stripe']);
    expect(await offered(inStep('tool: email.send\nconfig:\n  fallback: █'))).toEqual(['postal', 'text-only', 'skip']);
    expect(await offered(inStep('tool: crm.note\nconfig:\n  █'))).toEqual(
      expect.arrayContaining(['fallback', 'timeout', 'model', 'local', 'acme']),
    );
  });

  test('the inputs of a tool that is registered later, once the schema is asked for again', async () => {
    const later = testRegistry();
    const [known] = later.contracts();
    if (known === undefined) throw new Error('There is no contract to make another from.');
    later.addContract({ ...known, name: 'text.analyse', input: z.strictObject({ words: z.string() }) });
    const text = inStep('tool: text.analyse\ninput:\n  █');
    expect(await offered(text)).toEqual([]);
    const labels = (await openEditor(definitionSchema(later)).complete(text)).map(({ label }) => label);
    expect(labels).toEqual(expect.arrayContaining(['words']));
  });
});

describe('shows', () => {
  test.each([
    ['a key of the definition', 'versi█on: 1.0.0', 'Semantic version'],
    ['a kind', inStep('repe█at: { max: 2 }'), 'When it ends.'],
    ['a key inside a kind', inStep('waitFor:\n  remin█ders: []'), 'What is done while nobody answers.'],
    ['a tool', inStep('tool: tts.synth█esize'), 'Speaks a text.'],
    ['an input', inStep('tool: tts.synthesize\ninput:\n  te█xt: x'), 'What to say.'],
  ])('%s', async (_, text, shown) => {
    expect(await editor.hover(text)).toContain(shown);
  });
});

describe('refuses', () => {
  test.each([
    ['a misspelt key', inStep('tool: risk.score\ninptu: {}'), '6: Property inptu is not allowed.'],
    ['a missing input', inStep('tool: payment.refund\ninput: { orderId: a }'), '6: Missing property "amount".'],
    [
      'an input of another type',
      inStep('tool: risk.score\ninput: { amount: x }'),
      '6: Incorrect type. Expected "number".',
    ],
    ['a second kind', inStep('set: { a: 1 }\nfail: { type: x }'), '6: Property fail is not allowed.'],
    ['a missing key', 'name: T\nversion: 1.0.0\n', '1: Missing property "steps".'],
  ])('%s', async (_, text, message) => {
    expect(await editor.check(text)).toContain(message);
  });

  test('nothing in the definition of the repository', async () => {
    const text = readFileSync(join(__dirname, '../../definitions/bilingual-coach.yaml'), 'utf8');
    expect(await editor.check(text)).toEqual([]);
  });
});
