/** Whether this process lives and can serve, and its numbers. */
import { z } from 'zod';
import type { CheckedPart } from '../../src/monitoring/health';
import { HEALTH_STATES } from '../../src/monitoring/health';
import { OmniError } from '../../src/plan/problem';
import { may } from '../../src/security/caller';
import type { ApiDependencies } from '../dependencies';
import type { Route } from '../route';
import { route } from '../route';

const Alive = z.object({ status: z.literal('ok') }).meta({ id: 'Alive' });

const PartSchema = z.object({
  name: z.string(),
  needed: z.boolean().describe('Nothing can be served without it'),
  state: z.enum(HEALTH_STATES),
  latencyMs: z.number().describe('Until it answered, or was given up'),
  deadlineMs: z.number(),
  checkedAt: z.iso.datetime(),
  detail: z.string().optional().describe('Why it is not healthy'),
  lastError: z
    .object({ at: z.iso.datetime(), detail: z.string() })
    .optional()
    .describe('Also when it is healthy again'),
});

const Readiness = z
  .object({
    status: z.enum(['ok', 'degraded']),
    checks: z.array(PartSchema).optional().describe('For those with `metrics:read`'),
  })
  .meta({ id: 'Readiness' });

/** `stopping` ends when the server begins to drain: from then on it wants no new work. */
export function healthRoutes({ health, metrics }: ApiDependencies, stopping: AbortSignal): readonly Route[] {
  const tag = 'Health';
  return [
    route({
      method: 'get',
      path: '/healthz',
      tag,
      summary: 'Whether the process lives',
      answers: { 200: { description: 'It does', schema: Alive } },
      handle: () => ({ body: { status: 'ok' } }),
    }),
    route({
      method: 'get',
      path: '/readyz',
      tag,
      summary: 'Whether the process can serve, and on what',
      answers: {
        200: { description: 'It can; `degraded`: not all is as it should be', schema: Readiness },
        503: { description: 'It cannot; `data.checks` for those with `metrics:read`' },
      },
      handle: async ({ caller }) => {
        const { status, parts } = await health.look();
        // Strangers learn whether it serves, not what it stands on.
        const detail = may(caller, 'metrics:read') ? { checks: parts.map(shownPart) } : undefined;
        if (status !== 'unavailable' && !stopping.aborted) return { body: { status, ...detail } };
        throw new OmniError('provider-unavailable', 'This process cannot serve now. Its log tells why.', {
          ...(detail && { data: detail }),
        });
      },
    }),
    route({
      method: 'get',
      path: '/metrics',
      tag,
      summary: 'Numbers of this process in Prometheus’ text format',
      answers: { 200: { description: 'Metrics', schema: z.string(), mediaType: 'text/plain' } },
      handle: async () => ({ mediaType: metrics.contentType, body: await metrics.text() }),
    }),
  ];
}

function shownPart({ checkedAt, lastError, ...part }: CheckedPart) {
  return {
    ...part,
    checkedAt: checkedAt.toISOString(),
    ...(lastError && { lastError: { at: lastError.at.toISOString(), detail: lastError.detail } }),
  };
}
