/** One request of Gemini's wire format: `POST /models/{model}:generateContent` (https://ai.google.dev/api/generate-content). */
import { z } from 'zod';
import { OmniError } from '../plan/problem';
import type { AnswerUsage } from '../tools/tool';
import { accounted } from './broken-off';
import type { VendorCall, VendorRequest } from './define-provider';
import { StreamedContent } from './gemini-stream';
import { garbage } from './http/http-error';

/** For error texts. */
export const WHERE = 'POST /models/…:generateContent';

const part = z.object({
  text: z.string().optional(),
  thought: z.boolean().optional(),
  inlineData: z.object({ mimeType: z.string(), data: z.base64() }).optional(),
});

const count = z.int().min(0).optional();
const reply = z.object({
  candidates: z
    .array(
      z.object({
        content: z.object({ parts: z.array(part).optional() }).optional(),
        finishReason: z.string().optional(),
      }),
    )
    .optional(),
  promptFeedback: z.object({ blockReason: z.string().optional() }).optional(),
  usageMetadata: z
    .object({
      promptTokenCount: count,
      cachedContentTokenCount: count,
      candidatesTokenCount: count,
      thoughtsTokenCount: count,
    })
    .optional(),
  modelVersion: z.string().optional(),
});

export type Part = z.infer<typeof part>;

export interface Generated {
  /** What it said, without what it thought. */
  readonly parts: readonly Part[];
  readonly usage: AnswerUsage;
}

/** Models think silently between the parts of an answer too: milliseconds. */
const STREAM_IDLE_MS = 60_000;

/** `estimate`: what is billed even when no answer comes. `text`: the answer is text, which may be shown while it comes. */
export async function generate(
  request: {
    readonly body: object;
    readonly estimate: AnswerUsage & { readonly model: string };
    readonly text?: true;
  } & Pick<VendorRequest, 'part' | 'maxBytes'>,
  call: VendorCall,
): Promise<Generated> {
  const { body, estimate, text, ...rest } = request;
  const path = `/models/${encodeURIComponent(estimate.model)}:`;
  const answer = await accounted(call, estimate, (onAnswer) => {
    const sent = { method: 'POST', body, onAnswer, ...rest } as const;
    return text === true && call.partial !== undefined
      ? streamed({ ...sent, path: `${path}streamGenerateContent?alt=sse` }, call)
      : call.json(z.unknown(), { ...sent, path: `${path}generateContent` });
  });
  const parsed = reply.safeParse(answer);
  if (!parsed.success || (parsed.data.candidates ?? parsed.data.promptFeedback) === undefined)
    throw garbage(call.far, WHERE, 'it is no generated content');
  const { candidates = [], promptFeedback, usageMetadata, modelVersion = estimate.model } = parsed.data;
  const usage = {
    model: modelVersion,
    inputTokens: usageMetadata?.promptTokenCount ?? 0,
    cachedInputTokens: usageMetadata?.cachedContentTokenCount ?? 0,
    outputTokens: (usageMetadata?.candidatesTokenCount ?? 0) + (usageMetadata?.thoughtsTokenCount ?? 0),
  };
  const [candidate] = candidates;
  const why = promptFeedback?.blockReason ?? candidate?.finishReason ?? 'STOP';
  const fault = whyUnfinished(why, call.far.provider);
  const data = { usage: { ...usage } };
  if (fault !== undefined)
    throw new OmniError('tool-error', fault, { provider: call.far.provider, retryable: false, data });
  const parts = (candidate?.content?.parts ?? []).filter(({ thought }) => thought !== true);
  if (parts.length === 0) throw garbage(call.far, WHERE, 'it is empty', { data });
  return { parts, usage };
}

/** The same body as that of an answer in one piece. */
async function streamed(
  {
    onAnswer,
    ...request
  }: Omit<VendorRequest, 'headers' | 'maxBytes' | 'accepts'> & Required<Pick<VendorRequest, 'onAnswer'>>,
  call: VendorCall,
): Promise<unknown> {
  const content = new StreamedContent();
  // Most bytes of a stream are not the model's.
  const told = ({ status }: { readonly status: number }): void => onAnswer({ status, bytes: content.written });
  const plain = await call.events({ ...request, idleMs: STREAM_IDLE_MS, onAnswer: told }, (events) => {
    for (const data of events) content.take(data);
    call.partial?.(content.text);
  });
  const whole = plain ?? content.body();
  if (whole === undefined) throw garbage(call.far, WHERE, 'it breaks off');
  return whole;
}

/** Trying again gives a better answer after these. */
const PASSING = ['STOP', 'FINISH_REASON_UNSPECIFIED', 'OTHER', 'MALFORMED_FUNCTION_CALL', 'MALFORMED_RESPONSE'];

function whyUnfinished(reason: string, provider: string): string | undefined {
  if (PASSING.includes(reason)) return undefined;
  return reason === 'MAX_TOKENS'
    ? `${provider} ran out of tokens before the answer was complete. Raise config.maxTokens or send less.`
    : `${provider} withheld the answer: its model refuses this input. Change the input or the model.`;
}
