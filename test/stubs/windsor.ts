/** A stub of Windsor.ai's connectors, written from https://windsor.ai/api-information/: there is no client library for them. */
import { refuse, startRestStub } from './rest';
import type { Stub, StubOptions } from './stub';

const FIELDS = ['date', 'campaign', 'spend', 'clicks'];

export function startWindsorStub(options: StubOptions = {}): Promise<Stub> {
  return startRestStub(
    {
      basePath: '',
      admits: (headers, key) => headers['x-api-key'] === key,
      error: (status, message, { headers }) => ({ error: `${message} ${status}: ${String(headers['x-api-key'])}` }),
      routes: {
        'GET /:connector': ({ query, params }) => {
          const fields = (query.get('fields') ?? '').split(',');
          const strange = [...query.keys()].find(
            (name) => !['fields', 'date_preset', 'date_from', 'date_to'].includes(name),
          );
          if (strange !== undefined) return refuse(400, `unknown parameter ${strange}`);
          if (fields.some((field) => !FIELDS.includes(field))) return refuse(400, 'unknown field');
          const values: Readonly<Record<string, unknown>> = {
            date: query.get('date_from') ?? query.get('date_preset'),
            campaign: params['connector'],
            spend: 12.5,
            clicks: 40,
          };
          return { json: { data: [Object.fromEntries(fields.map((field) => [field, values[field]]))] } };
        },
      },
    },
    options,
  );
}
