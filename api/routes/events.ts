/** The resource `events`: CloudEvents 1.0 in, which start whatever listens to their type. */
import { z } from 'zod';
import { startForEvent } from '../../src/library/start';
import type { Json } from '../../src/plan/json';
import { LARGE_BODY_LIMIT_BYTES } from '../body';
import type { ApiDependencies } from '../dependencies';
import { executionLinks } from '../links';
import type { Route } from '../route';
import { route } from '../route';
import { requesterOf } from '../started';
import { AnyJson, LinksSchema } from '../schemas';

const text = z.string().min(1).max(2000);
/** Extension attributes: names in lower-case letters and digits, values that are no structures. */
const extension = z.union([z.string().max(10_000), z.boolean(), z.int()]);

const Event = z
  .object({
    specversion: z.literal('1.0'),
    id: text,
    source: text.describe('URI reference'),
    type: text,
    subject: text.optional(),
    time: z.iso.datetime({ offset: true }).optional(),
    datacontenttype: z
      .string()
      .regex(/^application\/([\w.-]+\+)?json\s*(;.*)?$/i, 'must be a JSON type')
      .optional(),
    dataschema: text.optional(),
    data: AnyJson.optional(),
  })
  .catchall(extension)
  .superRefine((event, context) => {
    for (const name of Object.keys(event))
      if (name === 'data_base64')
        context.addIssue({ code: 'custom', path: [name], message: 'is not taken here; send data as JSON' });
      else if (!/^[a-z0-9]+$/.test(name))
        context.addIssue({ code: 'custom', path: [name], message: 'must be named in lower-case letters and digits' });
  })
  .meta({
    id: 'CloudEvent',
    propertyNames: { pattern: '^[a-z0-9]+$' },
    description:
      'A CloudEvent 1.0 in structured mode (https://github.com/cloudevents/spec); `data` is the payload of what it starts.',
  });

const Fault = z.object({ pointer: z.string(), detail: z.string() });

const EventAnswer = z
  .object({
    executions: z.array(
      z.object({
        workflow: z.string(),
        executionId: z.string(),
        runId: z.string(),
        repeated: z.boolean().describe('This event had started it before'),
        links: LinksSchema,
      }),
    ),
    refused: z
      .array(z.object({ workflow: z.string(), errors: z.array(Fault) }))
      .describe('Listeners whose types the data do not fit'),
  })
  .meta({ id: 'EventAnswer' });

export function eventRoutes(deps: ApiDependencies): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/events',
      tag: 'Events',
      summary: 'A CloudEvent: starts every definition that listens to its type, each once per event',
      body: { schema: Event, limitBytes: LARGE_BODY_LIMIT_BYTES, mediaTypes: ['application/json'] },
      answers: {
        200: { description: 'Nothing listens to this type', schema: EventAnswer },
        202: { description: 'Started, or started before', schema: EventAnswer },
      },
      handle: async ({ body, caller }) => {
        const { data = {}, ...event } = body;
        const { started, refused } = await startForEvent(deps, {
          event: present(event),
          data,
          ...requesterOf(caller),
        });
        const executions = started.map(({ workflow, executionId, runId, repeated = false }) => ({
          workflow,
          executionId,
          runId,
          repeated,
          links: executionLinks(executionId),
        }));
        return { status: started.length === 0 ? 200 : 202, body: { executions, refused } };
      },
    }),
  ];
}

/** Without what is absent: the event goes through JSON into the execution. */
function present<T extends object>(event: T): T & { readonly [key: string]: Json } {
  return JSON.parse(JSON.stringify(event)) as T & { readonly [key: string]: Json };
}
