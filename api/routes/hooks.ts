/** The resource `hooks`: signed messages of other systems, each of which starts a definition once. */
import { z } from 'zod';
import { verifyMessage } from '../../src/library/standard-webhooks';
import { findHook, startForMessage } from '../../src/library/webhook';
import type { Json } from '../../src/plan/json';
import { BODY_LIMIT_BYTES, parseJson } from '../body';
import type { ApiDependencies } from '../dependencies';
import { executionLinks } from '../links';
import type { Route } from '../route';
import { route } from '../route';
import { LinksSchema } from '../schemas';
import { startedHeaders } from '../started';

const header = z.string().optional();

const HookHeaders = z.object({
  'webhook-id': header.describe('Names the message: the same id starts nothing twice'),
  'webhook-timestamp': header.describe('Seconds since 1970, at most five minutes from now'),
  'webhook-signature': header.describe(
    '`v1,<base64>` of the HMAC-SHA256 over `id.timestamp.body`; several with blanks between',
  ),
});

const Message = z.unknown().describe('Any JSON; the signature is over its bytes') as z.ZodType<Buffer>;

const HookAnswer = z
  .object({
    executionId: z.string(),
    runId: z.string(),
    repeated: z.boolean().describe('This message had started it before'),
    links: LinksSchema,
  })
  .meta({ id: 'HookAnswer' });

export function hookRoutes(deps: ApiDependencies): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/hooks/{id}',
      tag: 'Events',
      summary: 'A signed message (Standard Webhooks): starts the definition, once per message',
      params: z.object({ id: z.string().min(1).max(200) }),
      headers: HookHeaders,
      body: { schema: Message, limitBytes: BODY_LIMIT_BYTES, mediaTypes: ['application/json'], raw: true },
      answers: {
        200: { description: 'This message has started it before', schema: HookAnswer },
        202: { description: 'Started', schema: HookAnswer },
        401: { description: 'Not signed with the secret, or not fresh' },
        404: { description: 'No definition with a webhook has this id' },
        422: { description: 'The payload cannot be made of the body' },
        503: { description: 'The secret is not set here' },
      },
      handle: async ({ params, body, request }) => {
        const plan = await findHook(deps, params.id);
        const secrets = deps.webhookSecrets(plan.webhook.secret);
        // Twice is not at all: which of the two was signed, nobody can say.
        const text = (name: string): string | undefined => {
          const [one, ...more] = request.headersDistinct[name] ?? [];
          return more.length === 0 ? one : undefined;
        };
        const message = {
          id: text('webhook-id'),
          timestamp: text('webhook-timestamp'),
          signature: text('webhook-signature'),
          body,
        };
        const verified = verifyMessage(message, secrets, Date.now());
        const parsed = parseJson(body, BODY_LIMIT_BYTES) as Json;
        const {
          executionId,
          runId,
          repeated = false,
        } = await startForMessage(deps, plan, { ...verified, body: parsed });
        return {
          status: repeated ? 200 : 202,
          headers: startedHeaders(executionId),
          body: { executionId, runId, repeated, links: executionLinks(executionId) },
        };
      },
    }),
  ];
}
