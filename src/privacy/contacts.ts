/** E-mail addresses, addresses on the internet, telephone numbers. */
import { isIPv4, isIPv6 } from 'node:net';
import type { Detector } from './finding';
import { byPattern } from './finding';

const LOCAL = /[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]/u;
const DOMAIN = /(?:[\p{L}\p{N}][\p{L}\p{N}-]{0,62}\.){1,8}\p{L}[\p{L}\p{N}-]{1,30}/uy;
const MAX_LOCAL = 64;

/** From every @ to both sides; `%40` is one in an address of a page. */
export const emails: Detector = function* (text) {
  let past = 0;
  for (const at of text.matchAll(/@|%40/g)) {
    DOMAIN.lastIndex = at.index + at[0].length;
    const domain = DOMAIN.exec(text);
    let start = at.index;
    const least = Math.max(past, start - MAX_LOCAL);
    while (start > least && LOCAL.test(text.charAt(start - 1))) start -= 1;
    // What leads to it in a link or a list is not of it.
    const lead = /^(?:[^\p{L}\p{N}]*(?:mailto:|[\p{L}\p{N}_-]{1,30}[=?&/]))*[^\p{L}\p{N}_+]*/u.exec(
      text.slice(start, at.index),
    );
    start += lead?.[0].length ?? 0;
    if (domain === null || start === at.index) continue;
    past = DOMAIN.lastIndex;
    yield { kind: 'email', start, end: past };
  }
};

export const addresses: readonly Detector[] = [
  byPattern('ip', /(?<![\w.])\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?!\w|\.\w)/g, isIPv4),
  // Three groups at least: `a::b` is code more often than an address.
  byPattern(
    'ip',
    /(?<![\w:.])[0-9A-Fa-f:]{3,39}(?:\d{0,2}(?:\.\d{1,3}){3})?(?![\w:])/g,
    (match) => isIPv6(match) && (/^::1$/.test(match) || match.split(':').filter(Boolean).length > 2),
  ),
];

/** A line break may be written as `\n`. Bounded to the length of the longest number with everything that is written between its digits. */
const PHONE =
  /(?:(?<=\\[nrt])|(?<![\w.:/+@#$€£-]|\d[ ,]))(?:\+|00)?(?:\(\+?\d{1,4}\)|\d)[\d \u00a0().\-/]{4,22}\d(?:,? ?(?:x|ext\.?|extension|#) ?\d{1,6})?(?![\w@%]|[.,:]\d)/gi;
const CUE =
  /(?:phone|tel|call|mobile|cell|fax|whatsapp|sms|text|number|ring|dial|reach|contact|móvil|celular|handy|anruf|appel|llam|lig[au])[^\n]{0,40}$/i;
const DATE =
  /^(?:\d{4}[-/. ]\d{1,2}[-/. ]\d{1,2}|\d{1,2}[-/. ]\d{1,2}[-/. ](?:19|20)?\d{2})(?:[ T]\d{1,2})?$|^(?:19|20)\d\d ?[-/] ?(?:19|20)\d\d$/;

export const phones: Detector = function* (text) {
  for (const match of text.matchAll(PHONE)) {
    const { 0: found, index: start } = match;
    if (isPhone(found, () => text.slice(Math.max(0, start - 60), start)))
      yield { kind: 'phone', start, end: start + found.length };
  }
};

function isPhone(found: string, before: () => string): boolean {
  const number = found.replace(/,? ?(?:x|ext\.?|extension|#) ?\d{1,6}$/i, '');
  const groups = number.match(/\d+/g) ?? [];
  const digits = groups.join('');
  if (digits.length < 7 || digits.length > 15 || DATE.test(number.trim())) return false;
  if (/^(?:\+|\(\+|00[1-9])/.test(number)) return digits.length >= 8;
  if (digits.length > 13) return false;
  if (number !== found && groups.length > 1) return true;
  // A fraction; a postal code of Portugal or Brazil.
  if (/^(?:\d+\.\d+|\d{4,5}-\d{3})$/.test(number)) return CUE.test(before());
  if (groups.length === 1) return digits.length < 12 && (/^0[1-9]\d{8,9}$/.test(digits) || CUE.test(before()));
  // 1 000 000 and 1.000.000 are amounts.
  if (/^\d{1,3}(?:[ .]\d{3})+$/.test(number) && digits.length < 9) return CUE.test(before());
  const long = groups.every((group, i) => group.length > 1 || i === 0);
  return long && (digits.length > 7 || groups.length === 2) ? true : CUE.test(before());
}
