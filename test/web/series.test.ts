import { describe, expect, test } from '@jest/globals';
import { linesOf, marks, pathOf } from '../../web/metrics/series';
import { rangeOf } from '../../web/metrics/ranges';
import type { MetricSeries } from '../../web/shapes';

const BEGAN = Date.parse('2026-01-05T10:00:00Z');
const at = (step: number): string => new Date(BEGAN + step * 60_000).toISOString();
const one = (labels: Record<string, string>, points: readonly (readonly [number, number, number?])[]) => ({
  labels,
  points: points.map(([step, value, count]) => ({ at: at(step), value, ...(count === undefined ? {} : { count }) })),
});
const answer = (...series: MetricSeries['series']): MetricSeries => ({ name: 'm', stepSeconds: 60, series });
const span = { from: BEGAN, to: BEGAN + 3 * 60_000 };

describe('lines of a chart', () => {
  test('sum what is counted by a label; what was not counted is nothing', () => {
    const { times, lines } = linesOf(
      answer(
        one({ status: 'completed', workflow: 'a' }, [
          [0, 2],
          [2, 1],
        ]),
        one({ status: 'completed', workflow: 'b' }, [[2, 4]]),
        one({ status: 'failed', workflow: 'a' }, [[1, 1]]),
      ),
      { ...span, merge: 'sum', by: ['status'] },
    );
    expect(times).toEqual([0, 1, 2, 3].map((step) => BEGAN + step * 60_000));
    expect(lines).toEqual([
      { name: 'completed', values: [2, 0, 5, 0], total: 7 },
      { name: 'failed', values: [0, 1, 0, 0], total: 1 },
    ]);
  });

  test('weigh means by how many values they are of; what was not measured is unknown', () => {
    const { lines } = linesOf(answer(one({ tool: 'a' }, [[1, 10, 1]]), one({ tool: 'b' }, [[1, 2, 3]])), {
      ...span,
      merge: 'mean',
      by: [],
    });
    expect(lines[0]?.values).toEqual([undefined, 4, undefined, undefined]);
  });

  test('hold what stands until it is told anew, also when it is nothing', () => {
    const { lines } = linesOf(answer(one({}, [[1, 3]]), one({ type: 'docs' }, [[2, 0]])), {
      ...span,
      merge: 'last',
      by: ['type'],
    });
    expect(lines.map(({ name, values }) => [name, values])).toEqual([
      ['', [undefined, 3, 3, 3]],
      ['docs', [undefined, undefined, 0, 0]],
    ]);
  });

  test('are the six largest at most, the rest in one', () => {
    const many = Array.from({ length: 9 }, (_, index) => one({ p: `p${index}` }, [[0, 9 - index]]));
    const { lines } = linesOf(answer(...many, one({ p: 'other' }, [[0, 100]])), { ...span, merge: 'sum', by: ['p'] });
    expect(lines.map(({ name, total }) => [name, total])).toEqual([
      ['p0', 9],
      ['p1', 8],
      ['p2', 7],
      ['p3', 6],
      ['p4', 5],
      ['other', 110],
    ]);
  });

  test('leave out what lies outside of the time', () => {
    const { lines } = linesOf(
      answer(
        one({ p: 'a' }, [
          [-1, 5],
          [4, 5],
        ]),
      ),
      { ...span, merge: 'sum', by: ['p'] },
    );
    expect(lines).toEqual([]);
  });
});

test.each([
  [0, [0, 1]],
  [1, [0, 0.25, 0.5, 0.75, 1]],
  [6, [0, 2, 4, 6]],
  [43, [0, 20, 40, 60]],
  [0.03, [0, 0.01, 0.02, 0.03]],
])('marks up to %d are round', (most, wanted) => {
  expect(marks(most)).toEqual(wanted);
});

test('a line is broken where nothing is known, and a value alone is a dash', () => {
  const frame = { width: 40, height: 10, most: 10 };
  expect(pathOf([0, 10, undefined, 5, undefined], frame)).toBe('M0 10L10 0M28 5h4');
});

test('an unknown word for a time is an hour', () => {
  expect([rangeOf('7d').text, rangeOf('x').text, rangeOf(undefined).text]).toEqual(['7 days', '1 hour', '1 hour']);
});
