/** A provider for any vendor that speaks OpenAI's wire format: its row of differences in, the coach's tools out. */
import type { z } from 'zod';
import { OmniError } from '../plan/problem';
import { feedbackOutput, type FeedbackInput } from '../tools/feedback-generate';
import { mtOutput, type MtInput } from '../tools/mt-translate';
import { nluOutput, type NluInput } from '../tools/nlu-analyze';
import { sttOutput, type SttInput } from '../tools/stt-transcribe';
import type { AnswerUsage, ToolAnswer } from '../tools/tool';
import type { PriceList } from '../tools/price-list';
import type { TtsInput } from '../tools/tts-synthesize';
import { audioFormat } from './audio';
import { countSentences, placeCorrections, wordsOf } from './corrections';
import { defineProvider, type DefinedProvider, type VendorCall, type VendorTool } from './define-provider';
import { garbage } from './http/http-error';
import { ask, type Question } from './openai-chat';
import { ANALYZE, FEEDBACK, TRANSCRIBE, TRANSLATE } from './openai-questions';
import { speak } from './openai-speech';
import type { OpenAiVendor } from './openai-vendor';

export type DefinedOpenAiShaped = DefinedProvider & Pick<OpenAiVendor, 'models'>;

export function defineOpenAiShaped(vendor: OpenAiVendor): DefinedOpenAiShaped {
  const defined = defineProvider({
    ...vendor,
    headers: (key) => ({ authorization: `Bearer ${key}` }),
    tools: toolsOf(vendor),
    prices: { usual: usualModels(vendor), rates: vendor.rates ?? {} },
  });
  return { ...vendor, ...defined };
}

function usualModels({ models: { chat, hearing = chat, speech } }: OpenAiVendor): PriceList['usual'] {
  return {
    'stt.transcribe': hearing,
    'nlu.analyze': chat,
    'mt.translate': chat,
    'feedback.generate': chat,
    ...(speech === undefined ? {} : { 'tts.synthesize': speech.model }),
  };
}

function toolsOf(vendor: OpenAiVendor): Record<string, VendorTool> {
  const { chat, hearing, speech } = vendor.models;
  const put = <T>(
    question: Omit<Question<T>, 'model'>,
    model: string,
    call: VendorCall,
  ): Promise<{ value: T; usage: AnswerUsage }> => ask(vendor, { ...question, model }, call);
  const answer = (schema: z.ZodType, output: unknown, usage: AnswerUsage): ToolAnswer => {
    const parsed = schema.safeParse(output);
    if (parsed.success) return { output: parsed.data, usage };
    throw garbage(vendor, 'POST /chat/completions', 'the completion does not fit the tool', {
      data: { usage: { ...usage } },
    });
  };

  const transcribe = async (input: SttInput, call: VendorCall): Promise<ToolAnswer> => {
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

  const analyze = async (input: NluInput, call: VendorCall): Promise<ToolAnswer> => {
    const { value, usage } = await put({ ...ANALYZE, content: JSON.stringify(input) }, chat, call);
    const { mood, tense, tokens, ...rest } = value;
    const words = wordsOf(input.text, input.language).length;
    const grammar = { sentences: countSentences(input.text, input.language), words, mood, tense, tokens };
    return answer(nluOutput, { ...rest, grammar }, usage);
  };

  const translate = async (input: MtInput, call: VendorCall): Promise<ToolAnswer> => {
    const { value, usage } = await put({ ...TRANSLATE, content: JSON.stringify(input) }, chat, call);
    const { sourceLanguage, targetLanguage } = input;
    return answer(mtOutput, { text: value.translation, sourceLanguage, targetLanguage }, usage);
  };

  const feedback = async (input: FeedbackInput, call: VendorCall): Promise<ToolAnswer> => {
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
      : { 'tts.synthesize': (input: TtsInput, call: VendorCall) => speak(speech, input, call) }),
  };
}
