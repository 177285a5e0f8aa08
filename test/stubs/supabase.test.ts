/** The stub is what it says it is: the client library of Supabase's tables takes it for the real thing. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { PostgrestClient } from '@supabase/postgrest-js';
import { startSupabaseStub } from './supabase';
import type { Stub } from './stub';

describe("the stub under PostgREST's client", () => {
  let stub: Stub;
  const clientOf = (key: string) =>
    new PostgrestClient(`${stub.baseUrl}/rest/v1`, { headers: { apikey: key, Authorization: `Bearer ${key}` } });
  beforeEach(async () => {
    stub = await startSupabaseStub();
  });
  afterEach(() => stub.close());

  test('rows are inserted, replaced and selected', async () => {
    const client = clientOf(stub.key);
    const inserted = await client
      .from('lessons')
      .insert([{ id: 2, title: 'Nouns', level: 'a2' }])
      .select();
    expect(inserted).toMatchObject({ status: 201, data: [{ id: 2, title: 'Nouns' }] });
    await client.from('lessons').upsert({ id: 2, title: 'Names' }, { onConflict: 'id' }).select();
    const found = await client.from('lessons').select('title,level').eq('id', 2).order('id').limit(5);
    expect(found.data).toEqual([{ title: 'Names', level: 'a2' }]);
    expect((await client.from('lessons').select().is('done', null)).data).toHaveLength(1);
  });

  test("a wrong key, a row that is there and an unknown table are the client's errors", async () => {
    expect((await clientOf('nope').from('lessons').select()).status).toBe(401);
    const twice = await clientOf(stub.key).from('lessons').insert({ id: 1 });
    expect(twice).toMatchObject({ status: 409, error: { code: '23505' } });
    expect((await clientOf(stub.key).from('nothing').select()).error).toMatchObject({ code: 'PGRST404' });
  });
});
