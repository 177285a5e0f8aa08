/** How the stub thinks: small honest computations over the request, none of them canned. */
import { createHash } from 'node:crypto';
import type { ChatRequest } from './openai-wire';
import { hear } from './spoken-bytes';

const DICTIONARY: Readonly<Record<string, string>> = {
  good: 'bom',
  morning: 'dia',
  i: 'eu',
  live: 'moro',
  in: 'em',
  lisbon: 'Lisboa',
  thank: 'obrigado',
  you: 'você',
  have: 'tenho',
  a: 'um',
  book: 'livro',
  for: 'por',
  three: 'três',
  years: 'anos',
  since: 'desde',
};

const MISTAKES: readonly (readonly [RegExp, string, string])[] = [
  [/\bI has\b/, 'I have', 'I takes have.'],
  [/\bshe don't\b/i, "she doesn't", "She takes doesn't."],
  [/\bsince (?=\w+ years\b)/, 'for ', 'A length of time takes for.'],
  [/\bmore taller\b/, 'taller', 'Taller needs no more.'],
];

const PARTS: Readonly<Record<string, string>> = {
  i: 'PRON',
  you: 'PRON',
  do: 'AUX',
  she: 'PRON',
  in: 'ADP',
  for: 'ADP',
  since: 'ADP',
  a: 'DET',
  the: 'DET',
  have: 'VERB',
  has: 'VERB',
  live: 'VERB',
  three: 'NUM',
};

export const tokensOf = (text: string): readonly string[] => text.match(/[\p{L}\p{N}'’]+|[^\s\p{L}\p{N}]/gu) ?? [];

/** What recordings say, by the SHA-256 of the file. */
type Recordings = Readonly<Record<string, string>>;
type Material = Readonly<Record<string, unknown>>;

const thinkers: Readonly<Record<string, (material: Material, heard: string) => unknown>> = {
  stt_transcribe: ({ language }, heard) => ({
    text: heard,
    language: str(language) || 'en',
    confidence: heard === '' ? 0 : 1,
  }),
  mt_translate: ({ text }) => ({
    translation: str(text).replace(/[\p{L}']+/gu, (word) => DICTIONARY[word.toLowerCase()] ?? word),
  }),
  nlu_analyze: ({ text, language }) => {
    const tokens = tokensOf(str(text));
    const question = str(text).trim().endsWith('?');
    return {
      intent: question ? 'ask_question' : 'state_fact',
      mood: question ? 'question' : 'statement',
      tense: /\w+ed\b|\bwas\b|\bhad\b/.test(str(text)) ? 'past' : 'present',
      tokens: tokens.map((token, index) => ({ text: token, partOfSpeech: partOf(token, index) })),
      entities: tokens
        .filter((token, index) => partOf(token, index) === 'PROPN')
        .map((token) => ({ type: 'name', text: token })),
      sentiment: /\b(good|love|great)\b/i.test(str(text)) ? 'positive' : 'neutral',
      language: str(language),
      confidence: tokens.length > 1 ? 0.9 : 0.5,
    };
  },
  feedback_generate: ({ text }) => {
    const found = MISTAKES.flatMap(([pattern, suggestion, message]) => {
      const match = pattern.exec(str(text));
      return match === null ? [] : [{ at: match.index, original: match[0], suggestion, message, kind: 'grammar' }];
    }).sort((a, b) => a.at - b.at);
    const corrections = found.map(({ at: _, ...correction }) => correction);
    return { corrections, summary: corrections.length === 0 ? 'All correct.' : `${corrections.length} to mend.` };
  },
};

/** The text of the completion: JSON for a question that the stub knows, else an echo. */
export function think(request: ChatRequest, recordings: Recordings): string {
  const { name, schema } = questionOf(request);
  const users = request.messages.filter(({ role }) => role === 'user').map(partsOf);
  const textOf = (parts: readonly Part[]): string =>
    parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
  if (name === 'llm_object') return JSON.stringify(gather(schema, users.map(textOf).join('\n')));
  const thinker = thinkers[name ?? ''];
  if (thinker === undefined) return `You said: ${textOf(users.at(-1) ?? [])}`;
  // What is asked about stands first; a second message only says what was wrong with the answer.
  const parts = users[0] ?? [];
  const audio = parts.flatMap((part) =>
    part.type === 'input_audio' ? [Buffer.from(part.input_audio.data, 'base64')] : [],
  )[0];
  return JSON.stringify(
    thinker(JSON.parse(textOf(parts)) as Material, audio === undefined ? '' : hear(audio) || known(audio, recordings)),
  );
}

type Part = Exclude<ChatRequest['messages'][number]['content'], string>[number];

function partsOf({ content }: ChatRequest['messages'][number]): readonly Part[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

/** An object by a schema out of sentences such as `risk: 0.2` and `reasons: late, foreign`. */
export function gather(schema: object | undefined, text: string): Record<string, unknown> {
  const { properties = {} } = (schema ?? {}) as { properties?: Readonly<Record<string, { type?: string }>> };
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, { type }]): [string, unknown][] => {
      const found = new RegExp(`\\b${name}: *([^\\n]+)`, 'i').exec(text)?.[1]?.trim();
      if (found === undefined) return [];
      if (type === 'number' || type === 'integer') return [[name, Number(found)]];
      if (type === 'boolean') return [[name, found === 'true']];
      return [[name, type === 'array' ? found.split(/, */) : found]];
    }),
  );
}

/** The question by its name and schema: both stand in the format, or at the end of the instructions where the vendor has only JSON mode. */
export function questionOf({ messages, response_format: format }: ChatRequest): {
  readonly name?: string;
  readonly schema?: object;
} {
  if (format?.type === 'json_schema')
    return { name: format.json_schema.name, schema: format.json_schema.schema as object };
  const [system] = messages;
  const text = typeof system?.content === 'string' ? /\{"title":.*\}$/s.exec(system.content)?.[0] : undefined;
  if (text === undefined) return {};
  const { title, ...schema } = JSON.parse(text) as { title: string };
  return { name: title, schema };
}

/** Tokens of a request as this stub bills them: of all texts, and one for each 40 bytes of audio. */
export function promptTokens({ messages }: ChatRequest): number {
  const parts = messages.flatMap(partsOf);
  return parts.reduce(
    (sum, part) =>
      sum + (part.type === 'text' ? tokensOf(part.text).length : Math.ceil(part.input_audio.data.length / 40)),
    0,
  );
}

function partOf(token: string, index: number): string {
  if (/^[^\p{L}\p{N}]/u.test(token)) return 'PUNCT';
  if (/^\p{N}/u.test(token)) return 'NUM';
  return PARTS[token.toLowerCase()] ?? (index > 0 && /^\p{Lu}/u.test(token) ? 'PROPN' : 'NOUN');
}

const known = (audio: Buffer, recordings: Recordings): string =>
  recordings[createHash('sha256').update(audio).digest('hex')] ?? '';

const str = (value: unknown): string => (typeof value === 'string' ? value : '');
