/** The sentences that the local recogniser can tell apart: from the call, or from a file in the phrase folder. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { OmniError } from '../../plan/problem';

/** As the recogniser hears it, mapped to the sentence as it is written. */
export type PhraseList = ReadonlyMap<string, string>;

/** Lower-case words with single spaces; what is not a letter or an apostrophe is not heard. */
export function heardForm(phrase: string): string {
  return phrase
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/[^a-z' ]+/g, ' ')
    .replace(/ +/g, ' ')
    .trim();
}

/** Throws `validation` for sentences without words or with digits, which cannot be heard. */
export function phraseList(phrases: readonly string[]): PhraseList {
  const list = new Map<string, string>();
  for (const phrase of phrases) {
    const heard = heardForm(phrase);
    if (heard === '' || /\p{N}|[^\P{L}A-Za-z]/u.test(phrase))
      throw new OmniError(
        'validation',
        'A phrase for the local recogniser consists of English words; write numbers as words and leave out other letters.',
        { provider: 'local' },
      );
    if (!list.has(heard)) list.set(heard, phrase.trim());
  }
  return list;
}

/** One sentence a line; empty lines and lines with # at the start are passed over. */
export function parsePhrases(text: string): PhraseList {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return phraseList(lines.filter((line) => line !== '' && !line.startsWith('#')));
}

/** The list `name` (a language, or what the step's config names) of the folder. Throws `provider-unavailable` when there is none. */
export async function readPhrases(folder: string, name: string): Promise<PhraseList> {
  const text = await readFile(path.join(folder, `${name}.txt`), 'utf8').catch((cause: unknown) => {
    throw new OmniError(
      'provider-unavailable',
      `There is no phrase list ${name}. Give phrases in the step's input, or add ${name}.txt to the phrase folder.`,
      { provider: 'local', retryable: false, cause },
    );
  });
  return parsePhrases(text);
}
