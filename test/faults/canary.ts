/** Canaries: secrets and personal data that exist nowhere else, and the search for them in bytes, however they are written. */
import { randomBytes, randomInt } from 'node:crypto';

export interface Canary {
  readonly name: string;
  readonly text: string;
  /** The parts of the text that chance made: finding one of them is finding the canary. */
  readonly marks: readonly string[];
}

export interface Hit {
  readonly canary: string;
  readonly form: string;
  readonly where: string;
  /** What stands around it. */
  readonly around: string;
}

export type Search = (bytes: Uint8Array, where: string) => readonly Hit[];

const letters = (count: number): string =>
  Array.from({ length: count }, () => String.fromCharCode(97 + randomInt(26))).join('');
const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);
const digits = (count: number): string => Array.from({ length: count }, () => String(randomInt(10))).join('');

/** Fifteen kinds, new ones each time. */
export function makeCanaries() {
  const marked = <N extends string>(name: N, text: string, marks: readonly string[] = [text]) =>
    ({ name, text, marks }) as Canary & { readonly name: N };
  const key = randomBytes(24).toString('hex');
  const hook = randomBytes(24).toString('base64');
  const bearer = randomBytes(32).toString('base64url').replaceAll(/[-_]/g, 'x');
  const [account, host] = [letters(12), letters(9)];
  const [first, last] = [capital(letters(10)), capital(letters(12))];
  const street = capital(letters(11));
  const [inside, escaped, member, thrown, file] = [letters(20), letters(18), letters(19), letters(22), letters(16)];
  const [begin, end] = [letters(14), letters(15)];
  const mobile = `6${digits(8)}`;
  return {
    providerKey: marked('provider key', `sk-or-v1-${key}`, [key.slice(0, 24), key.slice(24)]),
    webhookSecret: marked('webhook secret', `whsec_${hook}`, [hook]),
    bearer: marked('bearer token', `omni_${letters(12)}_${bearer}`, [bearer]),
    email: marked('e-mail', `${account}@${host}.example`, [account, host]),
    card: marked('card', withLuhn(`4${digits(14)}`)),
    iban: marked('IBAN', german(digits(18))),
    phone: marked('phone', `+34${mobile}`, [mobile]),
    name: marked('name', `${first} ${last}`, [first, last]),
    address: marked('address', `${randomInt(100, 999)} ${street} Street`, [street]),
    base64: marked('base64', Buffer.from(`kept: ${inside}`).toString('base64'), [inside]),
    urlEncoded: marked('URL-encoded', encodeURIComponent(`año ${escaped}/&`), [escaped]),
    jsonKey: marked('member of JSON', member),
    stream: marked('split over chunks', `${begin} ${end}`, [begin, end]),
    thrown: marked('thrown error', thrown),
    fileName: marked('file name', `${file}.pdf`, [file]),
  };
}

function withLuhn(body: string): string {
  const sum = [...body].reverse().reduce((total, digit, index) => {
    const twice = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + (twice > 9 ? twice - 9 : twice);
  }, 0);
  return `${body}${(10 - (sum % 10)) % 10}`;
}

/** ISO 13616: the letters DE are 13 and 14, and the remainder by 97 of all is 1. */
function german(account: string): string {
  return `DE${String(98n - (BigInt(`${account}131400`) % 97n)).padStart(2, '0')}${account}`;
}

/** How a text may stand in bytes. */
function formsOf(mark: string): readonly (readonly [string, Buffer])[] {
  const plain = Buffer.from(mark);
  const base64 = [0, 1, 2].map((before): readonly [string, Buffer] => {
    const text = Buffer.concat([Buffer.alloc(before), plain])
      .toString('base64')
      .replaceAll('=', '');
    // Signs that hold bits of what stands before or behind.
    const from = [0, 2, 3][before] ?? 0;
    return ['base64', Buffer.from(text.slice(from, (before + plain.length) % 3 === 0 ? undefined : -1))];
  });
  const others: readonly (readonly [string, string | Buffer])[] = [
    ['lower case', mark.toLowerCase()],
    ['URL-encoded', encodeURIComponent(mark)],
    ['JSON', JSON.stringify(mark).slice(1, -1)],
    ['hexadecimal', plain.toString('hex')],
    ['two bytes a letter', Buffer.from(mark, 'utf16le')],
    ['backwards', [...mark].reverse().join('')],
  ];
  const all = [
    ['plain', plain] as const,
    ...base64,
    ...others.map(([form, text]) => [form, Buffer.from(text)] as const),
  ];
  return all.filter(([, bytes], index) => all.findIndex(([, other]) => other.equals(bytes)) === index);
}

/** Reads the bytes once: the first two of every form are looked up in a table. */
export function searchFor(canaries: readonly Canary[]): Search {
  const table = new Map<number, { canary: string; form: string; bytes: Buffer }[]>();
  const begins = new Uint8Array(65_536);
  for (const { name, marks } of canaries)
    for (const [form, bytes] of marks.flatMap(formsOf)) {
      const begin = bytes.readUInt16BE(0);
      begins[begin] = 1;
      table.set(begin, [...(table.get(begin) ?? []), { canary: name, form, bytes }]);
    }
  return (given, where) => {
    const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
    const hits: Hit[] = [];
    for (let at = 0, begin = bytes[0] ?? 0; at + 1 < bytes.length; at += 1) {
      const next = bytes[at + 1] ?? 0;
      begin = ((begin << 8) | next) & 0xffff;
      if (begins[begin] === 0) continue;
      for (const { canary, form, bytes: wanted } of table.get(begin) ?? [])
        if (bytes.compare(wanted, 0, wanted.length, at, Math.min(at + wanted.length, bytes.length)) === 0)
          hits.push({ canary, form, where, around: shown(bytes, at) });
    }
    return hits;
  };
}

function shown(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', Math.max(0, at - 120), at + 80).replace(/[^\x20-\x7e]+/g, '·');
}
