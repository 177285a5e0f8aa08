/** A stub of Gemini, by https://ai.google.dev/api/generate-content: strict about requests, honest in its answers. */
import { z } from 'zod';
import { drawn } from './drawn-bytes';
import { promptTokens, think, tokensOf } from './openai-answers';
import type { ChatRequest } from './openai-wire';
import { refuse, startRestStub, type RestAnswer, type RestRequest } from './rest';
import { hear, speak, VOICE_RATE } from './spoken-bytes';
import type { Stub, StubCall, StubOptions } from './stub';

const part = z.union([
  z.strictObject({ text: z.string() }),
  z.strictObject({
    inlineData: z.strictObject({
      mimeType: z.enum(['audio/wav', 'audio/mp3', 'audio/aiff', 'audio/aac', 'audio/ogg', 'audio/flac']),
      data: z.base64().min(1),
    }),
  }),
]);
const tokens = z.int().min(1).optional();
const request = z.strictObject({
  contents: z.array(z.strictObject({ role: z.enum(['user', 'model']), parts: z.array(part).min(1) })).min(1),
  systemInstruction: z.object({ parts: z.array(z.strictObject({ text: z.string() })) }).optional(),
  generationConfig: z
    .strictObject({
      maxOutputTokens: tokens,
      temperature: z.number().min(0).max(2).optional(),
      responseMimeType: z.enum(['text/plain', 'application/json']).optional(),
      responseJsonSchema: z.looseObject({ title: z.string().optional(), type: z.literal('object') }).optional(),
      responseModalities: z.array(z.enum(['TEXT', 'AUDIO', 'IMAGE'])).optional(),
      imageConfig: z.strictObject({ aspectRatio: z.string().regex(/^\d+:\d+$/) }).optional(),
      speechConfig: z
        .strictObject({
          voiceConfig: z.strictObject({ prebuiltVoiceConfig: z.strictObject({ voiceName: z.string().min(1) }) }),
        })
        .optional(),
    })
    .optional(),
});
type Request = z.infer<typeof request>;

const SPEECH_TOKENS = 8_192;
/** Tokens of thinking, which stand apart from those of the answer. */
const THOUGHTS = 5;
const PRICE = { chat: [0.3, 2.5], speech: [0.5, 6], image: [0.5, 60] } as const;
/** https://ai.google.dev/gemini-api/docs/image-generation: of one with 1024 pixels. */
const IMAGE_TOKENS = 1120;

export const startGeminiStub = (options: StubOptions = {}): Promise<Stub> =>
  startRestStub(
    {
      basePath: '/v1beta',
      admits: (headers, key) => headers['x-goog-api-key'] === key,
      error: (code, message, call) => ({
        error: {
          code,
          message: `${message}: ${JSON.stringify(call.headers)} ${JSON.stringify(call.body)}`,
          status: 'X',
        },
      }),
      routes: {
        'GET /models': () => ({ json: { models: [{ name: 'models/gemini-3.5-flash-lite' }] } }),
        'POST /models/:call': generate,
      },
    },
    options,
  );

function generate({ body, query, params, call }: RestRequest): RestAnswer {
  const [model = '', method] = (params['call'] ?? '').split(':');
  const streams = method === 'streamGenerateContent' && query.get('alt') === 'sse';
  if (method !== 'generateContent' && !streams) return refuse(404, 'no such method');
  const parsed = request.safeParse(body);
  if (!parsed.success) return refuse(400, parsed.error.message);
  const { generationConfig = {} } = parsed.data;
  const { responseJsonSchema, responseMimeType } = generationConfig;
  if (responseJsonSchema !== undefined && responseMimeType !== 'application/json')
    return refuse(400, 'responseJsonSchema wants responseMimeType application/json');
  if (generationConfig.responseModalities?.includes('IMAGE')) return picture(model, parsed.data);
  if (generationConfig.responseModalities?.includes('AUDIO')) return speech(model, parsed.data);
  const { json, ...whole } = text(model, parsed.data, call);
  return streams ? { ...whole, bytes: streamOf(json), mediaType: 'text/event-stream' } : { ...whole, json };
}

/** Each piece is an answer of its own; how it ended stands in the last, and the usage in all of them, as far as it is. */
function streamOf({ candidates: [candidate], usageMetadata, ...rest }: Generated): Buffer {
  const { content, finishReason, index } = candidate;
  const pieces = content.parts.flatMap(({ text: all, ...kind }) =>
    (all.match(/\s*\S+\s*?/gu) ?? []).map((one) => ({ text: one, ...kind })),
  );
  const { promptTokenCount } = usageMetadata;
  return Buffer.from(
    pieces
      .map((one, at) => {
        const last = at === pieces.length - 1;
        const piece = { content: { ...content, parts: [one] }, ...(last ? { finishReason } : {}), index };
        return { candidates: [piece], usageMetadata: last ? usageMetadata : { promptTokenCount }, ...rest };
      })
      .map((one) => `data: ${JSON.stringify(one)}\r\n\r\n`)
      .join(''),
  );
}

