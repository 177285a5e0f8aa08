/** What `omni run` takes for the payload. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { collectField, readPayload } from '../../src/cli/payload';
import { rememberedTerminal } from './terminal';

const folder = mkdtempSync(path.join(os.tmpdir(), 'payload-'));
afterAll(() => rmSync(folder, { recursive: true }));
const terminal = rememberedTerminal({ cwd: folder });

describe('the input', () => {
  test.each([
    ['a bare payload', { userId: 'a' }, { payload: { userId: 'a' }, context: {} }],
    [
      'payload and context',
      { payload: { a: 1 }, context: { who: 'me' } },
      { payload: { a: 1 }, context: { who: 'me' } },
    ],
    ['a payload alone in its envelope', { payload: [1] }, { payload: [1], context: {} }],
    [
      'a payload that has a field called payload',
      { payload: 1, other: 2 },
      { payload: { payload: 1, other: 2 }, context: {} },
    ],
    ['a list', [1, 2], { payload: [1, 2], context: {} }],
  ])('may be %s', async (_, content, expected) => {
    writeFileSync(path.join(folder, 'input.json'), JSON.stringify(content));
    expect(await readPayload({ input: 'input.json', payload: {} }, terminal)).toEqual(expected);
  });

  test('comes from standard input when it is called -', async () => {
    const typed = rememberedTerminal({ input: '{"a":1}' });
    expect(await readPayload({ input: '-', payload: {} }, typed)).toEqual({ payload: { a: 1 }, context: {} });
  });

  test('is an empty object when nothing is given, and the command line wins over the file', async () => {
    expect(await readPayload({ payload: {} }, terminal)).toEqual({ payload: {}, context: {} });
    writeFileSync(path.join(folder, 'input.json'), '{"payload":{"a":1,"b":2}}');
    expect(await readPayload({ input: 'input.json', payload: { b: 3 } }, terminal)).toEqual({
      payload: { a: 1, b: 3 },
      context: {},
    });
  });

  test.each([
    ['there is no such file', 'missing.json', /Cannot read .*missing\.json/],
    ['it is not JSON', 'broken.json', /broken\.json is not JSON/],
    ['fields are added to a list', 'list.json', /none/],
  ])('is refused when %s', async (_, file, message) => {
    writeFileSync(path.join(folder, 'broken.json'), '{');
    writeFileSync(path.join(folder, 'list.json'), '[1]');
    await expect(readPayload({ input: file, payload: { a: 1 } }, terminal)).rejects.toThrow(message);
  });
});

test.each([
  ['n=3', { n: 3 }],
  ['ok=true', { ok: true }],
  ['tags=["a","b"]', { tags: ['a', 'b'] }],
  ['text=I has a dog', { text: 'I has a dog' }],
  ['sum=1=1', { sum: '1=1' }],
  ['empty=', { empty: '' }],
])('the field %s becomes %j', (argument, expected) => {
  expect(collectField(argument, { before: 0 })).toEqual({ before: 0, ...expected });
});

test('a field without a value is refused', () => {
  expect(() => collectField('userId', {})).toThrow('key=value');
});
