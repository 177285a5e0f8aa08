import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../../src/plan/json';
import { detect } from '../../src/privacy/detect';
import { createRedaction } from '../../src/privacy/redaction';

const key = Buffer.alloc(32, 7);
const known = [
  { kind: 'email', text: 'ana@example.com' },
  { kind: 'name', text: 'Ana Souza' },
  { kind: 'gender', text: 'f' },
  { kind: 'card', text: 'card' },
  { kind: 'badge', text: '4711' },
];
const redaction = (scope = 'execution-1') => createRedaction({ key, scope, known });

const personal = fc.constantFrom(
  'ana@example.com',
  'Ana Souza',
  'jo@mail.example.org',
  '4111 1111 1111 1111',
  'GB82WEST12345698765432',
  '+34 612 345 678',
  '203.0.113.77',
  'Mr. Silva',
  '529.982.247-25',
  'f',
  'card',
  '[EMAIL_BCDFGH]',
  '\\[NAME_',
  'sk-proj-abcdefghijklmnopqrst1234',
);
const text = fc
  .array(fc.oneof(personal, fc.string({ maxLength: 12 }), fc.constantFrom(' ', ', ', '\n', '[', ']', '_')), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''));
const value = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.constantFrom<Json>(null, true, 4711, 4111111111111111, 1.5),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4 }).map((object) => ({ ...object })),
  ),
})).value;

describe('whatever is given', () => {
  test('replacing and turning back is the identity', () => {
    fc.assert(
      fc.property(value, (given) => {
        const one = redaction();
        expect(one.back(one.away(given))).toEqual(given);
      }),
    );
  });

  test('nothing that is found or known remains in what goes out', () => {
    fc.assert(
      fc.property(value, (given) => {
        for (const clear of textsOf(redaction().away(given)).flatMap((out) => out.split(/\[[A-Z_]+_[A-Z2-9]{6,}\]/)))
          expect([...detect(clear).map(({ kind }) => kind), clear.includes('ana@example.com')]).toEqual([false]);
      }),
    );
  });
});

describe('placeholders', () => {
  test('are typed, the same for a value within an execution, and others in the next', () => {
    const [a, b, c] = [
      redaction().away('ana@example.com'),
      redaction().away('To ana@example.com'),
      redaction('x').away('ana@example.com'),
    ];
    expect(a).toMatch(/^\[EMAIL_[A-Z2-9]{6}\]$/);
    expect(b).toBe(`To ${a as string}`);
    expect(c).not.toBe(a);
  });

  test('are turned back in other letters, in Markdown, with a translated word, and inside keys', () => {
    const one = redaction();
    const [tag = ''] = /[A-Z2-9]{6}(?=\])/.exec(one.away('jo@mail.example.org') as string) ?? [];
    expect(one.back({ [`[EMAIL_${tag}]`]: `\\[correo_${tag.toLowerCase()}\\] and [E-MAIL_${tag}]` })).toEqual({
      'jo@mail.example.org': 'jo@mail.example.org and jo@mail.example.org',
    });
  });

  test('of another execution, or of a value that this call did not take along, stay what they are', () => {
    const placeholder = redaction().away('jo@mail.example.org');
    const other = redaction();
    other.away('nobody');
    expect(other.back(placeholder)).toBe(placeholder);
  });

  test('are held back while they are half written', () => {
    const one = redaction();
    const away = one.away('Write to jo@mail.example.org now') as string;
    const shown = [...away].map((_, i) => one.backSoFar(away.slice(0, i + 1)));
    expect(shown.filter((so) => so.includes('['))).toEqual([]);
    expect(shown.at(-1)).toBe('Write to jo@mail.example.org now');
  });
});

describe('a value that is known', () => {
  test.each([
    ['in other letters', 'ANA@EXAMPLE.COM'],
    ['in an address of a page', 'u=ana%40example.com'],
    ['by a part of a name', 'Hello Souza!'],
    ['as a number', 4711],
    ['alone, however short', 'f'],
  ])('is replaced %s', (_, given) => {
    expect(JSON.stringify(redaction().away(given))).toMatch(/\[(EMAIL|NAME|BADGE|GENDER)_/);
  });

  test('is left alone inside other words', () => {
    expect(redaction().away('Banana f cardinal')).toBe('Banana f cardinal');
  });

  test('in settings is replaced, and what only looks personal is not', () => {
    expect(redaction().knownAway({ voice: 'Rachel', seed: 4111111111111111, note: 'x ana@example.com' })).toEqual({
      voice: 'Rachel',
      seed: 4111111111111111,
      note: expect.stringMatching(/^x \[EMAIL_/),
    });
  });
});

test('more text than is read in a second or two is refused, and bytes do not count', () => {
  const text = 'a b '.repeat(1_100_000);
  expect(() => redaction().away(text)).toThrow('More than 4000000 characters');
  expect(redaction().away('QUJD'.repeat(1_100_000))).toHaveLength(4_400_000);
});

function textsOf(given: Json): readonly string[] {
  if (typeof given === 'string') return [given];
  if (typeof given !== 'object' || given === null) return [];
  return [
    ...(Array.isArray(given) ? [] : Object.keys(given)),
    ...Object.values(given).flatMap((part: Json) => textsOf(part)),
  ];
}
