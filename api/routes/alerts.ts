/** The resource `alerts`: rules, how they stand, silences and what has become of them. */
import { z } from 'zod';
import { AlertRule } from '../../src/monitoring/alert-rule';
import type { Alerts, AlertTerms, AlertView } from '../../src/monitoring/alerts';
import { parseDuration } from '../../src/plan/duration';
import { OmniError } from '../../src/plan/problem';
import {
  AlertCheckBody,
  AlertCheckSchema,
  AlertEventSchema,
  AlertSchema,
  AlertSilenceBody,
  AlertState,
} from '../alert-schemas';
import type { ApiDependencies } from '../dependencies';
import type { Route } from '../route';
import { route } from '../route';

const Id = z.object({ id: AlertRule.shape.id });
const HistoryQuery = z.strictObject({
  before: z
    .string()
    .regex(/^\d{1,18}$/, 'must be the `seq` of an event')
    .optional()
    .describe('`next` of the page before'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

const body = { limitBytes: 32 * 1024, mediaTypes: ['application/json'] } as const;
const unknown = { description: 'No such alert' };

export function alertRoutes({ monitoring: { alerts } }: ApiDependencies): readonly Route[] {
  const tag = 'Alerts';
  return [
    route({
      method: 'get',
      path: '/monitoring/alerts',
      tag,
      summary: 'All alerts, with how they stand',
      query: z.strictObject({ state: AlertState.optional() }),
      answers: { 200: { description: 'Alerts', schema: z.object({ alerts: z.array(AlertSchema) }) } },
      handle: async ({ query: { state } }) => ({
        body: { alerts: (await alerts.list()).filter((one) => state === undefined || one.state === state).map(shown) },
      }),
    }),
    route({
      method: 'post',
      path: '/monitoring/alerts',
      tag,
      summary: 'Make an alert, or replace the one of that id; a built-in one too',
      body: { schema: AlertRule.meta({ id: 'AlertRequest' }), ...body },
      answers: {
        200: { description: 'The alert, which was there before', schema: AlertSchema },
        201: { description: 'The alert', schema: AlertSchema },
        409: { description: 'There are as many as are looked at' },
      },
      handle: async ({ body: rule, caller }) => {
        const { alert, isNew } = await alerts.put(rule, caller.id);
        const view = shown(alert);
        return { status: isNew ? 201 : 200, headers: { Location: view.links.self }, body: view };
      },
    }),
    route({
      method: 'post',
      path: '/monitoring/alert-checks',
      // Somebody who writes asks with every pause of the keys, and nothing comes of it.
      audited: false,
      tag,
      summary: 'What is wrong with a condition, or what it reads now; nothing is kept',
      body: { schema: AlertCheckBody, ...body },
      answers: { 200: { description: 'What was found', schema: AlertCheckSchema } },
      handle: async ({ body: terms }) => ({ body: await checked(alerts, terms) }),
    }),
    route({
      method: 'get',
      path: '/monitoring/alerts/{id}',
      tag,
      summary: 'One alert',
      params: Id,
      answers: { 200: { description: 'The alert', schema: AlertSchema }, 404: unknown },
      handle: async ({ params: { id } }) => ({ body: shown(await alerts.get(id)) }),
    }),
    route({
      method: 'delete',
      path: '/monitoring/alerts/{id}',
      tag,
      summary: 'Delete an alert; a built-in one becomes as it was',
      params: Id,
      answers: {
        204: { description: 'It is gone' },
        404: unknown,
        409: { description: 'It is built in and nobody has changed it' },
      },
      handle: async ({ params: { id } }) => {
        await alerts.remove(id);
        return { status: 204 };
      },
    }),
    route({
      method: 'post',
      path: '/monitoring/alerts/{id}/silence',
      tag,
      summary: 'Tell nobody of an alert for a while',
      params: Id,
      body: { schema: AlertSilenceBody, ...body },
      answers: { 200: { description: 'The alert', schema: AlertSchema }, 404: unknown },
      handle: async ({ params: { id }, body: { for: length, reason }, caller }) => {
        const forMs = parseDuration(length) ?? 0;
        const until = new Date(Date.now() + forMs);
        const silence = { until, by: caller.id, ...(reason !== undefined && { reason }) };
        return { body: shown(await alerts.silence(id, forMs > 0 ? silence : undefined)) };
      },
    }),
    route({
      method: 'get',
      path: '/monitoring/alerts/{id}/history',
      tag,
      summary: 'What has become of an alert, newest first; also of one that was deleted',
      params: Id,
      query: HistoryQuery,
      answers: {
        200: {
          description: 'One page',
          schema: z.object({ events: z.array(AlertEventSchema), next: z.string().optional() }),
        },
      },
      handle: async ({ params: { id }, query: { before, limit } }) => {
        const events = await alerts.history({ id, limit, ...(before !== undefined && { before }) });
        const last = events.at(-1);
        return { body: { events, ...(last && events.length === limit ? { next: last.seq } : {}) } };
      },
    }),
  ];
}

async function checked(alerts: Alerts, terms: AlertTerms) {
  try {
    return { valid: true, errors: [], ...(await alerts.check(terms)) };
  } catch (error) {
    if (!(error instanceof OmniError) || error.problem.type !== 'validation') throw error;
    return { valid: false, errors: error.problem.errors ?? [], figures: {} };
  }
}

function shown(alert: AlertView) {
  const self = `/monitoring/alerts/${encodeURIComponent(alert.id)}`;
  return { ...alert, links: { self, silence: `${self}/silence`, history: `${self}/history` } };
}
