/** Keys and tokens: known beginnings, names in front of them, and what only chance writes. */
import type { Detector, Finding } from './finding';
import { byPattern } from './finding';

/** Beginnings that vendors give their keys, so that they are recognised. */
const PREFIXED =
  /(?<![A-Za-z0-9])(?:sk-(?:proj-|ant-|or-v1-)?[\w-]{16,200}|[srp]k_(?:live|test)_\w{8,200}|gh[pousr]_\w{20,200}|github_pat_\w{20,200}|glpat-[\w-]{16,64}|xox[abeoprs]-[\w-]{10,200}|(?:AKIA|ASIA|AROA)[A-Z0-9]{16}|AIza[\w-]{30,60}|ya29\.[\w-]{20,300}|npm_\w{30,60}|hf_\w{20,60}|whsec_[\w+/=]{16,100}|SG\.[\w-]{16,64}\.[\w-]{16,64}|shp(?:at|ss|ca)_\w{16,64}|pplx-\w{20,80}|dop_v1_\w{32,80}|eyJ[\w-]{8,2000}\.[\w-]{8,4000}\.[\w-]{8,1000})/g;
const NAMED =
  /(?<=(?:key|token|secret|passw(?:or)?d|pwd|credential)["']{0,1} {0,2}[:=] {0,2}["']{0,1})[^\s"',;<>[\]]{8,256}/gi;
const BEARER = /(?<=\b(?:Bearer|Basic) )[\w.~+/=-]{12,2000}/g;
const RANDOM = /(?<![\w+/=-])[\w+/=-]{32,256}(?![\w+/=-])/g;

/** Capitals, small letters and digits, spread as in a base64 of random bytes: no word, no name of a file, no hash in hex. */
function isRandom(text: string): boolean {
  if (!/[a-z]/.test(text) || !/[A-Z]/.test(text) || !/\d/.test(text)) return false;
  const counts = new Map<string, number>();
  for (const sign of text) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  const bits = [...counts.values()].reduce(
    (sum, count) => sum - (count / text.length) * Math.log2(count / text.length),
    0,
  );
  return bits > 4.2;
}

/** From line to line, by search: a pattern would look for the end again and again. */
const privateKeys: Detector = function* (text) {
  for (let start = text.indexOf('-----BEGIN '); start !== -1;) {
    const found = pemFrom(text, start);
    if (found !== undefined) yield found;
    start = text.indexOf('-----BEGIN ', found?.end ?? start + 1);
  }
};

function pemFrom(text: string, start: number): Finding | undefined {
  if (!/^-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----/.test(text.slice(start, start + 80))) return undefined;
  const last = text.slice(start, start + 16_384).search(/-----END [A-Z ]{0,30}-----/);
  if (last === -1) return { kind: 'key', start, end: Math.min(text.length, start + 16_384) };
  return { kind: 'key', start, end: text.indexOf('-----', start + last + 9) + 5 };
}

export const secrets: readonly Detector[] = [
  privateKeys,
  byPattern('key', PREFIXED),
  byPattern('key', NAMED),
  byPattern('key', BEARER),
  byPattern('key', RANDOM, isRandom),
];
