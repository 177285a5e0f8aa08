/** Whether this process lives and can serve, and its numbers. */
import { z } from 'zod';
import { OmniError } from '../../src/plan/problem';
import type { ApiDependencies } from '../dependencies';
import type { Answer, Route } from '../route';
import { route } from '../route';

/** A part that takes longer to answer counts as absent. */
const CHECK_MS = 3000;

const Health = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });

/** `stopping` ends when the server begins to drain: from then on it wants no new work. */
export function healthRoutes({ health, metrics, logger }: ApiDependencies, stopping: AbortSignal): readonly Route[] {
  const tag = 'Health';
  return [
    route({
      method: 'get',
      path: '/healthz',
      tag,
      summary: 'Whether the process lives',
      answers: { 200: { description: 'It does', schema: Health } },
      handle: () => ({ body: { status: 'ok' } }),
    }),
    route({
      method: 'get',
      path: '/readyz',
      tag,
      summary: 'Whether Temporal and PostgreSQL answer',
      answers: { 200: { description: 'They do', schema: Health }, 503: { description: 'Not all do' } },
      handle: async (): Promise<Answer> => {
        const results = await Promise.all(
          Object.entries(health).map(async ([part, check]) => {
            try {
              await within(check());
              return true;
            } catch (error) {
              // Which part it is stays inside: the address is public.
              logger.warn({ part, err: error }, 'not ready');
              return false;
            }
          }),
        );
        const ready = !stopping.aborted && results.every(Boolean);
        if (!ready) throw new OmniError('provider-unavailable', 'This process cannot serve now. Its log tells why.');
        return { body: { status: 'ok' } };
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

async function within(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_MS} ms`)), CHECK_MS);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
