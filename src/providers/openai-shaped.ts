/** A provider for any vendor that speaks OpenAI's wire format: its row of differences in, the coach's tools out. */
import type { z } from 'zod';
import { OmniError } from '../plan/problem';
import { feedbackOutput, type FeedbackInput } from '../tools/feedback-generate';
import { mtOutput, type MtInput } from '../tools/mt-translate';
import { nluOutput, type NluInput } from '../tools/nlu-analyze';
import { sttOutput, type SttInput } from '../tools/stt-transcribe';
import type { AnswerUsage, CallContext, Provider, ProviderTool, ToolAnswer } from '../tools/tool';
import type { TtsInput } from '../tools/tts-synthesize';
import { audioFormat } from './audio';
import { countSentences, placeCorrections, wordsOf } from './corrections';
import { createHttp, type HttpClient } from './http';
import { garbage } from './http-error';
import { ask, type Question } from './openai-chat';
import { ANALYZE, FEEDBACK, TRANSCRIBE, TRANSLATE } from './openai-questions';
import { speak } from './openai-speech';
import type { OpenAiVendor } from './openai-vendor';

export interface OpenAiSettings {
  readonly apiKey?: string | undefined;
  readonly baseUrl?: string | undefined;
  /** Milliseconds since 1970; the system's clock unless told. */
  readonly now?: () => number;
}

const PROBE_TIMEOUT_MS = 10_000;

export function createOpenAiShaped(vendor: OpenAiVendor, settings: OpenAiSettings): Provider {
  const apiKey = settings.apiKey?.trim() ?? '';
  const baseUrl = (settings.baseUrl?.trim() || vendor.baseUrl).replace(/\/+$/, '');
  const unconfigured = missing(vendor, apiKey, baseUrl);
  const now = settings.now ?? Date.now;
  const http = createHttp({ ...vendor, baseUrl, headers: { authorization: `Bearer ${apiKey}` }, now });
  const ready = (tool: ProviderTool): ProviderTool =>
    unconfigured === undefined ? tool : () => Promise.reject(refusal(vendor, unconfigured));
  const tools = Object.entries(toolsOf(vendor, http)).map(([name, tool]) => [name, ready(tool)] as const);
  return {
    name: vendor.provider,
    title: vendor.title,
    variables: [
      { name: vendor.keyVariable, required: true, description: `Key of your account at ${vendor.title}.` },
      {
        name: vendor.baseUrlVariable,
        required: false,
        description: `Another address for it; ${vendor.baseUrl} unless set.`,
      },
    ],
    ...(unconfigured === undefined ? {} : { unconfigured }),
    tools: Object.fromEntries(tools),
    knowsModel: (model) => vendor.modelNames.test(model),
    async probe(signal) {
      if (unconfigured !== undefined) throw refusal(vendor, unconfigured);
      await http.json({
        method: 'GET',
        path: vendor.probePath,
        signal,
        timeoutMs: PROBE_TIMEOUT_MS,
        accepts: 'application/json',
      });
    },
  };
}

/** Checked here, because what cannot stand in a header or URL would be quoted by the error of `fetch`. */
function missing(vendor: OpenAiVendor, apiKey: string, baseUrl: string): string | undefined {
  if (apiKey === '') return `set ${vendor.keyVariable}`;
  if (!/^[\x21-\x7e]+$/.test(apiKey)) return `${vendor.keyVariable} holds characters that no key has; set it again`;
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  const plain =
    url !== undefined && /^https?:$/.test(url.protocol) && url.username + url.password + url.search + url.hash === '';
  return plain
    ? undefined
    : `${vendor.baseUrlVariable} must be an http or https address without user, query or fragment`;
}

function refusal(vendor: OpenAiVendor, unconfigured: string): OmniError {
  const detail = `${vendor.provider} cannot be called: ${unconfigured}.`;
  return new OmniError('authentication', detail, { provider: vendor.provider });
}

function toolsOf(vendor: OpenAiVendor, http: HttpClient): Record<string, ProviderTool> {
  const { chat, hearing, speech } = vendor.models;
  const put = <T>(
    question: Omit<Question<T>, 'model'>,
    model: string,
    call: CallContext,
  ): Promise<{ value: T; usage: AnswerUsage }> => ask(vendor, http, { ...question, model }, call);
  const answer = (schema: z.ZodType, output: unknown, usage: AnswerUsage): ToolAnswer => {
    const parsed = schema.safeParse(output);
    if (parsed.success) return { output: parsed.data, usage };
    throw garbage(vendor, 'POST /chat/completions', 'the completion does not fit the tool', {
      data: { usage: { ...usage } },
    });
  };

  const transcribe = async (input: SttInput, call: CallContext): Promise<ToolAnswer> => {
    const { audioData: data, ...rest } = input;
    const format = audioFormat(data);
    if (format === undefined)
      throw new OmniError(
        'validation',
        'audioData is no recording in a known format. Send WAV, MP3, FLAC, OGG, M4A or AIFF.',
        {
          provider: vendor.provider,
          errors: [{ pointer: '/audioData', detail: 'is not WAV, MP3, FLAC, OGG, M4A or AIFF' }],
        },
      );
    const content = [
      { type: 'text', text: JSON.stringify(rest) },
      { type: 'input_audio', input_audio: { data, format } },
    ] as const;
    const { value, usage } = await put({ ...TRANSCRIBE, content }, hearing ?? chat, call);
    return answer(sttOutput, { ...value, segments: [] }, usage);
  };

  const analyze = async (input: NluInput, call: CallContext): Promise<ToolAnswer> => {
    const { value, usage } = await put({ ...ANALYZE, content: JSON.stringify(input) }, chat, call);
    const { mood, tense, tokens, ...rest } = value;
    const words = wordsOf(input.text, input.language).length;
    const grammar = { sentences: countSentences(input.text, input.language), words, mood, tense, tokens };
    return answer(nluOutput, { ...rest, grammar }, usage);
  };

  const translate = async (input: MtInput, call: CallContext): Promise<ToolAnswer> => {
    const { value, usage } = await put({ ...TRANSLATE, content: JSON.stringify(input) }, chat, call);
    const { sourceLanguage, targetLanguage } = input;
    return answer(mtOutput, { text: value.translation, sourceLanguage, targetLanguage }, usage);
  };

  const feedback = async (input: FeedbackInput, call: CallContext): Promise<ToolAnswer> => {
    const { value, usage } = await put({ ...FEEDBACK, content: JSON.stringify(input) }, chat, call);
    const placed = placeCorrections(input.text, input.language, value.corrections);
    return answer(feedbackOutput, placed && { ...placed, summary: value.summary }, usage);
  };

  return {
    ...(hearing === undefined ? {} : { 'stt.transcribe': transcribe }),
    'nlu.analyze': analyze,
    'mt.translate': translate,
    'feedback.generate': feedback,
    ...(speech === undefined
      ? {}
      : { 'tts.synthesize': (input: TtsInput, call: CallContext) => speak({ vendor, http, speech }, input, call) }),
  };
}
