import { describe, expect, test } from '@jest/globals';
import type { Draft, Schema } from '../../web/forms/field';
import { drafted, draftOf, fieldOf, read } from '../../web/forms/field';

const SCHEMA: Schema = {
  type: 'object',
  required: ['decision', 'amount', 'checked', 'place'],
  properties: {
    decision: { enum: ['approve', 'reject'] },
    amount: { type: 'number', minimum: 0, description: 'In euro' },
    times: { type: 'integer' },
    checked: { type: 'boolean' },
    sure: { type: 'boolean' },
    note: { type: 'string', default: 'none' },
    tags: { type: 'array', items: { type: 'string' } },
    place: { $ref: '#/$defs/place' },
    other: { type: 'object', required: ['a'], properties: { a: { type: 'string' } } },
    anything: {},
  },
  $defs: {
    place: { type: 'object', required: ['town'], properties: { town: { type: 'string' }, 'a/b': { type: 'string' } } },
  },
};
const readAll = (draft: Draft) => read(fieldOf(SCHEMA, ''), draft, SCHEMA);

describe('a form made from a schema', () => {
  test('begins with its defaults', () => {
    expect(draftOf(SCHEMA)).toEqual({
      decision: '',
      amount: '',
      times: '',
      checked: false,
      sure: '',
      note: 'none',
      tags: [],
      place: { town: '', 'a/b': '' },
      other: { a: '' },
      anything: '',
    });
  });

  test('gives what was typed as the types want it, and leaves out what was left empty', () => {
    const typed = {
      decision: 'approve',
      amount: '12.5',
      checked: true,
      sure: 'no',
      tags: ['a', 'b'],
      place: { town: 'Porto' },
      anything: '{ "deep": [1] }',
    };
    expect(readAll(typed)).toEqual({
      value: { ...typed, amount: 12.5, sure: false, anything: { deep: [1] } },
      faults: [],
    });
  });

  test('says where something is missing or is not what it must be', () => {
    const { faults } = readAll({ amount: 'many', times: '1.5', anything: '{', tags: [''], other: {} });
    expect(faults.map(({ pointer, detail }) => `${pointer} ${detail.replace(/:.*/, '')}`)).toEqual([
      '/decision is missing',
      '/amount must be a number',
      '/times must be a whole number',
      '/tags/0 is missing',
      '/place/town is missing',
      '/anything must be JSON',
    ]);
  });

  test('points at members with odd names as RFC 6901 says', () => {
    const schema = { type: 'object', required: ['a/b~c'], properties: { 'a/b~c': { type: 'string' } } };
    expect(read(fieldOf(schema, ''), {}, schema).faults[0]?.pointer).toBe('/a~1b~0c');
  });

  test('takes JSON for what it would have been typed as', () => {
    const value = { decision: 'reject', amount: 3, checked: false, sure: true, tags: ['x'], place: { town: 'Faro' } };
    expect(readAll(drafted(value))).toEqual({ value, faults: [] });
  });

  test('of no object at all is one field', () => {
    expect(fieldOf({ type: 'string', title: 'Name' }, 'x')).toMatchObject({ kind: 'text', title: 'Name' });
    expect(fieldOf({}, 'x')).toMatchObject({ kind: 'json', title: 'x' });
    expect(fieldOf({ $ref: '#/nowhere' }, 'x').kind).toBe('json');
  });
});
