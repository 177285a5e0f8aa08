/** A stub of an OpenAI-shaped vendor, in OpenRouter's dialect: strict about requests, honest in its answers. */
import type { IncomingMessage } from 'node:http';
import Ajv from 'ajv/dist/2020';
import type { z } from 'zod';
import { promptTokens, think, tokensOf } from './openai-answers';
import { chatRequest, speechRequest, type ChatRequest, type SpeechRequest } from './openai-wire';
import { speak, VOICE_RATE } from './spoken-bytes';
import { startStub, type Answer, type Stub, type StubCall, type StubOptions } from './stub';

const USD_PER_TOKEN = { prompt: 0.25e-6, completion: 1.5e-6 };
const USD_PER_CHARACTER = 0.6e-6;
const ajv = new Ajv();

export interface OpenAiStubOptions extends StubOptions {
  /** What recordings say that the stub did not speak itself, by the SHA-256 of the file in hex. */
  readonly recordings?: Readonly<Record<string, string>>;
}

/** Listens until `close()`. The base URL is that of OpenRouter's API; the key is `stub-key` unless told. */
export function startOpenAiStub(options: OpenAiStubOptions = {}): Promise<Stub> {
  const key = options.key ?? 'stub-key';
  const routes = routesOf(options.recordings ?? {});
  const answer = (call: StubCall, headers: IncomingMessage['headers']): Answer => admit(routes, call, headers, key);
  return startStub({ answer }, { ...options, key, basePath: '/api/v1' });
}

interface Routes {
  readonly [path: string]: Route;
}

function admit(routes: Routes, call: StubCall, headers: IncomingMessage['headers'], key: string): Answer {
  const route = routes[call.path];
  if (route === undefined) return refuse(404, `no route ${call.path}`);
  if (route.method !== call.method) return refuse(405, `use ${route.method}`);
  if (call.authorization !== `Bearer ${key}`) return refuse(401, 'No auth credentials found');
  if (call.method === 'POST' && !/^application\/json\b/.test(headers['content-type'] ?? ''))
    return refuse(415, 'send JSON');
  return route.answer(call.body, call);
}

interface Route {
  readonly method: 'GET' | 'POST';
  answer(body: unknown, call: StubCall): Answer;
}

function routesOf(recordings: Readonly<Record<string, string>>): Routes {
  return {
    '/chat/completions': posted(chatRequest, (request, call) => complete(request, call, recordings)),
    '/audio/speech': posted(speechRequest, say),
    '/key': { method: 'GET', answer: (_, call) => honest(call, { data: { label: 'stub', limit: null, usage: 0 } }) },
    '/models': { method: 'GET', answer: (_, call) => honest(call, { data: [{ id: 'google/gemini-3.1-flash-lite' }] }) },
  };
}

function posted<T>(schema: z.ZodType<T>, answer: (body: T, call: StubCall) => Answer): Route {
  return {
    method: 'POST',
    answer(body, call) {
      const parsed = schema.safeParse(body);
      if (parsed.success) return answer(parsed.data, call);
      return refuse(400, parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
    },
  };
}

function complete(request: ChatRequest, call: StubCall, recordings: Readonly<Record<string, string>>): Answer {
  const content = think(request, recordings);
  const schema = request.response_format?.json_schema.schema;
  if (schema !== undefined && !ajv.validate(schema as object, JSON.parse(content)))
    return refuse(500, ajv.errorsText());
  const completion = tokensOf(content).length;
  const prompt = promptTokens(request);
  const short = request.max_tokens !== undefined && completion > request.max_tokens;
  const billed = short ? (request.max_tokens ?? 0) : completion;
  const cost = prompt * USD_PER_TOKEN.prompt + billed * USD_PER_TOKEN.completion;
  const body = (text: string | null): Record<string, unknown> => ({
    id: `gen-${call.at}`,
    object: 'chat.completion',
    created: Math.floor(call.at / 1000),
    model: request.model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: text, refusal: null },
        finish_reason: short ? 'length' : 'stop',
        logprobs: null,
      },
    ],
    usage: { prompt_tokens: prompt, completion_tokens: billed, total_tokens: prompt + billed, cost },
  });
  const usage = { inputTokens: prompt, outputTokens: billed, costUsd: cost };
  return { ...honest(call, body(short ? content.slice(0, 9) : content)), usage, misfit: body('{"unasked":true}') };
}

function say({ input }: SpeechRequest, call: StubCall): Answer {
  const usage = { inputTokens: 0, outputTokens: 0, costUsd: [...input].length * USD_PER_CHARACTER };
  return { ...honest(call, {}), bytes: speak(input), mediaType: `audio/pcm;rate=${VOICE_RATE};channels=1`, usage };
}

/** Errors quote what was sent, key and all: a provider that hands them on betrays itself. */
function errorBody(
  status: number,
  call: Pick<StubCall, 'authorization' | 'body'>,
): { error: { code: number; message: string; metadata: object } } {
  return { error: { code: status, message: `refused: ${call.authorization}`, metadata: { raw: call.body } } };
}

function honest(call: StubCall, json: unknown): Exclude<Answer, { json: unknown }> {
  return {
    bytes: Buffer.from(JSON.stringify(json)),
    mediaType: 'application/json',
    error: (status) => errorBody(status, call),
    errorInside(at, code) {
      const error = errorBody(code, call);
      return at === 'body'
        ? error
        : {
            id: 'gen',
            object: 'chat.completion',
            created: 0,
            model: 'm',
            choices: [{ index: 0, ...error, finish_reason: 'error' }],
          };
    },
    misfit: { surprise: call.authorization },
  };
}

const refuse = (status: number, message: string): Answer => ({ status, json: { error: { code: status, message } } });