/** What a text comes as, in one piece. */
interface Generated {
  readonly candidates: readonly [
    {
      readonly content: { readonly role: string; readonly parts: readonly { text: string; thought?: boolean }[] };
      readonly finishReason: string;
      readonly index: number;
    },
  ];
  readonly usageMetadata: { readonly promptTokenCount: number };
  readonly modelVersion: string;
  readonly responseId: string;
}

/** In the words of the stub that thinks. */
function asked({ contents, systemInstruction, generationConfig = {} }: Request, model: string): ChatRequest {
  const { responseJsonSchema: schema } = generationConfig;
  const system = systemInstruction?.parts.map((one) => one.text).join('') ?? '';
  return {
    model,
    messages: [
      ...(system === '' ? [] : [{ role: 'system' as const, content: system }]),
      ...contents.map(({ role, parts }) => ({
        role: role === 'user' ? ('user' as const) : ('assistant' as const),
        content: parts.map((one) =>
          'text' in one
            ? { type: 'text' as const, text: one.text }
            : { type: 'input_audio' as const, input_audio: { data: one.inlineData.data, format: 'wav' as const } },
        ),
      })),
    ],
    ...(schema === undefined
      ? {}
      : { response_format: { type: 'json_schema', json_schema: { name: schema.title ?? '', strict: false, schema } } }),
  };
}

function text(
  model: string,
  sent: Request,
  call: StubCall,
): Extract<RestAnswer, { json: unknown }> & { json: Generated } {
  const question = asked(sent, model);
  const answer = think(question, {});
  const written = tokensOf(answer).length;
  const most = sent.generationConfig?.maxOutputTokens ?? Infinity;
  const short = written > most;
  const usageMetadata = {
    promptTokenCount: promptTokens(question),
    candidatesTokenCount: short ? most : written,
    thoughtsTokenCount: THOUGHTS,
  };
  const body = (said: string | undefined): Generated => ({
    candidates: [
      {
        content: {
          role: 'model',
          parts: [{ text: 'Let me think.', thought: true }, ...(said === undefined ? [] : [{ text: said }])],
        },
        finishReason: short ? 'MAX_TOKENS' : 'STOP',
        index: 0,
      },
    ],
    usageMetadata,
    modelVersion: model,
    responseId: `r-${call.at}`,
  });
  const schema = sent.generationConfig?.responseJsonSchema;
  return {
    json: body(short ? answer.slice(0, 9) : answer),
    usage: billed(usageMetadata, PRICE.chat),
    misfit: body(schema === undefined ? undefined : '{"unasked":true}'),
  };
}

const saidIn = ({ contents }: Request): string =>
  contents.flatMap(({ parts }) => parts.map((one) => ('text' in one ? one.text : ''))).join('');

function picture(model: string, sent: Request): RestAnswer {
  const said = saidIn(sent);
  const shape = sent.generationConfig?.imageConfig?.aspectRatio ?? '1:1';
  const usageMetadata = {
    promptTokenCount: tokensOf(said).length,
    candidatesTokenCount: IMAGE_TOKENS,
    thoughtsTokenCount: 0,
  };
  const body = (parts: readonly object[]): object => ({
    candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP', index: 0 }],
    usageMetadata,
    modelVersion: model,
  });
  return {
    json: body([{ inlineData: { mimeType: 'image/png', data: drawn(`${said} (${shape})`) } }]),
    usage: billed(usageMetadata, PRICE.image),
    misfit: body([{ text: 'I would rather not.' }]),
  };
}

function speech(model: string, sent: Request): RestAnswer {
  const said = saidIn(sent);
  const promptTokenCount = tokensOf(said).length;
  if (promptTokenCount > SPEECH_TOKENS) return refuse(400, 'too much text');
  const data = speak(said).toString('base64');
  // 25 tokens a second.
  const usageMetadata = { promptTokenCount, candidatesTokenCount: Math.ceil(said.length / 4), thoughtsTokenCount: 0 };
  const body = (parts: readonly object[]): object => ({
    candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP', index: 0 }],
    usageMetadata,
    modelVersion: model,
  });
  return {
    json: body([{ inlineData: { mimeType: `audio/L16;codec=pcm;rate=${VOICE_RATE}`, data } }]),
    usage: billed(usageMetadata, PRICE.speech),
    misfit: body([{ text: 'I would rather not.' }]),
  };
}

function billed(
  used: {
    readonly promptTokenCount: number;
    readonly candidatesTokenCount: number;
    readonly thoughtsTokenCount: number;
  },
  [prompt, completion]: readonly [number, number],
): NonNullable<StubCall['usage']> {
  const outputTokens = used.candidatesTokenCount + used.thoughtsTokenCount;
  const ticks = Math.round((used.promptTokenCount * prompt + outputTokens * completion) * 1e4);
  return { inputTokens: used.promptTokenCount, outputTokens, costUsd: ticks / 1e10 };
}

/** What a WAV that the provider made of the stub's speech says. */
export const heard = (audioData: string): string => hear(Buffer.from(audioData, 'base64'));
