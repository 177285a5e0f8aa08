/** A stub of v0's chats, by the typings of `v0-sdk` 0.16.7, which runs on later versions of Node only and so cannot prove it. */
import { z } from 'zod';
import { refuse, startRestStub } from './rest';
import type { Stub, StubOptions } from './stub';

const created = z.strictObject({
  message: z.string().min(1),
  system: z.string().optional(),
  responseMode: z.literal('sync'),
  chatPrivacy: z.enum(['public', 'private', 'team-edit', 'team', 'unlisted']),
  modelConfiguration: z.strictObject({ modelId: z.enum(['v0-auto', 'v0-mini', 'v0-pro', 'v0-max', 'v0-max-fast']) }),
  metadata: z.record(z.string(), z.string()),
});

export interface V0StubOptions extends StubOptions {
  /** Of every version; completed unless told. */
  readonly status?: 'pending' | 'completed' | 'failed';
}

export function startV0Stub({ status = 'completed', ...options }: V0StubOptions = {}): Promise<Stub> {
  const chats: { readonly id: string; readonly metadata: Readonly<Record<string, string>>; readonly title: string }[] =
    [];
  const detail = ({ id, metadata, title }: (typeof chats)[number]): object => ({
    id,
    object: 'chat',
    webUrl: `https://v0.app/chat/${id}`,
    metadata,
    latestVersion: {
      id: 'v1',
      object: 'version',
      status,
      demoUrl: `https://demo.example/${id}`,
      createdAt: '2026-11-01T00:00:00Z',
      files:
        status === 'completed'
          ? [
              {
                object: 'file',
                name: 'app/page.tsx',
                content: `export default () => <h1>${title}</h1>;`,
                locked: false,
              },
            ]
          : [],
    },
  });
  return startRestStub(
    {
      basePath: '/v1',
      admits: ({ authorization }, key) => authorization === `Bearer ${key}`,
      error: (code, message, call) => ({ error: { code, message: `${message}: ${call.authorization}`, type: 'x' } }),
      routes: {
        'GET /user': () => ({ json: { id: 'u1', object: 'user' } }),
        'GET /chats': ({ query }) => {
          const wanted = [...query].flatMap(([key, value]) => {
            const name = /^metadata\[(\w+)\]$/.exec(key)?.[1];
            return name === undefined ? [] : [[name, value] as const];
          });
          const found = chats.filter(({ metadata }) => wanted.every(([name, value]) => metadata[name] === value));
          return { json: { object: 'list', data: found.map(({ id }) => ({ id, object: 'chat' })) } };
        },
        'GET /chats/:id': ({ params }) => {
          const one = chats.find(({ id }) => id === params['id']);
          return one === undefined ? refuse(404, 'no such chat') : { json: detail(one) };
        },
        'POST /chats': ({ body }) => {
          const parsed = created.safeParse(body);
          if (!parsed.success) return refuse(422, parsed.error.message);
          const one = { id: `c${chats.length + 1}`, metadata: parsed.data.metadata, title: parsed.data.message };
          chats.push(one);
          return { json: detail(one) };
        },
      },
    },
    options,
  );
}
