/** What a tagged English sentence is: its tense, mood and intent, told from words and parts of speech. Pure rules, no guess beyond them. */
import { z } from 'zod';
import type { NluOutput } from '../../tools/nlu-analyze';

export const tokenSchema = z.object({ text: z.string(), tag: z.string(), lemma: z.string(), normal: z.string() });
export type Token = z.infer<typeof tokenSchema>;

type Tense = NluOutput['grammar']['tense'];
type Mood = NluOutput['grammar']['mood'];

const FUTURE = new Set(['will', 'shall']);
const PRESENT = new Set(['am', 'is', 'are', 'do', 'does', 'have', 'has']);
const PAST = new Set(['was', 'were', 'did', 'had']);
/** After these comes a base form, which says nothing about time. */
const BEFORE_BASE = new Set([
  'do',
  'does',
  'did',
  'will',
  'shall',
  'can',
  'could',
  'would',
  'should',
  'may',
  'might',
  'must',
  'to',
]);
/** After these an inflected form is a participle: the auxiliary has told the time. */
const BEFORE_PARTICIPLE = new Set(['have', 'has', 'had', 'am', 'is', 'are', 'was', 'were', 'be', 'been']);

/** All tenses of the finite verbs; several different ones are `mixed`. */
export function tenseOf(tokens: readonly Token[]): Tense {
  const found = new Set<Tense>();
  let governor = '';
  for (const { tag, normal, lemma } of tokens) {
    const verbal = tag === 'VERB' || tag === 'AUX';
    if (FUTURE.has(normal)) found.add('future');
    else if (verbal && PRESENT.has(normal) && !BEFORE_BASE.has(governor)) found.add('present');
    else if (verbal && PAST.has(normal)) found.add('past');
    else if (
      tag === 'VERB' &&
      !BEFORE_BASE.has(governor) &&
      !BEFORE_PARTICIPLE.has(governor) &&
      !normal.endsWith('ing')
    )
      found.add(normal !== lemma && !normal.endsWith('s') ? 'past' : 'present');
    // Adverbs, negations and the subject of a question stand between an auxiliary and its verb.
    if (verbal || normal === 'to' || BEFORE_BASE.has(normal)) governor = normal;
    else if (!['ADV', 'PART', 'PRON'].includes(tag)) governor = '';
  }
  const [only] = found;
  return found.size > 1 ? 'mixed' : (only ?? 'none');
}

const QUESTION_WORDS = new Set(['what', 'where', 'when', 'who', 'whom', 'whose', 'which', 'why', 'how']);

export function moodOf(tokens: readonly Token[]): Mood {
  const words = tokens.filter(({ tag }) => tag !== 'PUNCT');
  const [first] = words;
  if (first === undefined || !words.some(({ tag }) => tag === 'VERB' || tag === 'AUX')) return 'fragment';
  if (tokens.at(-1)?.text === '?' || QUESTION_WORDS.has(first.normal) || first.tag === 'AUX') return 'question';
  return first.tag === 'VERB' && first.normal === first.lemma ? 'command' : 'statement';
}

/** In this order: the first that fits the text in lower case. */
const INTENTS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['thank', /\b(?:thanks|thank you)\b/],
  ['apologise', /\b(?:sorry|excuse me|apologi[sz]e)\b/],
  ['request', /^(?:can|could|would|will) you\b|\bplease\b|\bi(?:'d| would) like\b|\bi need\b/],
  ['greet', /^(?:hello|hi|hey|good (?:morning|afternoon|evening))\b/],
  ['take_leave', /^(?:goodbye|bye|see you)\b/],
  ['express_opinion', /\bi (?:do not |don't )?(?:think|believe|agree)\b|\bi am agree\b|\bin my opinion\b/],
  [
    'express_preference',
    /\b(?:i|he|she|we|they|you) (?:do not |don't |does not |doesn't )?(?:like|likes|love|loves|prefer|prefers|hate|hates)\b/,
  ],
];

/** `certain`: told by the words themselves; otherwise by the mood and tense alone. */
export function intentOf(
  text: string,
  mood: Mood,
  tense: Tense,
): { readonly intent: string; readonly certain: boolean } {
  const plain = text.toLowerCase().replaceAll('’', "'");
  const match = INTENTS.find(([, pattern]) => pattern.test(plain));
  if (match) return { intent: match[0], certain: true };
  if (mood === 'question') return { intent: 'ask_question', certain: true };
  if (mood === 'command') return { intent: 'give_command', certain: false };
  if (mood === 'fragment') return { intent: 'unclear', certain: false };
  return { intent: tense === 'past' ? 'tell_past' : 'state_fact', certain: false };
}
