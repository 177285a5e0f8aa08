/** A stub of Perplexity: its Agent API in OpenAI's Responses shape, and its search, by https://docs.perplexity.ai/api-reference. */
import { z } from 'zod';
import { promptTokens, think, tokensOf } from './openai-answers';
import type { ChatRequest } from './openai-wire';
import { refuse, startRestStub, type RestAnswer, type RestRequest } from './rest';
import type { Stub, StubOptions } from './stub';

/** Unknown members are refused by the vendor too. */
const request = z.strictObject({
  model: z.string().regex(/^[a-z]+\/[\w.-]+$/),
  input: z.array(
    z.strictObject({ type: z.literal('message'), role: z.enum(['user', 'assistant', 'system']), content: z.string() }),
  ),
  instructions: z.string().optional(),
  tools: z.array(z.strictObject({ type: z.literal('web_search') })).optional(),
  max_output_tokens: z.int().min(1).optional(),
  temperature: z.number().min(0).max(2).optional(),
  response_format: z
    .strictObject({
      type: z.literal('json_schema'),
      json_schema: z.strictObject({ name: z.string(), schema: z.looseObject({}), strict: z.boolean() }),
    })
    .optional(),
});

const query = z.strictObject({ query: z.string().min(1), max_results: z.int().min(1).max(20).optional() });

/** The web of the stub. */
const PAGES = [
  { title: 'Lisbon', url: 'https://example.org/lisbon', snippet: 'The capital of Portugal.', date: '2026-01-05' },
  { title: 'Porto', url: 'https://example.org/porto', snippet: 'A city in Portugal.', last_updated: '2025-11-30' },
  { title: 'Ana', url: 'https://example.org/ana', snippet: 'A given name.' },
];

const lookUp = (words: string): typeof PAGES =>
  PAGES.filter(({ title, snippet }) =>
    tokensOf(words.toLowerCase()).some((word) => word.length > 2 && `${title} ${snippet}`.toLowerCase().includes(word)),
  );

export const startPerplexityStub = (options: StubOptions = {}): Promise<Stub> =>
  startRestStub(
    {
      basePath: '',
      admits: ({ authorization }, key) => authorization === `Bearer ${key}`,
      error: (code, message, call) => ({
        error: {
          code,
          type: 'invalid_request',
          message: `${message}: ${call.authorization} ${JSON.stringify(call.body)}`,
        },
      }),
      routes: { 'POST /v1/responses': respond, 'POST /search': search },
    },
    options,
  );

function respond({ body, call }: RestRequest): RestAnswer {
  const parsed = request.safeParse(body);
  if (!parsed.success) return refuse(400, parsed.error.message);
  const { model, input, instructions = '', tools = [], max_output_tokens: most = Infinity } = parsed.data;
  const question: ChatRequest = {
    model,
    messages: [{ role: 'system', content: instructions }, ...input.map(({ role, content }) => ({ role, content }))],
    ...(parsed.data.response_format === undefined ? {} : { response_format: parsed.data.response_format }),
  };
  const text = think(question, {});
  const results = tools.length === 0 ? [] : lookUp(input.at(-1)?.content ?? '').map((page, id) => ({ id, ...page }));
  const written = tokensOf(text).length;
  const short = written > most;
  const used = { input_tokens: promptTokens(question), output_tokens: short ? most : written };
  const cost = (used.input_tokens + used.output_tokens * 3 + tools.length * 5000) / 1e6;
  const answer = (said: string | undefined): object => ({
    id: `resp-${call.at}`,
    object: 'response',
    created_at: Math.floor(call.at / 1000),
    model,
    status: short ? 'incomplete' : 'completed',
    ...(short ? { incomplete_details: { reason: 'max_output_tokens' } } : {}),
    output: [
      ...(results.length === 0 ? [] : [{ type: 'search_results', queries: [input.at(-1)?.content], results }]),
      ...(said === undefined
        ? []
        : [
            {
              type: 'message',
              id: 'm1',
              role: 'assistant',
              status: 'completed',
              content: [{ type: 'output_text', text: said, annotations: [] }],
            },
          ]),
    ],
    usage: {
      ...used,
      total_tokens: used.input_tokens + used.output_tokens,
      cost: { currency: 'USD', input_cost: 0, output_cost: 0, total_cost: cost },
    },
  });
  return {
    json: answer(short ? text.slice(0, 9) : text),
    usage: { inputTokens: used.input_tokens, outputTokens: used.output_tokens, costUsd: cost },
    misfit: answer(parsed.data.response_format === undefined ? undefined : '{"unasked":true}'),
  };
}

function search({ body }: RestRequest): RestAnswer {
  const parsed = query.safeParse(body);
  if (!parsed.success) return refuse(400, parsed.error.message);
  const results = lookUp(parsed.data.query).slice(0, parsed.data.max_results);
  return { json: { id: 's1', results }, usage: { inputTokens: 0, outputTokens: 0, costUsd: 0.005 } };
}
