/**
 * Names of people and postal addresses, by what stands around them: a title, a phrase such as "my name is", a common given name before
 * another capital; a number beside a word for a street. No list holds all names: bench/README.md says how many are found.
 */
import type { Detector } from './finding';
import { byPattern } from './finding';
import { GIVEN_NAMES } from './given-names';

const WORD = String.raw`\p{Lu}[\p{L}\p{M}'’]{1,30}(?:-\p{Lu}[\p{L}\p{M}'’]{1,30}){0,2}`;
const PARTICLE = String.raw`(?:d[aeo]s?|del|della|di|du|la|le|v[ao]n|der|den|bin|al|el|y|e)`;
const REST = String.raw`(?:[ \u00a0](?:${PARTICLE} ){0,2}(?:${WORD}|\p{Lu}\.?(?![\p{L}\p{N}]))){0,3}`;
const FULL = `${WORD}${REST}`;

const named = new RegExp(String.raw`(?<![\p{L}\p{N}_@/.])${FULL}(?![\p{L}\p{N}_@])`, 'gu');
const titled = new RegExp(
  String.raw`(?<=(?<![\p{L}\p{N}])(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Sr|Sra|Srta|Señor|Señora|Senhor|Senhora|Dona?|Herr|Frau|Monsieur|Madame|Mme|Mlle|Signor|Signora|Sig)\.? )${FULL}`,
  'gu',
);
const introduced = new RegExp(
  String.raw`(?<=(?<![\p{L}\p{N}])(?:[Mm]y (?:full |first |last )?name is|[Mm]y name's|[Tt]his is|I am called|[Mm]e llamo|[Mm]i nombre es|[Mm]eu nome é|[Mm]e chamo|[Ii]ch heiße|[Mm]ein Name ist|[Jj]e m['’]appelle|[Mm]i chiamo|[Nn]ame:) )${FULL}`,
  'gu',
);

/** The first word decides; alone it must be a name and nothing else. */
function beginsWithName(found: string): boolean {
  const [first = ''] = found.split(/[ \u00a0-]/, 1);
  return GIVEN_NAMES.has(
    first
      .normalize('NFD')
      .replace(/\p{M}/gu, '')
      .replace(/['’]s$/, '')
      .toLowerCase(),
  );
}

/** "Then Maria Silva": the words before the name are not of it. */
const names: Detector = function* (text) {
  for (const match of text.matchAll(named)) {
    const words = [...match[0].matchAll(/[^ \u00a0]+/g)];
    const first = words.find(({ 0: word }) => beginsWithName(word));
    if (first === undefined) continue;
    yield { kind: 'name', start: match.index + first.index, end: match.index + match[0].length };
  }
};

const STREET =
  'Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Square|Sq|Place|Pl|Terrace|Ter|Way|Highway|Hwy|Parkway|Pkwy|Circle|Cir|Crescent|Close|Trail|Loop';
const TAIL = String.raw`(?:,? (?:Apt|Apartment|Suite|Ste|Unit|Floor|#)\.? ?[\p{L}\p{N}-]{1,8})?`;
const TOWN = String.raw`(?:,? {0,2}\n?${WORD}(?: ${WORD}){0,2},? (?:[A-Z]{2},? )?\d{4,5}(?:-\d{3,4})?)?`;
const ROAD =
  'Rua|Avenida|Av\\.|Travessa|Praça|Alameda|Calle|C/|Paseo|Plaza|Rue|Boulevard|Via|Viale|Piazza|Corso|Straat|ul\\.';

export const people: readonly Detector[] = [
  names,
  byPattern('name', titled),
  byPattern('name', introduced),
  byPattern(
    'address',
    new RegExp(
      String.raw`(?<![\p{L}\p{N}.,-])\d{1,5}[A-Za-z]?(?:-\d{1,4})?,? (?:[\p{Lu}\d][\p{L}\p{M}\d.'’-]{0,30} ){1,4}(?:${STREET})(?![\p{L}\p{N}])\.?${TAIL}${TOWN}`,
      'gu',
    ),
  ),
  byPattern(
    'address',
    new RegExp(
      String.raw`(?<![\p{L}\p{N}])(?:${ROAD}) (?:(?:${PARTICLE}|\p{Lu}[\p{L}\p{M}.'’-]{0,30}|\d{1,2}) ){0,5}?(?:${PARTICLE}|\p{Lu}[\p{L}\p{M}.'’-]{0,30}),? (?:nº|n°|n\.|No\.?|#)? ?\d{1,5}(?![\p{L}\p{N}])`,
      'gu',
    ),
  ),
  byPattern(
    'address',
    /(?<![\p{L}\p{N}])\p{Lu}[\p{L}\p{M}-]{1,30}(?:straße|strasse|str\.|weg|platz|allee|gasse|straat|laan) \d{1,4}[a-z]?(?![\p{L}\p{N}])(?:, \d{4,5} \p{Lu}[\p{L}\p{M}-]{1,30})?/gu,
  ),
  byPattern('address', /(?<![\p{L}\p{N}])P\.? ?O\.? Box \d{1,6}(?![\p{L}\p{N}])/giu),
];
