/** The orchestrator's HTTP interface, as far as the command line needs it. */
import { z } from 'zod';
import type { Execution } from '../executions/execution';
import type { Problem } from '../plan/problem';
import { OmniError } from '../plan/problem';
import type { Server } from './server';

const problem = z.looseObject({ type: z.string(), title: z.string(), status: z.number(), detail: z.string() });

const step = z.looseObject({
  path: z.string(),
  status: z.enum(['running', 'completed', 'failed', 'skipped', 'degraded', 'cancelled']),
  attempts: z.number(),
  startedAt: z.string(),
  waitMs: z.number(),
  runMs: z.number(),
  error: problem.optional(),
  calls: z.array(z.looseObject({ provider: z.string().optional() })),
});

/** Only what is read here is checked; the rest passes as the server wrote it. */
const execution = z.looseObject({
  executionId: z.string(),
  status: z.enum(['running', 'paused', 'completed', 'failed', 'cancelled', 'terminated']),
  duration: z.number(),
  steps: z.array(step),
  usage: z.looseObject({ inputTokens: z.number(), outputTokens: z.number(), costUsd: z.number() }),
  error: problem.optional(),
  engineError: z.looseObject({ detail: z.string() }).optional(),
});

const started = z.looseObject({ executionId: z.string() });

/** Whether an orchestrator answers there. */
export async function isAlive(url: string): Promise<boolean> {
  try {
    return (await fetch(new URL('/healthz', url), { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

/** Its methods throw `OmniError`: the server's own problem, or `provider-unavailable` when none answers. */
export function createApiClient(url: string): Server {
  const base = url.replace(/\/+$/, '');
  const address = (executionId: string): string => `${base}/executions/${encodeURIComponent(executionId)}`;
  return {
    where: address,
    start: async (workflow, input) => {
      const answer = await ask('POST', `${base}/workflows/${encodeURIComponent(workflow)}/execute`, {
        schema: started,
        body: input,
      });
      return answer.executionId;
    },
    // The members that are used have just been checked.
    describe: async (executionId) =>
      (await ask('GET', address(executionId), { schema: execution })) as unknown as Execution,
    cancel: async (executionId) => {
      await ask('POST', `${address(executionId)}/cancel`, { schema: z.unknown() });
    },
    close: () => Promise.resolve(),
  };
}

export interface Question<T> {
  readonly schema: z.ZodType<T>;
  readonly body?: unknown;
}

/** Throws `OmniError`: the server's own problem, or `provider-unavailable` when none answers. */
export async function ask<T>(method: string, url: string, { schema, body }: Question<T>): Promise<T> {
  const response = await send(url, {
    method,
    signal: AbortSignal.timeout(60_000),
    ...(body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const data: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw refusal(response, data);
  const parsed = schema.safeParse(data);
  if (!parsed.success) throw stranger(url, `its answer is of another shape (${z.prettifyError(parsed.error)})`);
  return parsed.data;
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OmniError('provider-unavailable', `No orchestrator answers at ${url}: ${reason}.`, { cause: error });
  }
}

function refusal(response: Response, data: unknown): OmniError {
  const parsed = problem.safeParse(data);
  if (!parsed.success) return stranger(response.url, `it answered ${response.status} without saying why`);
  const { type, detail, ...members } = parsed.data as unknown as Problem;
  return new OmniError(type, detail, members);
}

function stranger(url: string, why: string): OmniError {
  return new OmniError(
    'provider-unavailable',
    `${url} does not speak like an orchestrator of this version: ${why}. Check --server.`,
  );
}
