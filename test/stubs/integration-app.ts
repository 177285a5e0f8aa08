/** A stub of Membrane's `POST /act`, written from its published OpenAPI document; its client library weighs 34 MB and is not used. */
import { z } from 'zod';
import { refuse, startRestStub } from './rest';
import type { Stub, StubOptions } from './stub';

const act = z.strictObject({
  id: z.string().optional(),
  key: z.string().optional(),
  connectionId: z.string().optional(),
  connectionKey: z.string().optional(),
  integrationKey: z.string().optional(),
  input: z.unknown().optional(),
  meta: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});

export function startIntegrationAppStub(options: StubOptions = {}): Promise<Stub> {
  let runs = 0;
  return startRestStub(
    {
      basePath: '',
      admits: (headers, key) => headers.authorization === `Bearer ${key}`,
      error: (status, message, { headers }) => ({
        type: 'error',
        message: `${message} ${status}: ${headers.authorization ?? ''}`,
      }),
      routes: {
        'POST /act': ({ body }) => {
          const parsed = act.safeParse(body);
          if (!parsed.success) return refuse(400, parsed.error.message);
          if (parsed.data.key !== 'create-contact') return refuse(404, 'no such action');
          runs += 1;
          return { json: { actionRunId: `run-${runs}`, output: { given: parsed.data.input } } };
        },
      },
    },
    options,
  );
}
