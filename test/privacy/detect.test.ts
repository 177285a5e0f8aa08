import { describe, expect, test } from '@jest/globals';
import { detect } from '../../src/privacy/detect';

const found = (text: string): readonly string[] =>
  detect(text).map(({ kind, start, end }) => `${kind}: ${text.slice(start, end)}`);

describe('personal data are found', () => {
  test.each([
    ['Pay with 4111 1111 1111 1111, please.', 'card: 4111 1111 1111 1111'],
    ['cvv 123 5500-0000-0000-0004', 'card: 5500-0000-0000-0004'],
    ['378282246310005', 'card: 378282246310005'],
    ['My account: GB82 WEST 1234 5698 7654 32.', 'iban: GB82 WEST 1234 5698 7654 32'],
    ['de89370400440532013000', 'iban: de89370400440532013000'],
    ['SSN 219-09-9999', 'national-id: 219-09-9999'],
    ['his social security number is 219099999', 'national-id: 219099999'],
    ['CPF 529.982.247-25', 'national-id: 529.982.247-25'],
    ['CNPJ 11.222.333/0001-81', 'national-id: 11.222.333/0001-81'],
    ['DNI 12345678Z', 'national-id: 12345678Z'],
    ['NIE X1234567L', 'national-id: X1234567L'],
    ['codice RSSMRA85T10A562S', 'national-id: RSSMRA85T10A562S'],
    ['NIR 2 55 08 14 168 025 38', 'national-id: 2 55 08 14 168 025 38'],
    ['身份证 11010519491231002X', 'national-id: 11010519491231002X'],
    ['Aadhaar 2341 2341 2346', 'national-id: 2341 2341 2346'],
    ['SIN 130 692 544', 'national-id: 130 692 544'],
    ['NINO QQ123456C is not given out, AB123456C is', 'national-id: AB123456C'],
    ['Write to ana.souza+x@mail.example.com.', 'email: ana.souza+x@mail.example.com'],
    ['see mailto:jo@exämple.de?subject=x', 'email: jo@exämple.de'],
    ['/users?email=jo%40example.com', 'email: jo%40example.com'],
    ['from 203.0.113.77 today', 'ip: 203.0.113.77'],
    ['on 2001:db8::8a2e:370:7334', 'ip: 2001:db8::8a2e:370:7334'],
    ['+34 612 345 678', 'phone: +34 612 345 678'],
    ['call (202) 555-0143 x12', 'phone: (202) 555-0143 x12'],
    ['ring 07700 900982 now', 'phone: 07700 900982'],
    ['my number is 5550143', 'phone: 5550143'],
    ['key sk-proj-abcdefghijklmnopqrst1234', 'key: sk-proj-abcdefghijklmnopqrst1234'],
    ['AKIAIOSFODNN7EXAMPLE', 'key: AKIAIOSFODNN7EXAMPLE'],
    ['password: hunter2hunter2', 'key: hunter2hunter2'],
    ['Authorization: Bearer abcdefabcdef123', 'key: abcdefabcdef123'],
    ['t0k: Zm9vYmFyQmF6UXV4MTIzNDU2Nzg5MGFiY2RlZg8', 'key: Zm9vYmFyQmF6UXV4MTIzNDU2Nzg5MGFiY2RlZg8'],
    ['Yesterday Maria da Silva left.', 'name: Maria da Silva'],
    ['Ask Dr. Okonkwo.', 'name: Okonkwo'],
    ['My name is Xochitl Quiroga', 'name: Xochitl Quiroga'],
    ['He lives at 221 Baker Street, London', 'address: 221 Baker Street'],
    ['Rua das Flores, 123', 'address: Rua das Flores, 123'],
    ['Hauptstraße 12a', 'address: Hauptstraße 12a'],
  ])('%s', (text, expected) => {
    expect(found(text)).toContain(expected);
  });

  test('a private key is found with all its lines', () => {
    const key = `-----BEGIN RSA PRIVATE KEY-----\n${'MIIEow\n'.repeat(40)}-----END RSA PRIVATE KEY-----`;
    expect(found(`a ${key} b`)).toEqual([`key: ${key}`]);
  });
});

test.each([
  'She have two brothers.',
  'The meeting is on 2026-11-22 at 10:30, 12:34:56.',
  'It costs 1 000 000 or $12,345,678.90.',
  'Card 4111 1111 1111 1112 is none.',
  'GB82 WEST 1234 5698 7654 33 is none either.',
  'Order 2025550123 was 3.14159265 long.',
  'Sales of 1990-2000 and 22/11/2026.',
  'std::vector and a::b, 1.2.3',
  '550e8400-e29b-41d4-a716-446655440000',
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'Tomorrow We Will Go To Paris With Joy.',
])('nothing is found in: %s', (text) => {
  expect(found(text)).toEqual([]);
});

test('bytes in base64 are not read', () => {
  expect(detect(Buffer.alloc(9000, 'ana@example.com ').toString('base64'))).toEqual([]);
});

test.each([
  ['at signs', '@'],
  ['an address without an end', 'a.b@c.'],
  ['digits', '4'],
  ['digits and spaces', '4 1'],
  ['groups', '4111 '],
  ['dots', '1.'],
  ['colons', 'a:'],
  ['capitals', 'Aa '],
  ['names', 'Maria '],
  ['initials', 'Mr. A. '],
  ['numbers and words', '12 Ab '],
  ['a key that does not end', '-----BEGIN PRIVATE KEY-----'],
  ['words for keys', 'key: '],
  ['beginnings of keys', 'sk-'],
  ['beginnings of tokens', 'eyJaaaaaaaa.'],
  ['brackets', '(1'],
  ['accounts', 'GB82'],
  ['small letters', 'a'],
])('four times the text takes no more than some ten times as long: %s', (_, piece) => {
  const timed = (length: number): number => {
    const text = piece.repeat(Math.ceil(length / piece.length));
    const before = process.cpuUsage().user;
    detect(`${text} .`);
    return (process.cpuUsage().user - before) / 1000;
  };
  timed(20_000);
  // A text that made a pattern go back and forth would take sixteen times as long, or for ever.
  expect(timed(80_000)).toBeLessThan(10 * timed(20_000) + 400);
});
