/** How `omni run` draws an execution. */
import { describe, expect, test } from '@jest/globals';
import { createProgress, stepLine } from '../../src/cli/progress';
import { duration } from '../../src/cli/terminal';
import type { Execution, TimelineStep } from '../../src/executions/execution';
import { problemOf } from '../../src/plan/problem';
import { rememberedTerminal } from './terminal';

const START = Date.parse('2026-01-01T00:00:00.000Z');

function step(given: Partial<TimelineStep>): TimelineStep {
  return {
    path: 'translate',
    name: 'translate',
    kind: 'tool',
    status: 'completed',
    attempts: 1,
    startedAt: new Date(START).toISOString(),
    waitMs: 100,
    runMs: 312,
    skipped: [],
    calls: [],
    ...given,
  };
}

function execution(...steps: readonly TimelineStep[]): Execution {
  return {
    executionId: 'x',
    runId: 'y',
    origin: 'request',
    workflow: 'coach',
    startedAt: new Date(START).toISOString(),
    source: 'state',
    status: 'running',
    duration: 0,
    steps,
    usage: { inputTokens: 0, outputTokens: 0, costUsd: 0, durationMs: 0 },
  };
}

describe('a line', () => {
  const options = { width: 0, columns: 100, paint: (_: string, text: string) => text, now: START + 2_500 };

  test('names the step, the provider and the time', () => {
    expect(stepLine(step({ provider: 'local' }), options)).toBe('✔ translate  local  412 ms');
  });

  test('counts attempts from the second on, and runs on while the step does', () => {
    expect(stepLine(step({ status: 'running', provider: 'openrouter', attempts: 2 }), options)).toBe(
      '● translate  openrouter  attempt 2  2.5 s',
    );
  });

  test('says how a step ended that did not complete, and why', () => {
    const error = problemOf('timeout', 'No answer in 12 s.\nSecond line.');
    expect(stepLine(step({ status: 'failed', error }), options)).toBe(
      '✖ translate  failed  412 ms  No answer in 12 s.',
    );
    expect(stepLine(step({ status: 'skipped', attempts: 0 }), options)).toBe('○ translate  skipped');
  });

  test('of an open task says who is waited for', () => {
    const task = {
      id: 'x',
      signal: 'go',
      status: 'open',
      roles: ['reviewer', 'lead'],
      reminded: 0,
      refused: 0,
    } as const;
    const line = stepLine(step({ status: 'running', kind: 'waitFor', task }), options);
    expect(line).toContain('waits for reviewer or lead');
    expect(stepLine(step({ task: { ...task, roles: [] } }), options)).toContain('waits for anyone');
    expect(stepLine(step({ task: { ...task, status: 'answered' } }), options)).not.toContain('waits for');
  });

  test('says what it has cost, and how sure that is', () => {
    const usage = { inputTokens: 10, outputTokens: 5, costUsd: 0.0123, durationMs: 412 };
    expect(stepLine(step({ usage }), options)).toBe('✔ translate  412 ms  15 tokens  $0.0123');
    expect(stepLine(step({ usage: { ...usage, estimated: true } }), options)).toContain('about $0.0123');
    expect(stepLine(step({ usage: { ...usage, unpriced: true } }), options)).toContain('at least $0.0123');
    expect(stepLine(step({ usage: { ...usage, costUsd: 0, unpriced: true } }), options)).toContain('price unknown');
  });

  test('never wraps', () => {
    const error = problemOf('timeout', 'x'.repeat(500));
    expect(stepLine(step({ status: 'failed', error }), { ...options, columns: 40 })).toHaveLength(39);
  });
});

describe('where nobody watches', () => {
  test('a step is printed when it starts and when it ends, not at every look', () => {
    const terminal = rememberedTerminal({ now: () => START + 50 });
    const progress = createProgress(terminal);
    for (const status of ['running', 'running', 'running', 'completed', 'completed'] as const)
      progress.show(execution(step({ status, provider: 'local' })));
    expect(terminal.stderr().split('\n')).toEqual(['● translate  local  50 ms', '✔ translate  local  412 ms', '']);
  });

  test('no control sequence is written', () => {
    const terminal = rememberedTerminal();
    createProgress(terminal).show(execution(step({}), step({ path: 'other' })));
    expect(terminal.stderr()).not.toContain('\x1b');
  });
});

describe('where somebody watches', () => {
  test('each look is drawn over the one before', () => {
    const terminal = rememberedTerminal({ live: true });
    const progress = createProgress(terminal);
    progress.show(execution(step({ status: 'running' })));
    progress.show(execution(step({}), step({ path: 'speak' })));
    progress.show(execution(step({}), step({ path: 'speak' })));
    expect(terminal.stderr().match(/\x1b\[\d+A/g)).toEqual(['\x1b[1A', '\x1b[2A']);
  });
});

test.each([
  [0, '0 ms'],
  [999.4, '999 ms'],
  [1_000, '1.0 s'],
  [59_949, '59.9 s'],
  [60_000, '1 min 0 s'],
  [125_400, '2 min 5 s'],
])('%d milliseconds read as %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});
