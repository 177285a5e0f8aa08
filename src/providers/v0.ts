/** Code from a description, by Vercel's v0. Written from the typings of its client `v0-sdk` 0.16.7. */
import { z } from 'zod';
import { OmniError } from '../plan/problem';
import type { CodeInput, CodeOutput } from '../tools/code-generate';
import type { ToolAnswer } from '../tools/tool';
import { defineProvider, type VendorCall } from './define-provider';
import { markerOf } from './marker';

const MODEL = 'v0-auto';
/** Files of a whole application. */
const MAX_BYTES = 16 * 1024 * 1024;
const WHILE_IT_WORKS_MS = 15_000;

export const V0 = defineProvider({
  provider: 'v0',
  title: 'v0 (Vercel)',
  keyVariable: 'V0_API_KEY',
  baseUrlVariable: 'V0_BASE_URL',
  baseUrl: 'https://api.v0.dev/v1',
  sources: [
    'https://v0.app/docs/api/v1/reference/chats/create',
    'https://v0.app/docs/api/v1/reference/chats/get-version',
    'https://www.npmjs.com/package/v0-sdk',
  ],
  headers: (key) => ({ authorization: `Bearer ${key}` }),
  probe: '/user',
  modelNames: /^v0-[\w.-]+$/,
  limits: { concurrent: 10 },
  honours: 'finds the chat of an earlier attempt by a marker in its metadata',
  tools: { 'code.generate': generate },
});

const chat = z.object({
  id: z.string().regex(/^[\w-]+$/),
  webUrl: z.string(),
  latestVersion: z
    .object({
      status: z.enum(['pending', 'completed', 'failed']),
      demoUrl: z.string().nullish(),
      files: z.array(z.object({ name: z.string(), content: z.string() })),
    })
    .nullish(),
});
const list = z.object({ data: z.array(z.object({ id: chat.shape.id })) });

async function generate({ prompt, system }: CodeInput, call: VendorCall): Promise<ToolAnswer> {
  const modelId = call.model ?? MODEL;
  const marker = markerOf(call.idempotencyKey);
  const query = new URLSearchParams({ limit: '1', 'metadata[omni]': marker });
  const { data } = await call.json(list, { method: 'GET', path: `/chats?${query.toString()}` });
  const earlier = data[0];
  const made = await call.json(
    chat,
    earlier === undefined
      ? {
          method: 'POST',
          path: '/chats',
          maxBytes: MAX_BYTES,
          body: {
            message: prompt,
            ...(system === undefined ? {} : { system }),
            responseMode: 'sync',
            chatPrivacy: 'private',
            modelConfiguration: { modelId },
            metadata: { omni: marker },
          },
        }
      : { method: 'GET', path: `/chats/${earlier.id}`, maxBytes: MAX_BYTES },
  );
  return { output: codeOf(made, call.far.provider), usage: { model: modelId } };
}

function codeOf({ id, webUrl, latestVersion }: z.infer<typeof chat>, provider: string): CodeOutput {
  if (latestVersion?.status === 'pending')
    throw new OmniError('provider-unavailable', `${provider} is still at work on chat ${id}. It can be asked again.`, {
      provider,
      retryAfterMs: WHILE_IT_WORKS_MS,
    });
  const { files = [], demoUrl } = latestVersion ?? {};
  if (latestVersion?.status !== 'completed' || files.length === 0)
    throw new OmniError(
      'tool-error',
      `${provider} wrote no code in chat ${id}. Look at it there, or say more in input.`,
      {
        provider,
        retryable: false,
      },
    );
  return {
    id,
    url: webUrl,
    ...(demoUrl ? { demoUrl } : {}),
    files: files.map(({ name, content }) => ({ name, content })),
  };
}
