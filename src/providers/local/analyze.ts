/** `nlu.analyze` on this machine: English words, parts of speech, entities and sentiment by wink-nlp, language by franc. */
import { z } from 'zod';
import { OmniError } from '../../plan/problem';
import { primaryLanguage } from '../../tools/language-tag';
import type { NluInput, NluOutput } from '../../tools/nlu-analyze';
import type { CallContext, ToolAnswer } from '../../tools/tool';
import type { EngineProcess } from './engine-process';
import { intentOf, moodOf, tenseOf, tokenSchema } from './sentence';

const answerSchema = z.object({
  sentences: z.int(),
  tokens: z.array(tokenSchema),
  entities: z.array(z.object({ text: z.string(), type: z.string() })),
  sentiment: z.number(),
  languages: z.array(z.object({ language: z.string(), likeness: z.number() })),
});
type Answer = z.infer<typeof answerSchema>;

/** A contraction is one word here and two tokens to wink. */
const WORD = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu;

/** wink's scale is -1 to 1; one mild word in a sentence stays neutral. */
const SENTIMENT_EDGE = 0.1;

export async function analyze(input: NluInput, call: CallContext, engine: EngineProcess): Promise<ToolAnswer> {
  if (primaryLanguage(input.language) !== 'en')
    throw new OmniError(
      'provider-unavailable',
      `The local analysis reads en, not ${input.language}. Put a provider that does before local.`,
      { provider: 'local', retryable: false, data: { language: input.language, installed: ['en'] } },
    );
  const answer = answerSchema.parse(await engine.call({ text: input.text }, call));
  const mood = moodOf(answer.tokens);
  const tense = tenseOf(answer.tokens);
  const { intent, certain } = intentOf(input.text, mood, tense);
  const [likeliest] = answer.languages;
  const output: NluOutput = {
    intent,
    grammar: {
      sentences: answer.sentences,
      words: (input.text.match(WORD) ?? []).length,
      mood,
      tense,
      tokens: answer.tokens.map(({ text, tag }) => ({ text, partOfSpeech: tag })),
    },
    entities: [...answer.entities.map(({ text, type }) => ({ type: type.toLowerCase(), text })), ...namesIn(answer)],
    sentiment:
      answer.sentiment > SENTIMENT_EDGE ? 'positive' : answer.sentiment < -SENTIMENT_EDGE ? 'negative' : 'neutral',
    confidence: confidenceOf(answer, certain),
    ...(likeliest === undefined ? {} : { language: likeliest.language }),
  };
  return { output };
}

/** wink knows no people and places: runs of proper nouns that are no other entity are names. */
function namesIn({ tokens, entities }: Answer): NluOutput['entities'] {
  const taken = new Set(entities.flatMap(({ text }) => text.split(/\s+/)));
  const names: string[][] = [];
  tokens.forEach(({ text, tag }, at) => {
    if (tag !== 'PROPN' || taken.has(text)) return;
    const before = tokens[at - 1];
    if (before?.tag === 'PROPN' && !taken.has(before.text) && names.length > 0) names.at(-1)?.push(text);
    else names.push([text]);
  });
  return names.map((words) => ({ type: 'name', text: words.join(' ') }));
}

/** How English the text looks (0.5 when too short to tell), less where only the form tells the intent. */
function confidenceOf({ languages }: Answer, certain: boolean): number {
  const english = languages.find(({ language }) => language === 'en')?.likeness ?? (languages.length === 0 ? 0.5 : 0);
  return Number((english * (certain ? 0.95 : 0.7)).toFixed(3));
}
