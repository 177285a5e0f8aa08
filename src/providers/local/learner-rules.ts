/** Classic mistakes of learners of English, many of them carried over from Romance languages, that grammar checkers pass over. */
import type { Correction } from '../../tools/feedback-generate';

interface Rule {
  /** Flags `giu`. The group `wrong` is replaced; without it, the whole match. */
  readonly pattern: RegExp;
  readonly suggestion: string | ((groups: Readonly<Record<string, string | undefined>>) => string);
  readonly message: string;
  readonly kind: Correction['kind'];
  /** The rule holds only where this stands before the match in the same sentence. */
  readonly after?: RegExp;
}

const NUMBER =
  '(?:\\d{1,3}|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)';
const PERSON =
  '(?:brother|sister|mother|father|son|daughter|friend|teacher|wife|husband|boss|neighbou?r|cousin|uncle|aunt)';
/** Where a clause surely begins: elsewhere a helping verb may stand before (does my brother like). */
const CLAUSE = '(?:^|[.!?]\\s+|\\b(?:because|but|when|while) )';
const BE: Readonly<Record<string, string>> = { i: 'am', he: 'is', she: 'is', you: 'are', we: 'are', they: 'are' };
const PAST: Readonly<Record<string, string>> = {
  go: 'went', see: 'saw', eat: 'ate', buy: 'bought', come: 'came', have: 'had', take: 'took', meet: 'met', give: 'gave', make: 'made',
  get: 'got', find: 'found', write: 'wrote', speak: 'spoke', work: 'worked', visit: 'visited', play: 'played', watch: 'watched', walk: 'walked', talk: 'talked',
}; // prettier-ignore
const PAST_TIME =
  /\b(?:yesterday(?: morning| afternoon| evening)?|last (?:night|week|month|year|summer|winter|\p{L}+day)|(?:days|weeks|months|years) ago),?\s*$/iu;
const DEPENDENT: Readonly<Record<string, string>> = {
  'depend of': 'depend on', 'depends of': 'depends on', 'depended of': 'depended on', 'married with': 'married to',
  'interested on': 'interested in', 'consist on': 'consist of', 'consists on': 'consists of', 'arrived to': 'arrived at',
}; // prettier-ignore

const alternatives = (words: Readonly<Record<string, string>>): string => Object.keys(words).join('|');
const thirdPerson = (verb: string): string => (/(?:s|sh|ch|x|z|o)$/.test(verb) ? `${verb}es` : `${verb}s`);

