/** A stub of Sentry's envelope endpoint, written from https://develop.sentry.dev/sdk/data-model/envelopes/: its client library brings its own tracing and is not used. */
import { z } from 'zod';
import { refuse, startRestStub } from './rest';
import type { Stub, StubCall, StubOptions } from './stub';

const event = z.strictObject({
  event_id: z.string().regex(/^[0-9a-f]{32}$/),
  timestamp: z.number(),
  platform: z.literal('node'),
  level: z.enum(['fatal', 'error', 'warning', 'info', 'debug']),
  logger: z.string(),
  message: z.strictObject({ formatted: z.string().min(1) }),
  tags: z.record(z.string(), z.string().max(200)).optional(),
  extra: z.record(z.string(), z.unknown()).optional(),
  fingerprint: z.array(z.string()).optional(),
});

export const PROJECT = '42';

/** The DSN of a stub's project. */
export const dsnOf = (baseUrl: string, key: string): string => `${baseUrl.replace('://', `://${key}@`)}/${PROJECT}`;

/** The event in an envelope; undefined when it is no envelope with one event. */
export function eventIn({ raw }: StubCall): z.infer<typeof event> | undefined {
  const [head = '', item = '', payload = '', ...rest] = raw.toString().split('\n');
  const parsed = event.safeParse(parse(payload));
  const header = z.object({ event_id: z.string() }).safeParse(parse(head));
  const facts = z
    .object({ type: z.literal('event'), length: z.literal(Buffer.byteLength(payload)) })
    .safeParse(parse(item));
  const fits = facts.success && rest.join('') === '' && header.data?.event_id === parsed.data?.event_id;
  return fits ? parsed.data : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export function startSentryStub(options: StubOptions = {}): Promise<Stub> {
  return startRestStub(
    {
      basePath: '',
      admits: (headers, key) => new RegExp(`\\bsentry_key=${key}$`).test(String(headers['x-sentry-auth'])),
      error: (status, message, { headers }) => ({ detail: `${message} ${status}`, causes: [headers['x-sentry-auth']] }),
      routes: {
        [`POST /api/${PROJECT}/envelope/`]: ({ call }) => {
          if (call.headers['content-type'] !== 'application/x-sentry-envelope') return refuse(400, 'no envelope');
          const parsed = eventIn(call);
          return parsed === undefined ? refuse(400, 'invalid envelope') : { json: { id: parsed.event_id } };
        },
      },
    },
    options,
  );
}
