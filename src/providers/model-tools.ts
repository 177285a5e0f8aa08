/** The tools that any chat model does, whatever its vendor's wire format. */
import { z } from 'zod';
import { schemaFault } from '../language/validate';
import type { JsonSchema } from '../plan/json';
import { OmniError } from '../plan/problem';
import { feedbackOutput, type FeedbackInput } from '../tools/feedback-generate';
import type { ChatInput, ChatOutput } from '../tools/llm-chat';
import type { ObjectInput } from '../tools/llm-object';
import { mtOutput, type MtInput } from '../tools/mt-translate';
import { nluOutput, type NluInput } from '../tools/nlu-analyze';
import { sttOutput, type SttInput } from '../tools/stt-transcribe';
import type { ToolAnswer } from '../tools/tool';
import type { PriceList } from '../tools/price-list';
import { readAs, readBy, readJson } from './answer-reading';
import { audioFormat } from './audio';
import type { ChatWire, Completion, Conversation, Turn } from './conversation';
import { countSentences, placeCorrections, wordsOf } from './corrections';
import type { VendorCall, VendorTool } from './define-provider';
import { ANALYZE, FEEDBACK, TRANSCRIBE, TRANSLATE } from './model-questions';
import { askToFit, type Reading } from './repair';

export interface ChatModels {
  /** Answers chat completions. */
  readonly chat: string;
  /** Takes audio as well; absent where the vendor has none: then `stt.transcribe` is left out. */
  readonly hearing?: string;
}

/** For the price list: which model each of the tools takes when a step names none. */
export function usualModels({ chat, hearing }: ChatModels): PriceList['usual'] {
  const all = ['nlu.analyze', 'mt.translate', 'feedback.generate', 'llm.chat', 'llm.object'];
  return {
    ...(hearing === undefined ? {} : { 'stt.transcribe': hearing }),
    ...Object.fromEntries(all.map((tool) => [tool, chat])),
  };
}

export function modelTools(wire: ChatWire, { chat, hearing }: ChatModels): Readonly<Record<string, VendorTool>> {
  return {
    ...(hearing === undefined
      ? {}
      : { 'stt.transcribe': (input: SttInput, call: VendorCall) => transcribe(wire, hearing, input, call) }),
    'nlu.analyze': (input: NluInput, call: VendorCall) =>
      coach(wire, { ...ANALYZE, model: chat, input }, call, ({ mood, tense, tokens, ...rest }) => {
        const words = wordsOf(input.text, input.language).length;
        const sentences = countSentences(input.text, input.language);
        return fitting(nluOutput, { ...rest, grammar: { sentences, words, mood, tense, tokens } });
      }),
    'mt.translate': (input: MtInput, call: VendorCall) =>
      coach(wire, { ...TRANSLATE, model: chat, input }, call, ({ translation }) => {
        const { sourceLanguage, targetLanguage } = input;
        return fitting(mtOutput, { text: translation, sourceLanguage, targetLanguage });
      }),
    'feedback.generate': (input: FeedbackInput, call: VendorCall) =>
      coach(wire, { ...FEEDBACK, model: chat, input }, call, ({ corrections, summary }) => {
        const placed = placeCorrections(input.text, input.language, corrections);
        if (placed !== undefined) return fitting(feedbackOutput, { ...placed, summary });
        const detail = 'quotes words that do not stand in the text, in the order of the text and without overlapping';
        return { faults: [{ pointer: '/corrections', detail }] };
      }),
    'llm.chat': (input: ChatInput, call: VendorCall) => talk(wire, chat, input, call),
    'llm.object': (input: ObjectInput, call: VendorCall) => askForObject(wire, chat, input, call),
  };
}

interface CoachQuestion<T> {
  readonly name: string;
  readonly instructions: string;
  readonly schema: z.ZodType<T>;
  readonly model: string;
  /** Sent as JSON. */
  readonly input: object;
  readonly audio?: Turn['audio'];
}

