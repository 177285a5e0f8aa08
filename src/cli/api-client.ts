/** The orchestrator's HTTP interface, as far as the command line needs it. */
import { z } from 'zod';
import type { Execution } from '../executions/execution';
import type { ToolDescription, ToolFilter } from '../library/tool-description';
import type { Problem } from '../plan/problem';
import { OmniError } from '../plan/problem';
import type { Server } from './server';
import type { ServerAddress } from './server-address';

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

const describedTool = z.looseObject({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  category: z.string(),
  idempotent: z.enum(['key', 'natural', 'none']),
  timeoutMs: z.number(),
  input: z.record(z.string(), z.unknown()),
  output: z.record(z.string(), z.unknown()),
  providers: z.array(
    z.looseObject({
      name: z.string(),
      title: z.string(),
      configured: z.boolean(),
      status: z.enum(['unconfigured', 'healthy', 'unhealthy', 'unknown']),
      standing: z.looseObject({ limits: z.looseObject({}) }),
    }),
  ),
  example: z.string(),
}) as unknown as z.ZodType<ToolDescription>;

/** Whether an orchestrator answers there. */
export async function isAlive({ url }: Pick<ServerAddress, 'url'>): Promise<boolean> {
  try {
    return (await fetch(new URL('/healthz', url), { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

/** Its methods throw `OmniError`: the server's own problem, or `provider-unavailable` when none answers. */
export function createApiClient(server: ServerAddress): Server {
  const ask = asking(server);
  const address = (executionId: string): string => `/executions/${encodeURIComponent(executionId)}`;
  return {
    where: (executionId) => `${server.url}${address(executionId)}`,
    start: async (workflow, input) => {
      const answer = await ask('POST', `/workflows/${encodeURIComponent(workflow)}/execute`, {
        schema: started,
        body: input,
      });
      return answer.executionId;
    },
    call: async ({ tool, provider, input }) => {
      const answer = await ask('POST', `/tools/${toolPath(tool)}/${encodeURIComponent(provider)}`, {
        schema: started,
        body: { input },
        // Its execution is followed like any other, and cancelled by Ctrl-C.
        headers: { Prefer: 'wait=0' },
      });
      return answer.executionId;
    },
    tool: (name) => ask('GET', `/tools/${toolPath(name)}`, { schema: describedTool }),
    // The members that are used have just been checked.
    describe: async (executionId) =>
      (await ask('GET', address(executionId), { schema: execution })) as unknown as Execution,
    cancel: async (executionId) => {
      await ask('POST', `${address(executionId)}/cancel`, { schema: z.unknown() });
    },
    close: () => Promise.resolve(),
  };
}

/** The tools of an orchestrator. */
export async function listTools(server: ServerAddress, filter: ToolFilter): Promise<readonly ToolDescription[]> {
  const { category, provider } = filter;
  const query = new URLSearchParams({ ...(category && { category }), ...(provider && { provider }) });
  return (
    await asking(server)('GET', `/tools?${query.toString()}`, { schema: z.object({ tools: z.array(describedTool) }) })
  ).tools;
}

/** `category.action` as two parts of an address. */
function toolPath(tool: string): string {
  const dot = tool.indexOf('.');
  if (dot < 1 || dot === tool.length - 1)
    throw new OmniError('validation', `A tool is called <category>.<action>, not ${tool}.`);
  return `${encodeURIComponent(tool.slice(0, dot))}/${encodeURIComponent(tool.slice(dot + 1))}`;
}

export interface Question<T> {
  readonly schema: z.ZodType<T>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Throws `OmniError`: the server's own problem, or `provider-unavailable` when none answers. */
export type Ask = <T>(method: string, path: string, question: Question<T>) => Promise<T>;

/** Asks one server, with the key that is at hand for it. */
export function asking(server: ServerAddress): Ask {
  return (method, path, question) => ask(method, server, { path, ...question });
}

async function ask<T>(
  method: string,
  { url: base, key }: ServerAddress,
  { path, schema, body, headers }: Question<T> & { readonly path: string },
): Promise<T> {
  const url = `${base}${path}`;
  const response = await send(url, {
    method,
    signal: AbortSignal.timeout(60_000),
    headers: {
      ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
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
  const next = type === 'authentication' ? ' Here the key is taken from OMNI_API_KEY.' : '';
  return new OmniError(type, `${detail}${next}`, members);
}

function stranger(url: string, why: string): OmniError {
  return new OmniError(
    'provider-unavailable',
    `${url} does not speak like an orchestrator of this version: ${why}. Check --server.`,
  );
}
