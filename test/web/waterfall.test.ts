import { describe, expect, test } from '@jest/globals';
import { tracesPath, wordsOf } from '../../web/traces/filters';
import { waterfallOf } from '../../web/traces/waterfall';
import type { Span } from '../../web/shapes';

const BEGAN = Date.parse('2026-01-05T10:00:00Z');
const span = (spanId: string, [from, ms]: readonly [number, number], parentId?: string): Span => ({
  spanId,
  name: spanId,
  service: 'omni-mcp',
  kind: 'internal',
  status: 'ok',
  startTime: new Date(BEGAN + from).toISOString(),
  endTime: new Date(BEGAN + from + ms).toISOString(),
  duration: ms,
  attributes: {},
  links: [],
  ...(parentId === undefined ? {} : { parentId }),
});

describe('a waterfall', () => {
  const spans = [
    span('request', [0, 20], 'of-a-caller'),
    span('execution', [10, 90], 'request'),
    span('step', [20, 50], 'execution'),
    span('late', [75, 25], 'execution'),
    span('call', [30, 40], 'step'),
  ];

  test('puts each span below the one that it is a part of, over the whole time', () => {
    const { rows, totalMs, startedAt } = waterfallOf(spans);
    expect([startedAt, totalMs]).toEqual([BEGAN, 100]);
    expect(rows.map(({ span: one, depth, inside, from, length }) => [one.name, depth, inside, from, length])).toEqual([
      ['request', 0, 4, 0, 0.2],
      ['execution', 1, 3, 0.1, 0.9],
      ['step', 2, 1, 0.2, 0.5],
      ['call', 3, 0, 0.3, 0.4],
      ['late', 2, 0, 0.75, 0.25],
    ]);
  });

  test('leaves out what is in a folded span, and says how much it is', () => {
    const { rows } = waterfallOf(spans, new Set(['execution']));
    expect(rows.map(({ span: one, inside }) => [one.name, inside])).toEqual([
      ['request', 4],
      ['execution', 3],
    ]);
  });

  test('of nothing, of one moment, and of spans that are parts of each other ends', () => {
    expect(waterfallOf([])).toEqual({ rows: [], startedAt: 0, totalMs: 0 });
    expect(waterfallOf([span('a', [0, 0])]).rows).toMatchObject([{ from: 0, length: 0 }]);
    expect(waterfallOf([span('a', [0, 1], 'b'), span('b', [0, 1], 'a')]).rows).toHaveLength(2);
    expect(waterfallOf([span('a', [0, 1], 'a')]).rows).toHaveLength(1);
  });
});

test('filters of traces come out of the address, and what none of them takes is passed over', () => {
  const words = wordsOf({ status: 'error', workflow: ' refund ', minDuration: 'x', other: '1', executionId: '' });
  expect(words).toEqual({ status: 'error', workflow: 'refund' });
  expect(tracesPath(words)).toBe('/monitoring/traces?limit=50&status=error&workflow=refund');
  expect(wordsOf({ status: 'bad', minDuration: '250' })).toEqual({ minDuration: '250' });
});
