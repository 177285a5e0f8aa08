/** Which tool of the catalogue somebody means who describes a step in words. */
import type { ToolRegistry } from '../../tools/registry';
import type { ToolContract } from '../../tools/tool';

/** Words of people for what the catalogue calls otherwise. */
const MEANS: Readonly<Record<string, string>> = {
  audio: 'transcribe speech',
  fetch: 'request',
  grammar: 'analyze',
  mail: 'email',
  picture: 'image',
  read: 'speech',
  recording: 'transcribe speech',
  sentiment: 'analyze',
  speak: 'speech synthesize',
  ticket: 'issue',
};

const IDLE = new Set(
  'the and for with into from that this then them its his her all any one our your was are make makes'.split(' '),
);

/** Of a word as much as its other forms have too: `translate`, `translation`, `translating`. */
const stem = (word: string): string => word.replace(/s$/, '').slice(0, 6);

function stems(text: string): ReadonlySet<string> {
  const words = text.toLowerCase().match(/[a-z]{3,}/g) ?? [];
  const meant = words.flatMap((word) => [word, ...(Object.hasOwn(MEANS, word) ? (MEANS[word] ?? '').split(' ') : [])]);
  return new Set(meant.filter((word) => !IDLE.has(word)).map(stem));
}

/** The tool that shares the most telling words with the description; undefined: none shares enough. */
export function toolFor(words: string, registry: ToolRegistry): ToolContract | undefined {
  const known = registry.contracts().filter(({ name }) => registry.providersOf(name).length > 0);
  const exact = known.find(({ name }) => new RegExp(`(^|[^\\w.])${name.replace('.', '\\.')}([^\\w]|$)`).test(words));
  if (exact !== undefined) return exact;
  const wanted = stems(words);
  const described = known.map((contract) => ({ contract, words: weights(contract) }));
  const scored = described.map(({ contract, words: own }) => {
    const score = [...wanted].reduce((sum, word) => {
      const holders = described.filter((one) => one.words.has(word)).length;
      return sum + (own.get(word) ?? 0) / Math.sqrt(Math.max(1, holders));
    }, 0);
    return { contract, score };
  });
  const [best] = scored.sort((a, b) => b.score - a.score);
  return best !== undefined && best.score >= ENOUGH ? best.contract : undefined;
}

/** A word of the name alone suffices; one of the description, which other tools share, does not. */
const ENOUGH = 1;

function weights({ name, title, description }: ToolContract): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [text, weight] of [
    [description, 0.8],
    [title, 2],
    [name.replace(/\W/g, ' '), 3],
  ] as const)
    for (const word of stems(text)) found.set(word, weight);
  return found;
}

/** The steps that a goal in words speaks of, in the order of speaking. */
export function clausesOf(goal: string): readonly string[] {
  return goal
    .split(/[,;\n]|\.(?=\s|$)|→|->|\b(?:and|then|afterwards|finally)\b/i)
    .map((clause) => clause.trim())
    .filter((clause) => /[a-z]{3}/i.test(clause));
}
