/** A stub of an OpenAI-shaped vendor, in OpenRouter's dialect unless told: strict about requests, honest in its answers. */
import Ajv from 'ajv/dist/2020';
import type { z } from 'zod';
import {
  minimaxError,
  minimaxImage,
  minimaxImageRequest,
  minimaxSpeech,
  minimaxSpeechRequest,
  xaiImage,
  xaiImageRequest,
} from './media-wire';
import { promptTokens, questionOf, think, tokensOf } from './openai-answers';
import { chatRequest, speechRequest, type ChatRequest, type SpeechRequest } from './openai-wire';
import { refuse, startRestStub, type RestAnswer, type Route } from './rest';
import { speak, VOICE_RATE } from './spoken-bytes';
import type { Stub, StubCall, StubOptions } from './stub';

const USD_PER_CHARACTER = 0.6e-6;
const ajv = new Ajv();

type Special = 'provider' | 'reasoning_split' | 'thinking' | 'max_tokens' | 'max_completion_tokens';

/** In what the vendors differ on the wire. */
export interface Dialect {
  readonly basePath: string;
  /** The routes besides chat that are there. */
  readonly also: readonly (
    | 'GET /key'
    | 'GET /models'
    | 'POST /audio/speech'
    | 'POST /images/generations'
    | 'POST /t2a_v2'
    | 'POST /image_generation'
  )[];
  /** What `response_format` may be; absent: it takes none. */
  readonly format?: 'json_schema' | 'json_object';
  /** US dollars per million tokens. */
  readonly price: { readonly prompt: number; readonly completion: number };
  /** How `usage` tells of prompt tokens that were kept from an earlier call, and how many there were. */
  readonly cached?: { readonly as: 'details' | 'hit'; readonly tokens: number };
  /** How `usage` tells the dollars, if it does. */
  readonly tellsCost?: 'cost' | 'ticks';
  /** Members of a request that not every vendor takes. */
  readonly takes: readonly Special[];
  /** What the model thinks aloud before it answers. */
  readonly thought?: string;
  /** Tokens of thinking that stand in the total alone. */
  readonly silentTokens?: number;
}

const OPENROUTER: Dialect = {
  basePath: '/api/v1',
  also: ['GET /key', 'GET /models', 'POST /audio/speech'],
  format: 'json_schema',
  price: { prompt: 0.25, completion: 1.5 },
  tellsCost: 'cost',
  takes: ['provider', 'max_tokens'],
};

const SPECIAL: readonly Special[] = ['provider', 'reasoning_split', 'thinking', 'max_tokens', 'max_completion_tokens'];

export interface OpenAiStubOptions extends StubOptions {
  readonly dialect?: Dialect;
  /** What recordings say that the stub did not speak itself, by the SHA-256 of the file in hex. */
  readonly recordings?: Readonly<Record<string, string>>;
  /** What the model says, instead of what the stub thinks: JSON. */
  readonly script?: (request: ChatRequest) => object;
}

/** Listens until `close()`. The key is `stub-key` unless told. */
export function startOpenAiStub({
  recordings = {},
  dialect = OPENROUTER,
  script,
  ...options
}: OpenAiStubOptions = {}): Promise<Stub> {
  const also: Record<string, Route> = {
    'GET /key': () => ({ json: { data: { label: 'stub', limit: null, usage: 0 } } }),
    'GET /models': () => ({ json: { object: 'list', data: [{ id: 'google/gemini-3.1-flash-lite' }] } }),
    'POST /audio/speech': posted(speechRequest, say),
    'POST /images/generations': posted(xaiImageRequest, xaiImage),
    'POST /t2a_v2': posted(minimaxSpeechRequest, minimaxSpeech),
    'POST /image_generation': posted(minimaxImageRequest, minimaxImage),
  };
  const chat = posted(chatRequest, (request, call) => {
    const strange = SPECIAL.find((name) => Object.hasOwn(request, name) && !dialect.takes.includes(name));
    if (strange !== undefined) return refuse(400, `unknown member ${strange}`);
    if (request.response_format !== undefined && request.response_format.type !== dialect.format)
      return refuse(400, `response_format must be ${dialect.format}`);
    const content = script === undefined ? think(request, recordings) : JSON.stringify(script(request));
    return complete(request, call, { content, dialect });
  });
  return startRestStub(
    {
      basePath: dialect.basePath,
      admits: ({ authorization }, key) => authorization === `Bearer ${key}`,
      error: (status, message, call) => errorBody(status, message, call),
      errorInside(at, code, call) {
        if (['/t2a_v2', '/image_generation'].includes(call.path)) return minimaxError(code, `${call.authorization}`);
        const error = errorBody(code, 'refused', call);
        const choice = { index: 0, ...error, finish_reason: 'error' };
        return at === 'body' || call.path === '/images/generations'
          ? error
          : { id: 'gen', object: 'chat.completion', created: 0, model: 'm', choices: [choice] };
      },
      routes: {
        'POST /chat/completions': chat,
        ...Object.fromEntries(Object.entries(also).filter(([route]) => dialect.also.some((one) => one === route))),
      },
    },
    options,
  );
}

