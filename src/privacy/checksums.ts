/** Check digits of cards, accounts and national numbers: what tells them from any other digits. */

/** ISO/IEC 7812-1, annex B. */
export function fitsLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** ISO 13616: capital letters and digits, without spaces. */
export function fitsIban(iban: string): boolean {
  return mod97(iban.slice(4) + iban.slice(0, 4)) === 1;
}

/** Letters count from 10 (A) to 35 (Z). */
export function mod97(text: string): number {
  let rest = 0;
  for (const sign of text) {
    const value = parseInt(sign, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}

/** Brazil, persons: eleven digits. */
export function fitsCpf(digits: string): boolean {
  if (/^(\d)\1*$/.test(digits)) return false;
  const check = (length: number): number => {
    const sum = [...digits.slice(0, length)].reduce((total, digit, i) => total + Number(digit) * (length + 1 - i), 0);
    return ((sum * 10) % 11) % 10;
  };
  return check(9) === Number(digits[9]) && check(10) === Number(digits[10]);
}

/** Brazil, companies: twelve signs, letters among them since 2026, and two digits. */
export function fitsCnpj(signs: string): boolean {
  if (/^(\d)\1*$/.test(signs)) return false;
  const check = (length: number): number => {
    const sum = [...signs.slice(0, length)].reduce(
      (total, sign, i) => total + (sign.charCodeAt(0) - 48) * (2 + ((length - 1 - i) % 8)),
      0,
    );
    return sum % 11 < 2 ? 0 : 11 - (sum % 11);
  };
  return check(12) === Number(signs[12]) && check(13) === Number(signs[13]);
}

/** Spain, DNI and NIE: up to eight digits, the first of a NIE being X, Y or Z, and a letter. */
export function fitsDni(signs: string): boolean {
  const number = Number(signs.slice(0, -1).replace(/^[XYZ]/, (letter) => String('XYZ'.indexOf(letter))));
  return 'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23] === signs.at(-1);
}

/** France, NIR: thirteen signs, 2A and 2B standing for Corsica, and a key of two digits. */
export function fitsNir(signs: string): boolean {
  const number = BigInt(signs.slice(0, 13).replace('2A', '19').replace('2B', '18'));
  return 97n - (number % 97n) === BigInt(signs.slice(13));
}

/** Italy, codice fiscale: fifteen signs and a letter. */
export function fitsCodiceFiscale(signs: string): boolean {
  const odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
  const sum = [...signs.slice(0, 15)].reduce((total, sign, i) => {
    const value = /\d/.test(sign) ? Number(sign) : sign.charCodeAt(0) - 65;
    return total + (i % 2 === 0 ? (odd[value] ?? 0) : value);
  }, 0);
  return String.fromCharCode(65 + (sum % 26)) === signs[15];
}

/** China, resident identity: seventeen digits, and a digit or X (ISO 7064, MOD 11-2). */
export function fitsResidentIdentity(signs: string): boolean {
  const sum = [...signs.slice(0, 17)].reduce((total, digit, i) => total + Number(digit) * (2 ** (17 - i) % 11), 0);
  return '10X98765432'[sum % 11] === signs[17];
}

const TURNS = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
];
const PRODUCTS = [
  '0123456789',
  '1234067895',
  '2340178956',
  '3401289567',
  '4012395678',
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
];

/** Verhoeff's digit, as of India's Aadhaar. */
export function fitsVerhoeff(digits: string): boolean {
  let check = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const turned = TURNS[i % 8]?.[Number(digits[digits.length - 1 - i])];
    check = Number(PRODUCTS[check]?.[Number(turned)]);
  }
  return check === 0;
}
