/** The resource `keys`: keys of this API. */
import { z } from 'zod';
import { NewKey } from '../../src/security/api-keys';
import { BODY_LIMIT_BYTES } from '../body';
import type { ApiDependencies } from '../dependencies';
import type { Route } from '../route';
import { KeySchema } from '../key-schemas';
import { route } from '../route';

const Id = z.object({ id: z.string().min(1).max(100) });
const body = { limitBytes: BODY_LIMIT_BYTES, mediaTypes: ['application/json'] } as const;
const unknown = { description: 'No such key' };

export function keyRoutes({ security: { keys } }: ApiDependencies): readonly Route[] {
  const tag = 'Keys';
  return [
    route({
      method: 'get',
      path: '/keys',
      tag,
      summary: 'All keys, newest first; never the keys themselves',
      answers: { 200: { description: 'The keys', schema: z.object({ keys: z.array(KeySchema) }) } },
      handle: async () => ({ body: { keys: await keys.list() } }),
    }),
    route({
      method: 'post',
      path: '/keys',
      tag,
      summary: 'Make a key; it is shown in this answer alone',
      body: { schema: NewKey.meta({ id: 'ApiKeyRequest' }), ...body },
      answers: { 201: { description: 'The key', schema: KeySchema.extend({ key: z.string() }) } },
      handle: async ({ body: wanted, caller }) => {
        const made = await keys.create(wanted, caller.id);
        return { status: 201, headers: { Location: `/keys/${made.id}` }, body: made };
      },
    }),
    route({
      method: 'get',
      path: '/keys/{id}',
      tag,
      summary: 'One key',
      params: Id,
      answers: { 200: { description: 'The key', schema: KeySchema }, 404: unknown },
      handle: async ({ params }) => ({ body: await keys.get(params.id) }),
    }),
    route({
      method: 'post',
      path: '/keys/{id}/revoke',
      tag,
      summary: 'Revoke a key; within two seconds it opens nothing, nor do the sessions that it began',
      params: Id,
      answers: {
        200: { description: 'The key as it is now', schema: KeySchema },
        404: unknown,
        409: { description: 'It is the last admin key' },
      },
      handle: async ({ params }) => ({ body: await keys.revoke(params.id) }),
    }),
  ];
}
