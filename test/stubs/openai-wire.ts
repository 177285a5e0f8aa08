/** The requests of OpenAI's wire format as strictly as its strict mode takes them, with what OpenRouter adds. */
import { z } from 'zod';

/** Strict mode: every object closed, every member required, few keywords (https://platform.openai.com/docs/guides/structured-outputs). */
const KEYWORDS = new Set([
  'type',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'enum',
  'description',
  'anyOf',
  'const',
]);

function strictFault(schema: unknown): string | undefined {
  if (typeof schema !== 'object' || schema === null) return 'a schema is an object';
  const node = schema as Record<string, unknown>;
  const strange = Object.keys(node).find((key) => !KEYWORDS.has(key));
  if (strange !== undefined) return `${strange} is not taken in strict mode`;
  if (node['type'] === 'array') return strictFault(node['items']);
  if (node['type'] !== 'object') return undefined;
  const properties = (node['properties'] ?? {}) as Record<string, unknown>;
  if (node['additionalProperties'] !== false) return 'additionalProperties must be false';
  if (JSON.stringify(node['required']) !== JSON.stringify(Object.keys(properties)))
    return 'every property must be required';
  return Object.values(properties)
    .map(strictFault)
    .find((fault) => fault !== undefined);
}

const part = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string() }),
  z.strictObject({
    type: z.literal('input_audio'),
    input_audio: z.strictObject({
      data: z.base64().min(1),
      format: z.enum(['wav', 'mp3', 'flac', 'ogg', 'm4a', 'aiff']),
    }),
  }),
]);

const message = z.strictObject({
  role: z.enum(['system', 'user', 'assistant']),
  content: z.union([z.string(), z.array(part).min(1)]),
});

const wholeRequest = z.strictObject({
  model: z.string().min(1),
  messages: z.array(message).min(1),
  max_tokens: z.int().min(1).optional(),
  max_completion_tokens: z.int().min(1).optional(),
  temperature: z.number().min(0).max(2).optional(),
  response_format: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('json_object') }),
      z.strictObject({
        type: z.literal('json_schema'),
        json_schema: z
          .strictObject({
            name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
            strict: z.boolean(),
            schema: z.unknown(),
          })
          .superRefine(({ strict, schema }, context) => {
            const fault = strict ? strictFault(schema) : undefined;
            if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
          }),
      }),
    ])
    .optional(),
  reasoning_split: z.boolean().optional(),
  thinking: z.strictObject({ type: z.enum(['enabled', 'disabled']) }).optional(),
  provider: z.strictObject({ require_parameters: z.boolean() }).optional(),
  stream: z.boolean().optional(),
  stream_options: z.strictObject({ include_usage: z.boolean() }).optional(),
});

export const chatRequest = wholeRequest.refine(
  ({ stream, stream_options: options }) => stream === true || options === undefined,
  { message: 'stream_options is for streams' },
);

export const speechRequest = z.strictObject({
  model: z.string().min(1),
  input: z.string().min(1).max(4096),
  voice: z.string().min(1),
  response_format: z.literal('pcm'),
});

export type ChatRequest = z.infer<typeof chatRequest>;
export type SpeechRequest = z.infer<typeof speechRequest>;
