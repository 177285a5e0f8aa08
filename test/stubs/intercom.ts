/** A stub of Intercom's messages. */
import { z } from 'zod';
import { refuse, startRestStub } from './rest';
import type { Stub, StubOptions } from './stub';

const ends = {
  body: z.string().min(1),
  from: z.strictObject({ type: z.literal('admin'), id: z.number().int() }),
  to: z.strictObject({ type: z.enum(['user', 'lead']), id: z.string().min(1) }),
};
const newMessage = z.discriminatedUnion('message_type', [
  z.strictObject({ message_type: z.literal('inapp'), subject: z.string().optional(), ...ends }),
  z.strictObject({
    message_type: z.literal('email'),
    subject: z.string().min(1),
    template: z.enum(['plain', 'personal']),
    ...ends,
  }),
]);

export function startIntercomStub(options: StubOptions = {}): Promise<Stub> {
  let sent = 0;
  return startRestStub(
    {
      basePath: '',
      admits: (headers, key) => headers.authorization === `Bearer ${key}` && headers['intercom-version'] === '2.14',
      error: (status, message, { headers }) => ({
        type: 'error.list',
        request_id: 'r1',
        errors: [{ code: 'refused', message: `${message} ${status}: ${headers.authorization ?? ''}` }],
      }),
      routes: {
        'GET /me': () => ({ json: { type: 'admin', id: '7', email: 'ana@example.com' } }),
        'POST /messages': ({ body, refused }) => {
          const parsed = newMessage.safeParse(body);
          if (!parsed.success) return refuse(400, parsed.error.message);
          if (!refused) sent += 1;
          const { message_type: kind, body: text } = parsed.data;
          return {
            json: {
              type: 'admin_message',
              id: String(sent),
              created_at: 1_763_800_000,
              message_type: kind,
              body: text,
              ...('subject' in parsed.data ? { subject: parsed.data.subject } : {}),
              conversation_id: kind === 'inapp' ? `c${sent}` : null,
            },
          };
        },
      },
    },
    options,
  );
}
