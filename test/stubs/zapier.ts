/** A stub of Zapier's catch hooks, written from https://help.zapier.com/hc/en-us/articles/8496288690317: there is no client library for them. */
import { refuse, startRestStub } from './rest';
import type { Stub, StubOptions } from './stub';

export function startZapierStub({ key = 'stub-key', ...options }: StubOptions = {}): Promise<Stub> {
  let taken = 0;
  return startRestStub(
    {
      basePath: '',
      admits: () => true,
      error: (status, message, { path }) => ({ status: 'error', message: `${message} ${status}: ${path}` }),
      routes: {
        'POST /hooks/catch/:account/:hook/': ({ params, body }) => {
          if (params['hook'] !== key) return refuse(404, 'no such hook');
          if (typeof body !== 'object') return refuse(400, 'no JSON');
          taken += 1;
          const id = `0199-${taken}`;
          return { json: { attempt: id, id, request_id: id, status: 'success' } };
        },
      },
    },
    { ...options, key },
  );
}