/** `made`: the tool's output out of what the model told. */
async function coach<T>(
  wire: ChatWire,
  { name, instructions, schema, model, input, audio }: CoachQuestion<T>,
  call: VendorCall,
  made: (told: T) => Reading<unknown>,
): Promise<ToolAnswer> {
  const plain = z.toJSONSchema(schema);
  // zod names its dialect, which strict mode does not take.
  delete plain.$schema;
  const conversation: Conversation = {
    model,
    system: instructions,
    turns: [{ role: 'user', text: JSON.stringify(input), ...(audio === undefined ? {} : { audio }) }],
    format: { name, schema: plain as unknown as JsonSchema },
  };
  const read = ({ text }: Completion): Reading<unknown> => {
    const told = readBy(schema, text);
    if ('faults' in told) return told;
    const output = made(told.value);
    return 'faults' in output ? output : readAs(call.output, output.value);
  };
  const { value, usage } = await askToFit(wire, { conversation, read }, call);
  return { output: value, usage };
}

function fitting<T>(schema: z.ZodType<T>, output: unknown): Reading<T> {
  return readBy(schema, JSON.stringify(output));
}

async function transcribe(wire: ChatWire, model: string, input: SttInput, call: VendorCall): Promise<ToolAnswer> {
  const { audioData: data, ...rest } = input;
  const format = audioFormat(data);
  if (format === undefined) throw notAudio(call.far.provider);
  const question = { ...TRANSCRIBE, model, input: rest, audio: { data, format } };
  return coach(wire, question, call, (told) => fitting(sttOutput, { ...told, segments: [] }));
}

/** For a recording of none of the formats that `audioFormat` knows. */
export function notAudio(provider: string): OmniError {
  return new OmniError(
    'validation',
    'audioData is no recording in a known format. Send WAV, MP3, FLAC, OGG, M4A or AIFF.',
    { provider, errors: [{ pointer: '/audioData', detail: 'is not WAV, MP3, FLAC, OGG, M4A or AIFF' }] },
  );
}

function said({ system, history = [], prompt }: ChatInput): Pick<Conversation, 'system' | 'turns'> {
  return {
    ...(system === undefined ? {} : { system }),
    turns: [...history.map(({ role, content }) => ({ role, text: content })), { role: 'user', text: prompt }],
  };
}

async function talk(wire: ChatWire, model: string, input: ChatInput, call: VendorCall): Promise<ToolAnswer> {
  const read = ({ text, sources }: Completion): Reading<unknown> => {
    const output: ChatOutput = { text, ...(sources === undefined ? {} : { sources }) };
    return readAs(call.output, output);
  };
  const { value, usage } = await askToFit(wire, { conversation: { model, ...said(input) }, read }, call);
  return { output: value, usage };
}

async function askForObject(wire: ChatWire, model: string, input: ObjectInput, call: VendorCall): Promise<ToolAnswer> {
  const schema = (input.schema ?? call.output) as JsonSchema | undefined;
  if (schema === undefined)
    throw new OmniError(
      'validation',
      'llm.object does not know what to ask for. Declare the types under output of the step, or give input.schema.',
      { provider: call.far.provider, errors: [{ pointer: '/schema', detail: 'is missing' }] },
    );
  const fault = schema['type'] === 'object' ? schemaFault(schema) : 'its type is not object';
  if (fault !== undefined)
    throw new OmniError('validation', 'The schema of llm.object cannot be used. Give a JSON Schema of an object.', {
      provider: call.far.provider,
      errors: [{ pointer: '/schema', detail: fault }],
    });
  const read = ({ text }: Completion): Reading<unknown> => {
    const told = readJson(text);
    if ('faults' in told) return told;
    const fits = readAs(schema, told.value);
    return 'faults' in fits ? fits : readAs(call.output, fits.value);
  };
  const conversation = { model, ...said(input), format: { name: 'llm_object', schema } };
  const { value, usage } = await askToFit(wire, { conversation, read }, call);
  return { output: value, usage };
}
