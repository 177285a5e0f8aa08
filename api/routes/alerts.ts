/** The resource `alerts`: rules, how they stand, silences and what has become of them. */
import { z } from 'zod';
import { ALERT_STATES } from '../../src/monitoring/alert-standing';
import { AlertRule } from '../../src/monitoring/alert-rule';
import type { AlertView } from '../../src/monitoring/alerts';
import { parseDuration } from '../../src/plan/duration';
import type { ApiDependencies } from '../dependencies';
import type { Route } from '../route';
import { route } from '../route';
import { AnyJson } from '../schemas';

const Id = z.object({ id: AlertRule.shape.id });
const time = z.iso.datetime().describe('ISO 8601');
const figures = z.record(z.string(), z.number()).describe('What the condition’s names were');

const AlertSchema = z
  .object({
    ...AlertRule.shape,
    enabled: z.boolean(),
    duration: z.number().int(),
    actions: z.array(z.string()),
    metadata: z.record(z.string(), AnyJson),
    builtIn: z.boolean(),
    state: z.enum(ALERT_STATES),
    since: time.optional().describe('Since when it stands so; absent: it was never looked at'),
    seenAt: time.optional().describe('When it was looked at last'),
    figures: figures.optional(),
    silence: z.object({ until: time, by: z.string(), reason: z.string().optional() }).optional(),
    changed: z.object({ by: z.string(), at: time }).optional(),
    links: z.object({ self: z.string(), silence: z.string(), history: z.string() }),
  })
  .meta({ id: 'Alert' });

const EventSchema = z
  .object({
    seq: z.string().describe('Newer ones have a larger one'),
    id: z.string().describe('Of the alert'),
    at: time,
    event: z.record(z.string(), AnyJson).describe('`state`, `from`, `figures`, `actions`, `silenced`, `reason` …'),
    delivery: z
      .object({ tries: z.number().int(), settledAt: time.optional(), lastError: z.string().optional() })
      .optional()
      .describe('Of its webhook'),
  })
  .meta({ id: 'AlertEvent' });

/** Ends a silence; no duration of the language is that short. */
const NO_TIME = '0s';
const LONGEST_SILENCE_MS = 30 * 86_400_000;
const SilenceBody = z
  .strictObject({
    for: z
      .string()
      .refine((text) => text === NO_TIME || (parseDuration(text) ?? Infinity) <= LONGEST_SILENCE_MS, {
        error: 'is no duration such as 30m or 12h, or more than 30 days',
      })
      .describe('`2h`; `0s` ends a silence'),
    reason: z.string().max(500).optional(),
  })
  .meta({ id: 'AlertSilenceRequest' });

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
      query: z.strictObject({ state: z.enum(ALERT_STATES).optional() }),
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
      body: { schema: SilenceBody, ...body },
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
          schema: z.object({ events: z.array(EventSchema), next: z.string().optional() }),
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

function shown(alert: AlertView) {
  const self = `/monitoring/alerts/${encodeURIComponent(alert.id)}`;
  return { ...alert, links: { self, silence: `${self}/silence`, history: `${self}/history` } };
}
