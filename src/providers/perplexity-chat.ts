/**
 * Conversations with Perplexity's Agent API (`POST /v1/responses`, in the shape of OpenAI's Responses): the model searches the web and
 * names its sources. Chat completions of the older Sonar API ended in September 2026.
 */
import { z } from 'zod';
import { sizeOf } from '../plan/price';
import { OmniError } from '../plan/problem';
import { accounted } from './broken-off';
import { chatSettings, type ChatWire, type Completion, type Conversation } from './conversation';
import type { VendorCall } from './define-provider';
import { garbage } from './http/http-error';
import { strictSchema } from './strict-schema';

const PATH = '/v1/responses';
const WHERE = `POST ${PATH}`;

const page = z.object({ url: z.string(), title: z.string().nullish() });
const item = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message'), content: z.array(z.object({ text: z.string() })) }),
  z.object({ type: z.literal('search_results'), results: z.array(page) }),
]);

const reply = z.object({
  status: z.string(),
  model: z.string(),
  output: z.array(z.unknown()),
  incomplete_details: z.object({ reason: z.string() }).nullish(),
  usage: z
    .object({
      input_tokens: z.int().min(0),
      output_tokens: z.int().min(0),
      cost: z.object({ currency: z.literal('USD'), total_cost: z.number().min(0) }).nullish(),
    })
    .nullish(),
});

export const PERPLEXITY_CHAT: ChatWire = {
  where: WHERE,
  async complete(conversation: Conversation, call: VendorCall) {
    const { system = '', turns, part } = conversation;
    const model = call.model ?? conversation.model;
    const estimate = { model, inputTokens: sizeOf([system, ...turns.map(({ text }) => text)]).tokens };
    const body = requestBody(conversation, model, call);
    const answer = await accounted(call, estimate, (onAnswer) =>
      call.json(reply, { method: 'POST', path: PATH, body, onAnswer, ...(part === undefined ? {} : { part }) }),
    );
    return completion(answer, call);
  },
};

function requestBody(
  { system, turns, format, maxTokens: left }: Conversation,
  model: string,
  call: VendorCall,
): object {
  const { maxTokens, temperature } = chatSettings(call.config, call.far.provider);
  const most = left ?? maxTokens;
  const strict = format && strictSchema(format.schema);
  return {
    model,
    input: turns.map(({ role, text }) => ({ type: 'message', role, content: text })),
    // Unless it is offered, nothing is searched.
    tools: [{ type: 'web_search' }],
    ...(system === undefined ? {} : { instructions: system }),
    ...(most === undefined ? {} : { max_output_tokens: most }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(format === undefined
      ? {}
      : {
          response_format: {
            type: 'json_schema',
            json_schema: { name: format.name, schema: strict ?? format.schema, strict: strict !== undefined },
          },
        }),
  };
}

/** A run that failed comes as a 200 too. */
function completion(
  { status, model, output, incomplete_details, usage: used }: z.infer<typeof reply>,
  call: VendorCall,
): Completion {
  const { provider } = call.far;
  const usage = {
    model,
    inputTokens: used?.input_tokens ?? 0,
    outputTokens: used?.output_tokens ?? 0,
    ...(used?.cost ? { costUsd: used.cost.total_cost } : {}),
  };
  const data = { usage: { ...usage } };
  if (incomplete_details?.reason === 'max_output_tokens')
    throw new OmniError(
      'tool-error',
      `${provider} ran out of tokens before the answer was complete. Raise config.maxTokens or send less.`,
      { provider, retryable: false, data },
    );
  if (status !== 'completed') throw garbage(call.far, WHERE, 'the run did not complete', { data });
  const items = output.flatMap((one) => item.safeParse(one).data ?? []);
  const text = items.flatMap((one) => (one.type === 'message' ? one.content.map((part) => part.text) : [])).join('');
  if (text === '') throw garbage(call.far, WHERE, 'it is empty', { data });
  const pages = items.flatMap((one) => (one.type === 'search_results' ? one.results : []));
  const sources = pages
    .filter(({ url }, index) => pages.findIndex((other) => other.url === url) === index)
    .map(({ url, title }) => ({ url, ...(title ? { title } : {}) }));
  return { text, usage, sources };
}
