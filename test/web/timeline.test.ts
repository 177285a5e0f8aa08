import { describe, expect, test } from '@jest/globals';
import { attemptsIn } from '../../web/executions/attempts';
import { timelineRows, timeScale } from '../../web/executions/timeline';
import { BEGAN, call, iso, step } from './steps';

const usage = (durationMs: number) => ({ inputTokens: 0, outputTokens: 0, costUsd: 0, durationMs });
const shades = (given: Parameters<typeof step>[1]) =>
  timelineRows([step('a', given)], BEGAN + 10_000)[0]?.segments.map(({ shade, from, to }) => [
    shade,
    from - BEGAN,
    to - BEGAN,
  ]);

describe('the timeline of a step', () => {
  test('tells the queue from the work, call by call', () => {
    const calls = [
      call({ startedAt: iso(100), endedAt: iso(1100), usage: usage(400), status: 'failed' }),
      call({ number: 2, startedAt: iso(1500), endedAt: iso(2000), usage: usage(500) }),
    ];
    expect(shades({ calls, endedAt: iso(2000) })).toEqual([
      ['queue', 0, 100],
      ['queue', 100, 700],
      ['run', 700, 1100],
      ['queue', 1100, 1500],
      ['run', 1500, 2000],
    ]);
    const [row] = timelineRows([step('a', { calls, endedAt: iso(2000) })], 0);
    expect(row?.segments.filter(({ failed }) => failed)).toHaveLength(1);
  });

  test('shows each attempt where the trace has all of them, and else what the call tells', () => {
    const attributes = { 'omni.execution.id': 'x', 'omni.step.path': 'a', 'omni.provider': 'http' };
    const span = (number: number, from: number, duration: number, status: 'error' | 'unset', more = {}) => ({
      ...{ spanId: String(number), name: 'execute_tool http.request', service: 'omni-mcp', kind: 'internal' as const },
      ...{ status, startTime: iso(from), endTime: iso(from + duration), duration, links: [] },
      attributes: { ...attributes, 'omni.attempt': number, ...more },
    });
    const waited = span(2, 900, 10, 'unset', { 'omni.postponed': true });
    const other = span(1, 0, 5, 'error', { 'omni.execution.id': 'another' });
    const spans = [span(2, 1_000, 300, 'unset'), waited, other, span(1, 100, 200, 'error')];
    const calls = [call({ startedAt: iso(0), endedAt: iso(1_300), attempts: 2, usage: usage(300) })];
    const drawn = (given: typeof spans) =>
      timelineRows([step('a', { calls, endedAt: iso(1_350) })], 0, attemptsIn(given, 'x'))[0]?.segments.map(
        ({ shade, from, to, attempt, failed }) => [shade, from - BEGAN, to - BEGAN, attempt, failed],
      );
    expect(drawn(spans)).toEqual([
      ['queue', 0, 100, undefined, undefined],
      ['run', 100, 300, 1, true],
      ['queue', 300, 1_000, undefined, undefined],
      ['run', 1_000, 1_300, 2, undefined],
      ['queue', 1_300, 1_350, undefined, undefined],
    ]);
    expect(drawn(spans.slice(1))).toEqual(drawn([]));
  });

  test('gives waiting for people and for a time shades of their own', () => {
    expect(shades({ kind: 'waitFor', status: 'running' })).toEqual([['human', 0, 10_000]]);
    expect(shades({ kind: 'wait', endedAt: iso(3000) })).toEqual([['timer', 0, 3000]]);
  });

  test('of a step that holds others says only that they ran, and sums nothing', () => {
    const rows = timelineRows(
      [
        step('route', { kind: 'switch', endedAt: iso(9000) }),
        step('route.review[1].ask', { kind: 'waitFor', endedAt: iso(9000) }),
        step('router', { kind: 'set', endedAt: iso(10) }),
      ],
      BEGAN,
    );
    expect(rows.map(({ segments }) => segments.map(({ shade }) => shade))).toEqual([['hold'], ['human'], ['run']]);
  });

  test('of an agent’s work tells what it waited for one from what was done', () => {
    expect(shades({ kind: 'agent', endedAt: iso(1000), usage: usage(400) })).toEqual([
      ['queue', 0, 600],
      ['run', 600, 1000],
    ]);
    expect(shades({ kind: 'agent', status: 'running' })).toEqual([['queue', 0, 10_000]]);
  });

  test('has the tokens and the cost of each step', () => {
    const spent = { ...usage(1), inputTokens: 10, outputTokens: 5, costUsd: 0.25 };
    expect(timelineRows([step('a', { usage: spent }), step('b')], BEGAN)).toMatchObject([
      { tokens: 15, costUsd: 0.25 },
      { tokens: 0, costUsd: 0 },
    ]);
  });

  test('leaves out what was taken over or skipped', () => {
    const rows = timelineRows([step('a', { reused: true }), step('b', { status: 'skipped' }), step('c')], BEGAN);
    expect(rows.map(({ path }) => path)).toEqual(['c']);
  });

  test('runs until now while it runs, also before the provider has told anything', () => {
    expect(shades({ status: 'running' })).toEqual([['queue', 0, 10_000]]);
    expect(shades({ status: 'running', calls: [call({ status: 'running' })] })).toEqual([['run', 0, 10_000]]);
  });
});

describe('the scale', () => {
  const row = (from: number, to: number) =>
    timelineRows([step(`s${from}`, { startedAt: iso(from), endedAt: iso(to) })], 0);

  test('goes from the first beginning to the last end', () => {
    const scale = timeScale([...row(0, 1000), ...row(1000, 4000)]);
    expect([scale.at(BEGAN), scale.at(BEGAN + 1000), scale.at(BEGAN + 4000)]).toEqual([0, 0.25, 1]);
    expect(scale.fold).toBeUndefined();
  });

  test('folds a long wait, so that what was done around it can be seen', () => {
    const day = 86_400_000;
    const scale = timeScale([...row(0, 1000), ...row(1000, day), ...row(day, day + 1000)]);
    expect(scale.fold).toEqual({ from: BEGAN + 1000, to: BEGAN + day });
    expect(scale.at(BEGAN + 1000)).toBeCloseTo(0.2);
    expect(scale.at(BEGAN + day)).toBeCloseTo(0.8);
    expect(scale.at(BEGAN + day / 2)).toBeCloseTo(0.5, 1);
  });

  test('of nothing does not divide by nothing', () => {
    expect(timeScale([]).at(5)).toBe(1);
    expect(timeScale(row(0, 0)).at(BEGAN)).toBe(0);
  });
});
