/** Supabase against its stub: the contract suite, and what is its own. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SUPABASE } from '../../src/providers/supabase';
import type { Provider } from '../../src/tools/tool';
import { callTool, describeProvider, failureOf, providerOf, type VendorToolCase } from '../contracts/provider';
import { startSupabaseStub } from '../stubs/supabase';
import type { Stub } from '../stubs/stub';

const SELECT: VendorToolCase = {
  tool: 'row.select',
  input: { table: 'lessons', columns: ['id', 'title'], where: { level: 'a1', done: null }, orderBy: 'id', limit: 5 },
  check: (output) => expect(output).toEqual({ rows: [{ id: 1, title: 'Verbs' }] }),
  refuses: [{ why: 'a table that is not there', input: { table: 'nothing' }, type: 'not-found' }],
};
const UPSERT: VendorToolCase = {
  tool: 'row.upsert',
  input: {
    table: 'lessons',
    rows: [
      { id: 1, level: 'b1' },
      { id: 2, level: 'a2' },
    ],
    conflict: ['id'],
  },
  check: (output) => expect(output).toMatchObject({ rows: [{ id: 1, title: 'Verbs', level: 'b1' }, { id: 2 }] }),
};
/** Without the key column, which the database would count on its own, the suite may insert it again and again. */
const INSERT: VendorToolCase = {
  tool: 'row.insert',
  input: { table: 'lessons', rows: [{ title: 'Nouns' }] },
  check: (output) => expect(output).toEqual({ rows: [{ title: 'Nouns' }] }),
};

describeProvider({ provider: SUPABASE, stub: startSupabaseStub, calls: [SELECT, INSERT, UPSERT] });

describe('supabase', () => {
  let stub: Stub;
  let provider: Provider;
  beforeEach(async () => {
    stub = await startSupabaseStub();
    provider = providerOf({ provider: SUPABASE }, { key: stub.key, baseUrl: stub.baseUrl });
  });
  afterEach(() => stub.close());

  const rows = async (input: object): Promise<unknown> =>
    (await callTool(provider, { tool: 'row.select', input: { table: 'lessons', ...input } })).output;

  test('values of filters are values, whatever they hold', async () => {
    await callTool(provider, { ...INSERT, input: { table: 'lessons', rows: [{ id: 9, title: 'a,b&limit=0' }] } });
    expect(await rows({ where: { title: 'a,b&limit=0' }, columns: ['id'] })).toEqual({ rows: [{ id: 9 }] });
  });

  test('rows come sorted', async () => {
    await callTool(provider, UPSERT);
    expect(await rows({ columns: ['id'], orderBy: 'id', descending: true })).toEqual({ rows: [{ id: 2 }, { id: 1 }] });
  });

  test('a row that is there already is final, and the advice is about the rows', async () => {
    const error = await failureOf(callTool(provider, { ...INSERT, input: { table: 'lessons', rows: [{ id: 1 }] } }));
    expect(error).toMatchObject({ retryable: false, problem: { type: 'conflict' } });
    expect(error.message).toContain('input.rows');
  });
});
