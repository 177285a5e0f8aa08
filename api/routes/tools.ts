/** The resource `tools`: what can be called, by whom, and a single call. */
import { z } from 'zod';
import { findContract, startToolCall } from '../../src/library/start';
import { describeTool, describeTools } from '../../src/library/tool-description';
import { toolResult } from '../../src/library/tool-library';
import { LARGE_BODY_LIMIT_BYTES } from '../body';
import type { ApiDependencies } from '../dependencies';
import { withAddresses } from '../links';
import { MAX_WAIT_SECONDS } from '../prefer';
import type { Route } from '../route';
import { route } from '../route';
import { AnyJson, ProblemSchema, StartedSchema, StartHeaders, UsageSchema } from '../schemas';
import { ToolSchema } from '../tool-schemas';
import { accepted, endWithin, startedHeaders, requesterOf, startWishes } from '../started';

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

export function toolRoutes(deps: ApiDependencies): readonly Route[] {
  const { registry, executions } = deps;
  return [
    route({
      method: 'get',
      path: '/tools',
      tag: 'Tools',
      summary: 'All tools: contracts as JSON Schema, and who provides them',
      query: z.object({
        category: word.optional(),
        provider: word.optional().describe('Only its tools, and of their providers only this one'),
      }),
      answers: {
        200: { description: 'In the order of registration', schema: z.object({ tools: z.array(ToolSchema) }) },
      },
      handle: ({ query }) => ({ body: { tools: describeTools(registry, query) } }),
    }),
    route({
      method: 'get',
      path: '/tools/{category}/{action}',
      tag: 'Tools',
      summary: 'One tool',
      params: z.object({ category: word, action: word }),
      answers: { 200: { description: 'The tool', schema: ToolSchema }, 404: { description: 'No such tool' } },
      handle: ({ params: { category, action } }) => ({
        body: describeTool(registry, findContract(registry, `${category}.${action}`)),
      }),
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
      handle: async ({ params, body, caller, request, signal }) => {
        const { wait = MAX_WAIT_SECONDS, ...key } = startWishes(request.headers);
        const { category, action, provider } = params;
        const started = await startToolCall(deps, {
          tool: `${category}.${action}`,
          provider,
          ...body,
          ...key,
          ...requesterOf(caller),
        });
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
  ];
}