function posted<T>(schema: z.ZodType<T>, answer: (body: T, call: StubCall) => RestAnswer): Route {
  return ({ body, call }) => {
    if (!/^application\/json\b/.test(call.headers['content-type'] ?? '')) return refuse(415, 'send JSON');
    const parsed = schema.safeParse(body);
    if (parsed.success) return answer(parsed.data, call);
    return refuse(400, parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
  };
}

function complete(
  request: ChatRequest,
  call: StubCall,
  { content, dialect }: { readonly content: string; readonly dialect: Dialect },
): RestAnswer {
  const { schema } = questionOf(request);
  if (schema !== undefined && !ajv.validate(schema, JSON.parse(content))) return refuse(500, ajv.errorsText());
  const completion = tokensOf(content).length;
  const prompt = promptTokens(request);
  const most = request.max_tokens ?? request.max_completion_tokens;
  const short = most !== undefined && completion > most;
  const billed = short ? most : completion;
  const { price, silentTokens = 0, tellsCost, cached } = dialect;
  const output = billed + silentTokens;
  const ticks = Math.round((prompt * price.prompt + output * price.completion) * 1e4);
  const told =
    tellsCost === undefined ? {} : tellsCost === 'cost' ? { cost: ticks / 1e10 } : { cost_in_usd_ticks: ticks };
  const facts = { id: `gen-${call.at}`, created: Math.floor(call.at / 1000), model: request.model };
  const kept =
    cached?.as === 'hit'
      ? { prompt_cache_hit_tokens: cached.tokens }
      : { prompt_tokens_details: { cached_tokens: cached?.tokens ?? 0 } };
  const used = { prompt_tokens: prompt, completion_tokens: billed, total_tokens: prompt + output, ...kept, ...told };
  const finish = short ? 'length' : 'stop';
  const full = (text: string): string => `${dialect.thought ?? ''}${text}`;
  const body = (text: string | null): Record<string, unknown> => ({
    ...facts,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: text === null ? null : full(text), refusal: null },
        finish_reason: finish,
        logprobs: null,
      },
    ],
    usage: used,
  });
  const usage = { inputTokens: prompt, outputTokens: output, costUsd: ticks / 1e10 };
  const misfit = body(schema === undefined ? null : '{"unasked":true}');
  const said = short ? content.slice(0, 9) : content;
  if (request.stream !== true) return { json: body(said), usage, misfit };
  const last = request.stream_options?.include_usage === true ? used : undefined;
  const bytes = streamOf(facts, { text: full(said), finish, usage: last });
  return { bytes, mediaType: 'text/event-stream; charset=utf-8', usage, misfit };
}

/** https://platform.openai.com/docs/api-reference/chat-streaming, with the comments that OpenRouter sends in between. */
function streamOf(
  facts: object,
  { text, finish, usage }: { readonly text: string; readonly finish: string; readonly usage: object | undefined },
): Buffer {
  const chunk = (choices: readonly object[], rest: object = {}): string =>
    `data: ${JSON.stringify({ ...facts, object: 'chat.completion.chunk', choices, ...rest })}\n\n`;
  const choice = (delta: object, finish_reason: string | null = null): string =>
    chunk([{ index: 0, delta, finish_reason, logprobs: null }]);
  return Buffer.from(
    [
      ': OPENROUTER PROCESSING\n\n',
      choice({ role: 'assistant', content: '' }),
      ...(text.match(/\s*\S+\s*?/gu) ?? []).map((content) => choice({ content })),
      choice({}, finish),
      ...(usage === undefined ? [] : [chunk([], { usage })]),
      'data: [DONE]\n\n',
    ].join(''),
  );
}

function say({ input }: SpeechRequest, call: StubCall): RestAnswer {
  const usage = { inputTokens: 0, outputTokens: 0, costUsd: [...input].length * USD_PER_CHARACTER };
  const misfit = { surprise: call.authorization };
  return { bytes: speak(input), mediaType: `audio/pcm;rate=${VOICE_RATE};channels=1`, usage, misfit };
}

/** Errors quote what was sent, key and all: a provider that hands them on betrays itself. */
function errorBody(status: number, message: string, call: StubCall): { error: object } {
  return { error: { code: status, message: `${message}: ${call.authorization}`, metadata: { raw: call.body } } };
}
