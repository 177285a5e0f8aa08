/** Cards, accounts and national numbers: shape and check digits. */
import {
  fitsCnpj,
  fitsCodiceFiscale,
  fitsCpf,
  fitsDni,
  fitsIban,
  fitsLuhn,
  fitsNir,
  fitsResidentIdentity,
  fitsVerhoeff,
} from './checksums';
import type { Detector, Finding } from './finding';
import { byPattern } from './finding';

/** Prefixes and lengths of the card schemes: https://en.wikipedia.org/wiki/Payment_card_number. */
const CARD =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|095|[689]\d)\d{11,16}|35\d{14}|(?:2131|1800)\d{11}|6(?:011|4[4-9]\d|5\d\d)\d{12,15}|62\d{14,17}|(?:50|5[6-9]|6\d)\d{10,17})$/;

/** Groups of digits with one space or hyphen between, read from every group on. */
export const cards: Detector = function* (text) {
  const groups = [...text.matchAll(/\d+/g)].filter(({ 0: digits }) => digits.length < 20);
  let past = 0;
  for (const [at, first] of groups.entries()) {
    if (first.index < past) continue;
    const found = cardFrom(text, groups, at);
    if (found === undefined) continue;
    past = found.end;
    yield found;
  }
};

/** The longest that is one. */
function cardFrom(text: string, groups: readonly RegExpExecArray[], at: number): Finding | undefined {
  let digits = '';
  let end = 0;
  let longest: Finding | undefined;
  const start = groups[at]?.index ?? 0;
  for (const group of groups.slice(at, at + 8)) {
    if (digits !== '' && !(group.index === end + 1 && ' -.\u00a0'.includes(text.charAt(end)))) break;
    digits += group[0];
    end = group.index + group[0].length;
    if (digits.length > 19) break;
    if (CARD.test(digits) && fitsLuhn(digits)) longest = { kind: 'card', start, end };
  }
  return longest;
}

/** Length of an IBAN by country: https://www.swift.com/standards/data-standards/iban-international-bank-account-number. */
const IBAN_LENGTHS = new Map(
  'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

export const accounts: Detector = function* (text) {
  for (const match of text.matchAll(/(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?=[ -]?[A-Za-z0-9])/g)) {
    const length = IBAN_LENGTHS.get(match[0].slice(0, 2).toUpperCase());
    if (length === undefined) continue;
    let signs = '';
    let end = match.index;
    for (; end < text.length && signs.length < length; end += 1) {
      const sign = text.charAt(end);
      if (/[A-Za-z0-9]/.test(sign)) signs += sign.toUpperCase();
      else if (!' -\u00a0'.includes(sign)) break;
    }
    if (signs.length === length && !/[A-Za-z0-9]/.test(text.charAt(end)) && fitsIban(signs))
      yield { kind: 'iban', start: match.index, end };
  }
};

const bare = (text: string): string => text.replace(/[^A-Za-z0-9]/g, '').toUpperCase();
const national = (pattern: RegExp, fits?: (signs: string) => boolean): Detector =>
  byPattern('national-id', pattern, fits && ((match) => fits(bare(match))));

export const nationalIds: readonly Detector[] = [
  // United States: no check digit, but areas that are never given out.
  national(/(?<![\w.-])(?!000|666|9)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\w-])/g),
  national(/(?<=(?:\bSSN|\bsocial security)[^\d\n]{0,30})(?<!\w)(?!000|666|9)\d{9}(?!\w)/gi),
  national(/(?<![\w.-])\d{3}\.?\d{3}\.?\d{3}-?\d{2}(?![\w-])/g, fitsCpf),
  national(/(?<![\w.-])[A-Z\d]{2}\.?[A-Z\d]{3}\.?[A-Z\d]{3}\/?[A-Z\d]{4}-?\d{2}(?![\w-])/g, fitsCnpj),
  national(/(?<![\w.-])(?:[XYZxyz][ -]?\d{7}|\d{8})[ -]?[A-Za-z](?![\w-])/g, fitsDni),
  national(/(?<![\w.-])[12] ?\d{2} ?\d{2} ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}(?![\w-])/g, fitsNir),
  national(/(?<!\w)[A-Za-z]{6}\d{2}[A-EHLMPRSTa-ehlmprst]\d{2}[A-Za-z]\d{3}[A-Za-z](?!\w)/g, fitsCodiceFiscale),
  national(/(?<![\w.-])[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])[0-3]\d\d{3}[\dXx](?![\w-])/g, fitsResidentIdentity),
  // United Kingdom, national insurance: no check digit, but letters that are never given out.
  national(/(?<!\w)(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?!\w)/g),
  // Canada; India. Only as they are written, in groups.
  national(/(?<![\w-]|\+\d{1,3} )[1-79]\d{2}([ -])\d{3}\1\d{3}(?![\w-])(?![ -]\d)/g, fitsLuhn),
  national(/(?<![\w-])[2-9]\d{3} \d{4} \d{4}(?![\w-])(?! \d)/g, fitsVerhoeff),
];
