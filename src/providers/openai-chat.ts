/**
 * One chat completion in OpenAI's wire format (https://platform.openai.com/docs/api-reference/chat): `POST /chat/completions`, with
 * `response_format: json_schema` where a schema is asked for and the vendor has it.
 */
import { z } from 'zod';
import type { Json } from '../plan/json';
import { sizeOf } from '../plan/price';
import { OmniError } from '../plan/problem';
import type { AnswerUsage } from '../tools/tool';
import { accounted } from './broken-off';
import {
  chatSettings,
  type AnswerFormat,
  type ChatWire,
  type Completion,
  type Conversation,
  type Turn,
} from './conversation';
import type { VendorCall, VendorRequest } from './define-provider';
import { garbage, statusError } from './http/http-error';
import { StreamedCompletion } from './openai-stream';
import type { OpenAiVendor } from './openai-vendor';
import { strictSchema } from './strict-schema';

const PATH = '/chat/completions';
const WHERE = `POST ${PATH}`;
/** Models think silently between the parts of an answer too: milliseconds. */
const STREAM_IDLE_MS = 60_000;

const fault = z.object({ code: z.union([z.number(), z.string()]).nullish() });
const reply = z.object({
  model: z.string().optional(),
  choices: z
    .array(
      z.object({
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }).nullish(),
        finish_reason: z.string().nullish(),
        error: fault.nullish(),
      }),
    )
    .min(1),
  usage: z
    .object({
      prompt_tokens: z.int().min(0),
      completion_tokens: z.int().min(0),
      total_tokens: z.int().min(0).nullish(),
      /** Kept from an earlier call (https://platform.openai.com/docs/guides/prompt-caching). */
      prompt_tokens_details: z.object({ cached_tokens: z.int().min(0).nullish() }).nullish(),
      /** The same; DeepSeek only (https://api-docs.deepseek.com/guides/kv_cache). */
      prompt_cache_hit_tokens: z.int().min(0).nullish(),
      /** US dollars; OpenRouter only (https://openrouter.ai/docs/use-cases/usage-accounting). */
      cost: z.number().min(0).nullish(),
      /** Of 1e-10 US dollars; xAI only (https://docs.x.ai/developers/cost-tracking). */
      cost_in_usd_ticks: z.int().min(0).nullish(),
    })
    .nullish(),
});

/** A vendor of this format as something to ask. */
export function openAiChat(vendor: OpenAiVendor): ChatWire {
  return { where: WHERE, complete: (conversation, call) => complete(vendor, conversation, call) };
}

async function complete(vendor: OpenAiVendor, conversation: Conversation, call: VendorCall): Promise<Completion> {
  const sent = requestBody(vendor, conversation, call);
  const model = call.model ?? conversation.model;
  const estimate = { model, inputTokens: sizeOf(sent['messages'] as Json).tokens };
  const part = conversation.part === undefined ? {} : { part: conversation.part };
  const streams = vendor.streams === true && call.partial !== undefined;
  const { body, written } = await accounted(call, estimate, async (onAnswer) => {
    const request = { method: 'POST', path: PATH, body: sent, onAnswer, ...part } as const;
    return streams ? streamed(vendor, request, call) : { body: await call.json(z.unknown(), request), written: 0 };
  });
  // What was written before it broke is billed.
  const unbilled = { ...estimate, outputTokens: Math.floor(written / 4), estimated: true };
  const failed = z.object({ error: fault }).safeParse(body);
  if (failed.success) {
    if (written === 0) call.used?.({});
    throw insideError(vendor, failed.data.error.code, written === 0 ? undefined : unbilled);
  }
  const parsed = reply.safeParse(body);
  if (!parsed.success) throw garbage(vendor, WHERE, 'it is not a chat completion');
  const usage = written > 0 && !parsed.data.usage ? unbilled : usageOf(parsed.data, model);
  const [choice] = parsed.data.choices;
  if (choice?.error) throw insideError(vendor, choice.error.code, usage);
  return { text: finished(vendor, choice, usage), usage };
}

/** The same body as that of an answer in one piece, and how many bytes of it came in pieces. */
async function streamed(
  vendor: OpenAiVendor,
  { body, onAnswer, ...request }: VendorRequest & { readonly body: object } & Required<Pick<VendorRequest, 'onAnswer'>>,
  call: VendorCall,
): Promise<{ readonly body: unknown; readonly written: number }> {
  const completion = new StreamedCompletion();
  const plain = await call.events(
    {
      ...request,
      body: { ...body, stream: true, stream_options: { include_usage: true } },
      idleMs: STREAM_IDLE_MS,
      // Most bytes of a stream are not the model's.
      onAnswer: ({ status }) => onAnswer({ status, bytes: completion.written }),
    },
    (events) => {
      for (const data of events) completion.take(data);
      call.partial?.(aloud(completion.content));
    },
  );
  const whole = plain ?? completion.body();
  if (whole === undefined) throw garbage(vendor, WHERE, 'it breaks off');
  return { body: whole, written: completion.written };
}

