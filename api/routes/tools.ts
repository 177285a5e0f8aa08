/** The resources `tools` and `servers`: what can be called, who provides it, and a single call. */
import { z } from 'zod';
import { startToolCall, unknown } from '../../src/library/start';
import { toolResult } from '../../src/library/tool-library';
import { OmniError } from '../../src/plan/problem';
import type { ToolRegistry } from '../../src/tools/registry';
import type { Provider, ToolContract } from '../../src/tools/tool';
import { LARGE_BODY_LIMIT_BYTES } from '../body';
import type { ApiDependencies } from '../dependencies';
import { withAddresses } from '../links';
import { MAX_WAIT_SECONDS } from '../prefer';
import type { Route } from '../route';
import { route } from '../route';
import { AnyJson, ProblemSchema, StartedSchema, StartHeaders, UsageSchema } from '../schemas';
import { accepted, endWithin, startedHeaders, startWishes } from '../started';

const word = z.string().min(1).max(100);
const data = z.unknown().describe('Any JSON');

const CallBody = z
  .strictObject({ input: z.record(z.string(), AnyJson), context: AnyJson.default({}) })
  .meta({ id: 'ToolCallRequest', description: '`input` fits the tool’s contract, see GET /tools.' });

const CallAnswer = z
  .object({
    success: z.boolean(),
    output: data.optional(),
    error: ProblemSchema.optional(),
    duration: z.number().describe('Milliseconds'),
    provider: z.string(),
    usage: UsageSchema,
    executionId: z.string(),
  })
  .meta({ id: 'ToolCallAnswer' });

const ToolProvider = z.object({
  name: z.string(),
  title: z.string(),
  configured: z.boolean(),
  reason: z.string().optional(),
});

const Tool = z
  .object({
    name: z.string(),
    title: z.string(),
    description: z.string(),
    category: z.string(),
    idempotent: z.enum(['key', 'natural', 'none']),
    placement: z.enum(['local', 'remote']),
    timeoutMs: z.number(),
    input: data,
    output: data,
    providers: z.array(ToolProvider),
  })
  .meta({ id: 'Tool' });

const Standing = z
  .object({
    breaker: z.enum(['closed', 'open', 'half-open']),
    underWay: z.number().describe('Calls that run now'),
    calls: z.number().describe('Calls that the figures are of: the last hundred at most'),
    errorRate: z.number().optional().describe('From 0 to 1'),
    latencyMs: z.number().optional().describe('Median'),
    lastError: z.object({ type: z.string(), detail: z.string(), at: z.string() }).optional(),
    shutUntil: z.string().optional().describe('Nobody calls it before'),
    limits: z.object({
      perSecond: z.number().optional(),
      burst: z.number().optional(),
      shared: z.boolean().optional().describe('Rate and burst are of all processes together'),
      concurrent: z.number().optional(),
      failures: z.number().optional(),
      openMs: z.number().optional(),
      apart: z.boolean().optional(),
    }),
  })
  .meta({ id: 'ProviderStanding', description: 'How its calls go in the process that answers.' });

const Server = z
  .object({
    name: z.string(),
    title: z.string(),
    status: z.enum(['unconfigured', 'healthy', 'unhealthy', 'unknown']),
    reason: z.string().optional(),
    standing: Standing,
    tools: z.array(z.string()),
    variables: z.array(z.object({ name: z.string(), required: z.boolean(), description: z.string() })),
  })
  .meta({ id: 'Server' });

