/** The codec server: lets Temporal's Web UI and CLI show payloads to those who may see them (https://docs.temporal.io/codec-server). */
import { z } from 'zod';
import type { PayloadCodec } from '@temporalio/common';
import { LARGE_BODY_LIMIT_BYTES } from '../body';
import type { ApiDependencies } from '../dependencies';
import { OmniError } from '../../src/plan/problem';
import type { Answer, Call, Route } from '../route';
import { route } from '../route';

const Base64 = z
  .base64()
  .meta({ contentEncoding: 'base64', pattern: '^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$' });
const PayloadSchema = z
  .object({ metadata: z.record(z.string(), Base64).optional(), data: Base64.optional() })
  .meta({ id: 'Payload', description: 'A payload of Temporal: values in base64.' });
const Payloads = z.object({ payloads: z.array(PayloadSchema).max(10_000) }).meta({ id: 'Payloads' });
const Headers = z.object({ 'x-namespace': z.string().optional().describe('Temporal namespace of the payloads.') });

const body = { schema: Payloads, limitBytes: LARGE_BODY_LIMIT_BYTES, mediaTypes: ['application/json'] } as const;
const answers = {
  200: { description: 'The same number of payloads, in order', schema: Payloads },
  400: { description: 'Not payloads, or of another namespace' },
  404: { description: 'Nothing is encrypted here' },
} as const;

type JsonPayload = z.output<typeof PayloadSchema>;
type Direction = 'encode' | 'decode';

export function codecRoutes(deps: ApiDependencies): readonly Route[] {
  const tag = 'Codec';
  return [
    route({
      method: 'post',
      path: '/codec/decode',
      tag,
      summary: 'Open encrypted payloads',
      headers: Headers,
      body,
      answers,
      handle: (call) => coded(deps, 'decode', call),
    }),
    route({
      method: 'post',
      path: '/codec/encode',
      tag,
      summary: 'Encrypt payloads',
      headers: Headers,
      body,
      answers,
      handle: (call) => coded(deps, 'encode', call),
    }),
  ];
}

/** What cannot be opened stays as it is: the rest of a page is worth showing. */
async function coded(
  { codec }: ApiDependencies,
  direction: Direction,
  { body: { payloads }, request }: Call<unknown, unknown, z.output<typeof Payloads>>,
): Promise<Answer> {
  if (codec === undefined) throw new OmniError('not-found', 'Nothing is encrypted here, so there is nothing to open.');
  const namespace = request.get('x-namespace');
  if (namespace !== undefined && namespace !== codec.namespace)
    throw new OmniError(
      'validation',
      `This platform keeps the keys of the namespace ${codec.namespace}, and of no other.`,
    );
  const done = payloads.map((payload) =>
    one(codec.codec, direction, payload).catch((error: unknown) => {
      if (direction === 'decode') return payload;
      throw error;
    }),
  );
  return { body: { payloads: await Promise.all(done) } };
}

async function one(
  codec: PayloadCodec,
  direction: Direction,
  { metadata = {}, data = '' }: JsonPayload,
): Promise<JsonPayload> {
  const bytes = Object.entries(metadata).map(([name, text]) => [name, Buffer.from(text, 'base64')] as const);
  const [answer] = await codec[direction]([{ metadata: Object.fromEntries(bytes), data: Buffer.from(data, 'base64') }]);
  const texts = Object.entries(answer?.metadata ?? {}).map(([name, value]) => [name, base64(value)] as const);
  return { metadata: Object.fromEntries(texts), data: base64(answer?.data ?? new Uint8Array()) };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
