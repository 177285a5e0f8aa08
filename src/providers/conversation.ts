/** A question to a chat model in no vendor's words, and its answer: what the vendors' wire formats are written to and read from. */
import { z } from 'zod';
import type { JsonObject, JsonSchema } from '../plan/json';
import { OmniError } from '../plan/problem';
import type { ChatOutput } from '../tools/llm-chat';
import type { AnswerUsage } from '../tools/tool';
import type { VendorCall } from './define-provider';

export interface Conversation {
  /** Taken when the call names none. */
  readonly model: string;
  readonly system?: string;
  readonly turns: readonly Turn[];
  /** What the answer is asked to fit; absent: any text. */
  readonly format?: AnswerFormat;
  /** The most tokens of the answer; absent: `config.maxTokens` of the call. */
  readonly maxTokens?: number;
  /** Tells apart the requests of one call. */
  readonly part?: string;
}

export interface Turn {
  readonly role: 'user' | 'assistant';
  readonly text: string;
  /** A recording, base64 encoded; the format is one that `audioFormat` names. */
  readonly audio?: { readonly data: string; readonly format: string };
}

export interface AnswerFormat {
  /** Name of the schema on the wire, such as `mt_translate`. */
  readonly name: string;
  readonly schema: JsonSchema;
}

export interface Completion {
  readonly text: string;
  readonly usage: AnswerUsage;
  readonly sources?: ChatOutput['sources'];
}

/** How one vendor is asked. */
export interface ChatWire {
  /** Method and path, for error texts. */
  readonly where: string;
  /** Asks once. What a failed answer cost is in the problem's `data.usage`. */
  complete(conversation: Conversation, call: VendorCall): Promise<Completion>;
}

const settings = z.object({
  maxTokens: z.int().min(1).optional(),
  temperature: z.number().optional(),
});

/** The keys of a step's `config` that chat understands; `temperature` is from the least to the most, the ends included. */
export function chatSettings(
  config: JsonObject,
  provider: string,
  [least, most]: readonly [least: number, most: number] = [0, 2],
): z.infer<typeof settings> {
  const parsed = settings.safeParse(config);
  const { temperature } = parsed.data ?? {};
  if (parsed.success && (temperature === undefined || (temperature >= least && temperature <= most)))
    return parsed.data;
  throw new OmniError(
    'validation',
    `config.maxTokens is a whole number from 1, config.temperature a number from ${least} to ${most}. Correct the step.`,
    { provider },
  );
}

/** What a call has counted over several requests; dollars only where each of them tells. */
export function addUsed(one: AnswerUsage, other: AnswerUsage): AnswerUsage {
  const { inputTokens: input, cachedInputTokens: cached, outputTokens: output, costUsd: cost, ...rest } = other;
  const sum = (a: number | undefined, b: number | undefined): number | undefined =>
    a === undefined ? b : b === undefined ? a : a + b;
  const inputTokens = sum(one.inputTokens, input);
  const cachedInputTokens = sum(one.cachedInputTokens, cached);
  const outputTokens = sum(one.outputTokens, output);
  const costUsd = one.costUsd === undefined || cost === undefined ? undefined : one.costUsd + cost;
  return {
    ...one,
    ...rest,
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(cachedInputTokens === undefined ? {} : { cachedInputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
    ...(costUsd === undefined ? {} : { costUsd }),
  };
}
