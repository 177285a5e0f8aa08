import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { diffLines, excerpt } from '../../web/definitions/diff';
import { typeRows, typeText } from '../../web/definitions/type-rows';
import { extended, refreshed } from '../../web/executions/pages';
import { ago, bytes, count, duration, usd } from '../../web/format';
import type { Summary } from '../../web/shapes';

test('times, amounts and sizes are as people read them', () => {
  expect([0, 999, 1000, 9999, 59_999, 65_000, 7_260_000, 180_000_000].map(duration)).toEqual([
    '0 ms',
    '999 ms',
    '1.0 s',
    '9.9 s',
    '59 s',
    '1 min 5 s',
    '2 h 1 min',
    '2 d 2 h',
  ]);
  const now = Date.parse('2026-01-01T12:00:00Z');
  expect(['2026-01-01T11:59:58Z', '2026-01-01T10:29:00Z', '2026-01-03T12:00:00Z'].map((at) => ago(at, now))).toEqual([
    'just now',
    '1 h ago',
    'in 2 d',
  ]);
  expect([0, 0.00001, 0.0123, 1.5].map(usd)).toEqual(['$0', '< $0.0001', '$0.0123', '$1.50']);
  expect([7, 12_345, 3_000_000].map(count)).toEqual(['7', '12.3 k', '3.0 M']);
  expect([12, 65_536, 1_572_864].map(bytes)).toEqual(['12 B', '64 KiB', '1.5 MiB']);
});

describe('the difference of two texts', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 }).map((lines) => lines.join('\n'));

  test('leads from one to the other, and back', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = diffLines(before, after);
        const of = (dropped: string) =>
          lines
            .filter(({ kind }) => kind !== dropped)
            .map((line) => line.text)
            .join('\n');
        expect([of('added'), of('removed')]).toEqual([before, after]);
      }),
    );
  });

  test('is as short as it can be, and numbers its lines', () => {
    const lines = diffLines('a\nb\nc\nd', 'a\nc\nx\nd');
    expect(lines.map(({ kind, text: line, before, after }) => [kind, line, before, after])).toEqual([
      ['same', 'a', 1, 1],
      ['removed', 'b', 2, undefined],
      ['same', 'c', 3, 2],
      ['added', 'x', undefined, 3],
      ['same', 'd', 4, 4],
    ]);
  });

  test('of large texts with nothing in common ends soon', () => {
    const many = (word: string) => Array.from({ length: 5000 }, (_, index) => `${word}${index}`).join('\n');
    expect(diffLines(many('a'), many('b'))).toHaveLength(10_000);
  });

  test('shows some lines around each change', () => {
    const before = Array.from({ length: 20 }, (_, index) => `${index}`).join('\n');
    const shown = excerpt(diffLines(before, before.replace('\n10\n', '\nten\n')), 1);
    expect(shown.map((line) => line?.text)).toEqual([undefined, '9', '10', 'ten', '11', undefined]);
  });
});

test('types are read as rows', () => {
  const schema = {
    type: 'object',
    required: ['list'],
    properties: {
      list: {
        type: 'array',
        items: { type: 'object', properties: { n: { type: 'integer', minimum: 1, maximum: 5 } } },
      },
      kind: { enum: ['a', 'b'], description: 'Which' },
    },
  };
  expect(typeRows(schema)).toEqual([
    { name: 'list', type: 'array of object', required: true, description: '' },
    { name: 'list[].n', type: 'integer from 1 to 5', required: false, description: '' },
    { name: 'kind', type: 'a | b', required: false, description: 'Which' },
  ]);
  expect([typeText({}), typeText({ type: 'string', format: 'date' })]).toEqual(['any', 'string (date)']);
});

describe('a list that is read page by page', () => {
  const one = (id: number, status: Summary['status'] = 'completed'): Summary => ({
    executionId: `e${id}`,
    runId: 'r',
    workflow: 'w',
    origin: 'request',
    status,
    startedAt: '2026-01-01T00:00:00Z',
    duration: 1,
  });
  const ids = ({ rows }: { readonly rows: readonly Summary[] }) => rows.map(({ executionId }) => executionId);

  test('lists nothing twice', () => {
    const listed = extended({ rows: [one(3), one(2)], next: 'x' }, { executions: [one(2), one(1)] });
    expect([ids(listed), listed.next]).toEqual([['e3', 'e2', 'e1'], undefined]);
  });

  test('takes the first page as it is now, and keeps what was read beyond it', () => {
    const before = { rows: [one(3, 'running'), one(2), one(1)], next: 'far' };
    const now = refreshed(before, { executions: [one(4), one(3), one(2)], next: 'near' });
    expect([ids(now), now.rows[1]?.status, now.next]).toEqual([['e4', 'e3', 'e2', 'e1'], 'completed', 'far']);
  });

  test('drops what does not fit the filter any more', () => {
    const now = refreshed({ rows: [one(3), one(2), one(1)], next: 'far' }, { executions: [one(3), one(1)], next: 'n' });
    expect(ids(now)).toEqual(['e3', 'e1']);
    expect(ids(refreshed({ rows: [one(3), one(2)] }, { executions: [one(2)] }))).toEqual(['e2']);
  });

  test('starts over when everything is new', () => {
    const now = refreshed({ rows: [one(1)], next: 'far' }, { executions: [one(9), one(8)], next: 'near' });
    expect([ids(now), now.next]).toEqual([['e9', 'e8'], 'near']);
  });
});