function requestBody(
  vendor: OpenAiVendor,
  { model: usual, system, turns, format: wanted, maxTokens: left }: Conversation,
  call: VendorCall,
): Record<string, unknown> {
  const { format = 'json_schema', limitMember = 'max_tokens' } = vendor;
  const { maxTokens, temperature } = chatSettings(call.config, vendor.provider, vendor.temperature);
  const most = left ?? maxTokens;
  const model = call.model ?? usual;
  const inWords = wanted !== undefined && format !== 'json_schema' ? told(wanted) : undefined;
  const instructions = [system, inWords].filter((text) => text !== undefined).join(' ');
  return {
    model,
    messages: [
      ...(instructions === '' ? [] : [{ role: 'system', content: instructions }]),
      ...turns.map(({ role, text, audio }) => ({ role, content: audio === undefined ? text : heard(text, audio) })),
    ],
    ...(wanted === undefined ? {} : responseFormat(format, wanted)),
    ...(most === undefined ? {} : { [limitMember]: most }),
    ...(temperature === undefined ? {} : { temperature }),
    ...vendor.chatExtras?.(model),
  };
}

function heard(text: string, { data, format }: NonNullable<Turn['audio']>): readonly object[] {
  return [
    { type: 'text', text },
    { type: 'input_audio', input_audio: { data, format } },
  ];
}

function told({ name, schema }: AnswerFormat): string {
  return `Answer with JSON alone, which fits this schema: ${JSON.stringify({ title: name, ...schema })}`;
}

function responseFormat(format: OpenAiVendor['format'], { name, schema }: AnswerFormat): object {
  if (format === 'words') return {};
  if (format === 'json_object') return { response_format: { type: format } };
  const strict = strictSchema(schema);
  return {
    response_format: {
      type: 'json_schema',
      json_schema: { name, strict: strict !== undefined, schema: strict ?? schema },
    },
  };
}

function usageOf({ model, usage }: z.infer<typeof reply>, asked: string): AnswerUsage {
  const cachedInputTokens = usage?.prompt_tokens_details?.cached_tokens ?? usage?.prompt_cache_hit_tokens ?? undefined;
  return {
    model: model ?? asked,
    ...(usage ? { inputTokens: usage.prompt_tokens, outputTokens: outputTokens(usage) } : {}),
    ...(cachedInputTokens === undefined ? {} : { cachedInputTokens }),
    ...(typeof usage?.cost === 'number' ? { costUsd: usage.cost } : {}),
    ...(typeof usage?.cost_in_usd_ticks === 'number' ? { costUsd: usage.cost_in_usd_ticks / 1e10 } : {}),
  };
}

/** xAI leaves what the model thought out of `completion_tokens` and bills it; the total holds it everywhere. */
function outputTokens(usage: NonNullable<z.infer<typeof reply>['usage']>): number {
  return Math.max(usage.completion_tokens, (usage.total_tokens ?? 0) - usage.prompt_tokens);
}

/** Errors come inside a 200 when they happen while the model works (https://openrouter.ai/docs/api/reference/errors-and-debugging). */
function insideError(vendor: OpenAiVendor, code: number | string | null | undefined, usage?: AnswerUsage): OmniError {
  const status = Number(code);
  const options = usage === undefined ? {} : { data: { usage: { ...usage } } };
  if (Number.isInteger(status) && status >= 400 && status <= 599) return statusError(vendor, status, WHERE, options);
  return garbage(vendor, WHERE, 'it holds an error in place of a completion', options);
}

type Choice = z.infer<typeof reply>['choices'][number];

function finished(vendor: OpenAiVendor, choice: Choice | undefined, usage: AnswerUsage): string {
  const data = { usage: { ...usage } };
  const refused = (detail: string): OmniError =>
    new OmniError('tool-error', detail, { provider: vendor.provider, retryable: false, data });
  if (choice?.finish_reason === 'length')
    throw refused(
      `${vendor.provider} ran out of tokens before the answer was complete. Raise config.maxTokens or send less.`,
    );
  if (choice?.finish_reason === 'content_filter' || choice?.message?.refusal)
    throw refused(
      `${vendor.provider} withheld the answer: its model refuses this input. Change the input or the model.`,
    );
  if (!choice?.message?.content) throw garbage(vendor, WHERE, 'the completion is empty', { data });
  return choice.message.content.replace(THOUGHT, '');
}

/** Some models think aloud before they answer (https://platform.minimax.io/docs/api-reference/text-openai-api). */
const THOUGHT = /^\s*<think>[^]*?<\/think>\s*/;

/** What is said so far, without a thought that may not have ended yet. */
function aloud(text: string): string {
  const said = text.replace(THOUGHT, '');
  return said !== text || !/^\s*<(t(h(i(n(k(>[^]*)?)?)?)?)?)?$/.test(text) ? said : '';
}
