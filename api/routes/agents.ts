/** The resource `agents`: who is registered, how they are, what has been set for them, and how their work went. */
import { z } from 'zod';
import { SET_STATUSES } from '../../src/agents/agent';
import { DAY_MS } from '../../src/agents/figures';
import { AgentData, AgentRegistration } from '../../src/agents/registration';
import type { AgentView } from '../../src/agents/registry';
import { LONGEST_OVERRIDE_MS, STATUSES } from '../../src/agents/status';
import { parseDuration } from '../../src/plan/duration';
import { OmniError } from '../../src/plan/problem';
import type { Caller } from '../../src/security/caller';
import { may } from '../../src/security/caller';
import { AgentDetailSchema, AgentMetricsSchema, AgentSchema } from '../agent-schemas';
import type { ApiDependencies } from '../dependencies';
import type { Route } from '../route';
import { route } from '../route';

const word = z.string().regex(/^[\w.-]{1,100}$/, 'must be letters, digits and _ . -');
const Id = z.object({ id: word });
/** Configuration and metadata are shown in every list. */
const body = { limitBytes: 64 * 1024, mediaTypes: ['application/json'] } as const;

const durationWithin = (limitMs: number) =>
  z.string().refine((text) => (parseDuration(text) ?? Infinity) <= limitMs, {
    error: `is no duration such as 15m or 12h, or more than ${limitMs / 3_600_000} hours`,
  });

const ListQuery = z.strictObject({
  type: word.optional(),
  status: z.enum(STATUSES).optional(),
  cursor: z.string().max(100).optional().describe('`next` of the page before'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

const MetricsQuery = z.strictObject({
  agent: word.optional().describe('Only of this agent and of its type'),
  within: durationWithin(30 * DAY_MS)
    .optional()
    .describe('`24h`, as without it: of tasks that ended within this time'),
});

const StatusBody = z
  .strictObject({
    status: z.enum(SET_STATUSES),
    metadata: AgentData.optional(),
    expiresIn: durationWithin(LONGEST_OVERRIDE_MS).optional().describe('For how long it stands; default `15m`'),
  })
  .meta({ id: 'AgentStatusRequest', description: '`idle` ends what was set before.' });

const unknown = { description: 'No such agent' };

export function agentRoutes({ agents: { registry, figures: book } }: ApiDependencies): readonly Route[] {
  const tag = 'Agents';
  return [
    route({
      method: 'get',
      path: '/agents',
      tag,
      summary: 'Agents by id, with how they are now',
      query: ListQuery,
      answers: {
        200: {
          description: 'One page',
          schema: z.object({ agents: z.array(AgentSchema), next: z.string().optional() }),
        },
      },
      handle: async ({ query: { type, status, cursor = '', limit } }) => {
        const found = (await registry.list(type)).filter(
          (one) => one.id > cursor && (status === undefined || one.status === status),
        );
        const page = found.slice(0, limit);
        const last = page.at(-1);
        return {
          body: { agents: page.map(agentBody), ...(last && found.length > limit ? { next: last.id } : {}) },
        };
      },
    }),
    route({
      method: 'post',
      path: '/agents',
      tag,
      summary: 'Register an agent; again changes what is different, and twice is the same as once',
      body: { schema: AgentRegistration.meta({ id: 'AgentRequest' }), ...body },
      answers: {
        200: { description: 'The agent, which was registered before', schema: AgentSchema },
        201: { description: 'The agent', schema: AgentSchema },
        409: { description: 'Its process runs and works on another queue' },
      },
      handle: async ({ body: wanted }) => {
        const { agent, isNew } = await registry.register(wanted);
        const shown = agentBody(agent);
        return { status: isNew ? 201 : 200, headers: { Location: shown.links.self }, body: shown };
      },
    }),
    route({
      method: 'get',
      path: '/agents/{id}',
      tag,
      summary: 'One agent: how it is, what it works on, how its last day went',
      params: Id,
      answers: { 200: { description: 'The agent', schema: AgentDetailSchema }, 404: unknown },
      handle: async ({ params: { id } }) => {
        const agent = await registry.get(id);
        const [working, figures] = await Promise.all([book.openTasks(id), book.of(agent)]);
        return { body: { ...agentBody(agent), working, figures } };
      },
    }),
    route({
      method: 'post',
      path: '/agents/{id}/status',
      tag,
      summary: 'Set the status of an agent for a while; an agent sets only its own',
      params: Id,
      body: { schema: StatusBody, ...body },
      answers: {
        200: { description: 'The agent as it is now', schema: AgentSchema },
        403: { description: 'An agent speaks of another one' },
        404: unknown,
      },
      handle: async ({ params: { id }, body: { status, metadata, expiresIn }, caller }) => {
        ownOnly(caller, id);
        const forMs = expiresIn === undefined ? undefined : parseDuration(expiresIn);
        const wish = { status, ...(metadata && { metadata }) };
        return {
          body: agentBody(await registry.setStatus(id, wish, { by: caller.id, ...(forMs && { forMs }) })),
        };
      },
    }),
    route({
      method: 'get',
      path: '/agent-metrics',
      tag,
      summary: 'How the work of agents went, per agent and per type',
      query: MetricsQuery,
      answers: {
        200: { description: 'Of tasks that ended within the window', schema: AgentMetricsSchema },
        404: unknown,
      },
      handle: async ({ query: { agent: id, within } }) => {
        const withinMs = within === undefined ? undefined : parseDuration(within);
        const of = id === undefined ? undefined : await registry.get(id);
        return { body: await book.metrics({ ...(of && { of }), ...(withinMs && { withinMs }) }) };
      },
    }),
  ];
}

function agentBody({ heard, readAt: _, ...agent }: AgentView) {
  const { id, maxConcurrency: total } = agent;
  const self = `/agents/${encodeURIComponent(id)}`;
  const used = heard?.inFlight ?? 0;
  return {
    ...agent,
    slots: { total, used, free: Math.max(0, total - used) },
    ...(heard && { heard: { at: heard.seenAt, startedAt: heard.startedAt, build: heard.build } }),
    links: { self, status: `${self}/status` },
  };
}

/** Throws `authorization`. */
function ownOnly(caller: Caller, id: string): void {
  if (may(caller, 'agent:manage') || caller.id === id) return;
  throw new OmniError(
    'authorization',
    `${caller.id} may say how ${caller.id} is, and nothing of ${id}. That needs the permission agent:manage, or a key whose owner is ${id}.`,
  );
}