export function toolRoutes(deps: ApiDependencies): readonly Route[] {
  const { registry, executions } = deps;
  return [
    route({
      method: 'get',
      path: '/tools',
      tag: 'Tools',
      summary: 'All tools: contracts as JSON Schema, and who provides them',
      answers: { 200: { description: 'By name', schema: z.object({ tools: z.array(Tool) }) } },
      handle: () => ({ body: { tools: registry.contracts().map((contract) => toolBody(registry, contract)) } }),
    }),
    route({
      method: 'post',
      path: '/tools/{category}/{action}/{provider}',
      tag: 'Tools',
      summary: 'Call one tool of one provider and wait for the answer',
      params: z.object({ category: word, action: word, provider: word }),
      headers: StartHeaders,
      body: { schema: CallBody, limitBytes: LARGE_BODY_LIMIT_BYTES, mediaTypes: ['application/json'] },
      answers: {
        200: { description: 'It was called; `success` says how it went', schema: CallAnswer },
        202: { description: 'It takes longer than the wait', schema: StartedSchema },
        404: { description: 'No such tool or provider' },
      },
      handle: async ({ params, body, request, signal }) => {
        const { wait = MAX_WAIT_SECONDS, ...key } = startWishes(request.headers);
        const { category, action, provider } = params;
        const started = await startToolCall(deps, { tool: `${category}.${action}`, provider, ...body, ...key });
        const ended = await endWithin(executions, started.executionId, { wait, signal });
        if (ended === undefined) return accepted(started, wait);
        return {
          headers: startedHeaders(started.executionId),
          body: withAddresses(
            { ...toolResult(ended, provider), executionId: started.executionId },
            started.executionId,
          ),
        };
      },
    }),
    route({
      method: 'get',
      path: '/servers',
      tag: 'Tools',
      summary: 'All providers and how they stand',
      answers: { 200: { description: 'By name', schema: z.object({ servers: z.array(Server) }) } },
      handle: async ({ signal }) => ({
        body: {
          servers: await Promise.all(registry.providers().map((provider) => serverBody(registry, provider, signal))),
        },
      }),
    }),
    route({
      method: 'get',
      path: '/servers/{name}',
      tag: 'Tools',
      summary: 'One provider and how it stands',
      params: z.object({ name: word }),
      answers: { 200: { description: 'The provider', schema: Server }, 404: { description: 'No such provider' } },
      handle: async ({ params, signal }) => {
        const names = registry.providers().map(({ name }) => name);
        const provider = registry.provider(params.name);
        if (provider === undefined) throw unknown('provider', params.name, names);
        return { body: await serverBody(registry, provider, signal) };
      },
    }),
  ];
}

function toolBody(registry: ToolRegistry, contract: ToolContract): z.infer<typeof Tool> {
  const { name, title, description, category, idempotent, placement, timeoutMs, input, output } = contract;
  const providers = registry.providers().filter((provider) => Object.hasOwn(provider.tools, name));
  return {
    name,
    title,
    description,
    category,
    idempotent,
    placement,
    timeoutMs,
    input: z.toJSONSchema(input, { io: 'input' }),
    output: z.toJSONSchema(output),
    providers: providers.map((provider) => ({
      name: provider.name,
      title: provider.title,
      configured: provider.unconfigured === undefined,
      ...(provider.unconfigured === undefined ? {} : { reason: provider.unconfigured }),
    })),
  };
}

/** Long enough for a far side, short enough for someone who waits. */
const PROBE_MS = 5000;

async function serverBody(
  registry: ToolRegistry,
  provider: Provider,
  signal: AbortSignal,
): Promise<z.infer<typeof Server>> {
  const { name, title, tools, variables } = provider;
  return {
    name,
    title,
    ...(await statusOf(provider, signal)),
    standing: registry.turnstile(provider).standing(),
    tools: Object.keys(tools),
    variables: variables.map((variable) => ({ ...variable })),
  };
}

async function statusOf(
  provider: Provider,
  signal: AbortSignal,
): Promise<Pick<z.infer<typeof Server>, 'status' | 'reason'>> {
  if (provider.unconfigured !== undefined) return { status: 'unconfigured', reason: provider.unconfigured };
  if (provider.probe === undefined) return { status: 'unknown' };
  try {
    await provider.probe(AbortSignal.any([signal, AbortSignal.timeout(PROBE_MS)]));
    return { status: 'healthy' };
  } catch (error) {
    return { status: 'unhealthy', reason: error instanceof OmniError ? error.message : 'It does not answer.' };
  }
}