const RULES: readonly Rule[] = [
  {
    pattern: new RegExp(
      `\\b(?<who>i|you|he|she|we|they) (?<wrong>(?:have|has) (?<age>${NUMBER}) years(?: old)?)\\b(?! of)`,
      'giu',
    ),
    suggestion: ({ who, age }) => `${BE[(who ?? 'i').toLowerCase()] ?? 'am'} ${age ?? ''} years old`,
    message: 'In English, age goes with the verb be: I am twenty years old.',
    kind: 'grammar',
  },
  {
    pattern: /\b(?:(?<wrong>(?:am|is|are) agree)|(?<past>(?:was|were) agree))\b/giu,
    suggestion: ({ past, wrong }) => (past ? 'agreed' : /^is/i.test(wrong ?? '') ? 'agrees' : 'agree'),
    message: 'Agree is itself a verb: say I agree, without be.',
    kind: 'grammar',
  },
  {
    pattern:
      /\b(?<verb>explain(?:s|ed)?) (?<who>me|him|her|us|them) (?<what>(?:the|a|an|this|that|my|his|her|our|their) [\p{L}]+)/giu,
    suggestion: ({ verb, who, what }) => `${verb ?? ''} ${what ?? ''} to ${who ?? ''}`,
    message: 'You explain something to somebody: explain the problem to me.',
    kind: 'grammar',
  },
  {
    pattern: new RegExp(`\\b(?:${alternatives(DEPENDENT)})\\b`, 'giu'),
    suggestion: ({ match }) => DEPENDENT[(match ?? '').toLowerCase()] ?? '',
    message: 'This word goes with another preposition in English.',
    kind: 'word-choice',
  },
  {
    pattern: /\bpeople (?<wrong>is|was|has)\b/giu,
    suggestion: ({ wrong }) => ({ is: 'are', was: 'were', has: 'have' })[(wrong ?? '').toLowerCase()] ?? 'are',
    message: 'People is plural in English: people are, people have.',
    kind: 'grammar',
  },
  {
    pattern: /\b(?:many|several|few) (?<wrong>peoples)\b|\b(?<wrong2>informations|advices|furnitures|homeworks)\b/giu,
    suggestion: ({ wrong, wrong2 }) => (wrong ?? wrong2 ?? '').slice(0, -1),
    message: 'This noun has no plural with s.',
    kind: 'grammar',
  },
  {
    pattern: new RegExp(`\\b(?:i|you|he|she|we|they) (?<wrong>${alternatives(PAST)})\\b`, 'giu'),
    // Directly before, or a helping verb could stand between: yesterday, did you go.
    after: PAST_TIME,
    suggestion: ({ wrong }) => PAST[(wrong ?? '').toLowerCase()] ?? '',
    message: 'The sentence speaks about the past, so the verb takes its past form.',
    kind: 'grammar',
  },
  {
    pattern: new RegExp(`\\b(?:my|your|his|her|our|their|the) ${PERSON} (?<wrong>don['’]t)\\b`, 'giu'),
    suggestion: "doesn't",
    message: "After he, she, it or one person, say doesn't.",
    kind: 'grammar',
  },
  {
    pattern: new RegExp(
      `${CLAUSE}(?:my|your|his|her|our|their) ${PERSON} (?<wrong>work|live|like|go|want|play|speak|study|need|know)\\b`,
      'giu',
    ),
    suggestion: ({ wrong }) => (wrong === 'study' ? 'studies' : thirdPerson(wrong ?? '')),
    message: 'After he, she, it or one person, the verb takes s: my brother works.',
    kind: 'grammar',
  },
  {
    pattern: /\blook(?:ing)? forward to (?<wrong>see|hear|meet|visit|work|speak)\b/giu,
    suggestion: ({ wrong }) => `${wrong ?? ''}ing`,
    message: 'After look forward to comes the form with -ing.',
    kind: 'grammar',
  },
  {
    pattern: /\blikes? (?<wrong>to (?<verb>\p{L}+ing))\b/giu,
    suggestion: ({ verb }) => verb ?? '',
    message: 'Say like eating or like to eat, not both at once.',
    kind: 'grammar',
  },
  {
    pattern:
      /\b(?:am|is|are) (?:living|working|studying|waiting)(?: \p{L}+){0,3} (?<wrong>since) (?=\p{L}+ (?:years?|months?|weeks?|days?|hours?))/giu,
    suggestion: 'for',
    message: 'For a length of time, use for; since names the moment when it began.',
    kind: 'grammar',
  },
];

/** Corrections in the order of the rules; they may overlap. */
export function learnerCorrections(text: string): readonly Correction[] {
  return RULES.flatMap((rule) =>
    [...text.matchAll(rule.pattern)].flatMap((match) => {
      const sentence =
        text
          .slice(0, match.index)
          .split(/[.!?]\s/)
          .at(-1) ?? '';
      if (rule.after && !rule.after.test(sentence)) return [];
      const groups = { ...match.groups, match: match[0] };
      const original = match.groups?.['wrong'] ?? match.groups?.['past'] ?? match.groups?.['wrong2'] ?? match[0];
      const offset = match.index + match[0].lastIndexOf(original);
      const suggestion = typeof rule.suggestion === 'string' ? rule.suggestion : rule.suggestion(groups);
      return [{ original, suggestion, message: rule.message, kind: rule.kind, offset, length: original.length }];
    }),
  );
}
