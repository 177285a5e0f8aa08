/**
 * One chat completion whose answer must fit a schema, in OpenAI's wire format (https://platform.openai.com/docs/api-reference/chat):
 * `POST /chat/completions`, with `response_format: json_schema` where the vendor has it.
 */
import { z } from 'zod';
import type { Json } from '../plan/json';
import { sizeOf } from '../plan/price';
import { OmniError } from '../plan/problem';
import type { AnswerUsage } from '../tools/tool';
import { accounted } from './broken-off';
import type { VendorCall } from './define-provider';
import { garbage, misfit, statusError } from './http/http-error';
import type { OpenAiVendor } from './openai-vendor';

const PATH = '/chat/completions';
const WHERE = `POST ${PATH}`;

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
      /** US dollars; OpenRouter only (https://openrouter.ai/docs/use-cases/usage-accounting). */
      cost: z.number().min(0).nullish(),
      /** Of 1e-10 US dollars; xAI only (https://docs.x.ai/developers/cost-tracking). */
      cost_in_usd_ticks: z.int().min(0).nullish(),
    })
    .nullish(),
});

/** The keys of a step's `config` that chat understands. */
const chatConfig = z.object({
  maxTokens: z.int().min(1).optional(),
  temperature: z.number().optional(),
});

export type Content = string | readonly ({ type: 'text'; text: string } | InputAudio)[];
export interface InputAudio {
  readonly type: 'input_audio';
  readonly input_audio: { readonly data: string; readonly format: string };
}

export interface Question<T> {
  /** Name of the schema on the wire, such as `mt_translate`. */
  readonly name: string;
  readonly instructions: string;
  readonly content: Content;
  /** Only what strict mode takes: objects whose members are all required, no further keywords. */
  readonly schema: z.ZodType<T>;
  /** Taken when the call names none. */
  readonly model: string;
}

export interface ChatAnswer<T> {
  readonly value: T;
  readonly usage: AnswerUsage;
}

/** Asks once. An answer that does not fit is a `tool-error` that can be tried again; what it cost is in the problem's `data.usage`. */
export async function ask<T>(vendor: OpenAiVendor, question: Question<T>, call: VendorCall): Promise<ChatAnswer<T>> {
  const sent = requestBody(vendor, question, call);
  const estimate = { model: call.model ?? question.model, inputTokens: sizeOf(sent['messages'] as Json).tokens };
  const body = await accounted(call, estimate, (onAnswer) =>
    call.json(z.unknown(), { method: 'POST', path: PATH, body: sent, onAnswer }),
  );
  const failed = z.object({ error: fault }).safeParse(body);
  if (failed.success) {
    call.used?.({});
    throw insideError(vendor, failed.data.error.code);
  }
  const parsed = reply.safeParse(body);
  if (!parsed.success) throw garbage(vendor, WHERE, 'it is not a chat completion');
  const usage = usageOf(parsed.data, question, call);
  const [choice] = parsed.data.choices;
  if (choice?.error) throw insideError(vendor, choice.error.code, usage);
  const text = finished(vendor, choice, usage);
  return { value: fitting(vendor, question.schema, text, usage), usage };
}

function requestBody<T>(vendor: OpenAiVendor, question: Question<T>, call: VendorCall): Record<string, unknown> {
  const { format = 'json_schema', limitMember = 'max_tokens', temperature: [least, most] = [0, 2] } = vendor;
  const config = chatConfig.safeParse(call.config);
  const { maxTokens, temperature } = config.data ?? {};
  if (!config.success || (temperature !== undefined && (temperature < least || temperature > most)))
    throw new OmniError(
      'validation',
      `config.maxTokens is a whole number from 1, config.temperature a number from ${least} to ${most}. Correct the step.`,
      { provider: vendor.provider },
    );
  const schema = z.toJSONSchema(question.schema);
  // zod names its dialect, which strict mode does not take.
  delete schema.$schema;
  const told = `Answer with JSON alone, which fits this schema: ${JSON.stringify({ title: question.name, ...schema })}`;
  const model = call.model ?? question.model;
  return {
    model,
    messages: [
      {
        role: 'system',
        content: format === 'json_schema' ? question.instructions : `${question.instructions} ${told}`,
      },
      { role: 'user', content: question.content },
    ],
    ...(format === 'json_schema'
      ? { response_format: { type: format, json_schema: { name: question.name, strict: true, schema } } }
      : {}),
    ...(format === 'json_object' ? { response_format: { type: format } } : {}),
    ...(maxTokens === undefined ? {} : { [limitMember]: maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...vendor.chatExtras?.(model),
  };
}

function usageOf<T>({ model, usage }: z.infer<typeof reply>, question: Question<T>, call: VendorCall): AnswerUsage {
  return {
    model: model ?? call.model ?? question.model,
    ...(usage ? { inputTokens: usage.prompt_tokens, outputTokens: outputTokens(usage) } : {}),
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
  // Some models think aloud before they answer (https://platform.minimax.io/docs/api-reference/text-openai-api).
  return choice.message.content.replace(/^\s*<think>[^]*?<\/think>\s*/, '');
}

function fitting<T>(vendor: OpenAiVendor, schema: z.ZodType<T>, text: string, usage: AnswerUsage): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw garbage(vendor, WHERE, 'the completion is not JSON', { data: { usage: { ...usage } } });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw misfit(vendor, WHERE, parsed.error, { data: { usage: { ...usage } } });
}
