/** Scenario files are read strictly: every fault has its place and, where there is one, the right word. */
import { expect, test } from '@jest/globals';
import { parseScenarios } from '../../src/language/scenario-file';
import { registry } from './support';

const STEP = 'steps: [{ action: execute_workflow, input: { workflowName: x } }]\n';

test.each([
  ['an unknown key', `name: t\n${STEP}expects: {}\n`, 'unknown-key', 3, 'expect'],
  ['an empty list of steps', 'name: t\nsteps: []\n', 'wrong-shape', 2, undefined],
  ['no steps', 'name: t\n', 'missing-key', 1, undefined],
  [
    'an unknown action',
    'name: t\nsteps:\n  - { action: execute_workflw, input: {} }\n',
    'unknown-word',
    3,
    'execute_workflow',
  ],
  [
    'an unknown command',
    `name: t\n${STEP}setup:\n  - create_mock_tol stt.transcribe x\n`,
    'unknown-word',
    4,
    'create_mock_tool',
  ],
  [
    'a command of the wrong form',
    `name: t\n${STEP}setup:\n  - set_feature_flag X\n`,
    'wrong-shape',
    4,
    'set_feature_flag <name> <true|false>',
  ],
  ['a flag that is neither', `name: t\n${STEP}setup:\n  - set_feature_flag X yes\n`, 'unknown-word', 4, undefined],
  [
    'an unknown tool',
    `name: t\n${STEP}mocks:\n  - { tool: stt.transcrib, provider: x }\n`,
    'unknown-tool',
    4,
    'stt.transcribe',
  ],
  [
    'an unknown type of error',
    `name: t\n${STEP}mocks:\n  - { tool: stt.transcribe, provider: x, error: rate-limit }\n`,
    'unknown-word',
    4,
    'rate-limited',
  ],
  [
    'two answers',
    `name: t\n${STEP}mocks:\n  - { tool: stt.transcribe, provider: x, output: {}, raw: 1 }\n`,
    'duplicate-key',
    4,
    undefined,
  ],
  [
    'a delay that is none',
    `name: t\n${STEP}mocks:\n  - { tool: stt.transcribe, provider: x, delay: soon }\n`,
    'invalid-duration',
    4,
    undefined,
  ],
  ['an unknown status', `name: t\n${STEP}expect:\n  status: complete\n`, 'unknown-word', 4, 'completed'],
  [
    'an expected call of no tool',
    `name: t\n${STEP}expect:\n  calls: [{ tool: stt.transcrbe }]\n`,
    'unknown-tool',
    4,
    'stt.transcribe',
  ],
  [
    'a message of two kinds',
    `name: t\n${STEP}messages:\n  - { at: 1s, signal: a, cancel: true }\n`,
    'wrong-shape',
    4,
    undefined,
  ],
  [
    'expect over two executions',
    `name: t\nsteps:\n  - { action: execute_workflow, input: { workflowName: x } }\n  - { action: execute_workflow, input: { workflowName: x } }\nexpect: {}\n`,
    'wrong-shape',
    5,
    undefined,
  ],
  [
    'an unknown type in a declared tool',
    `name: t\n${STEP}tools:\n  sea.mark: { input: { n: integr } }\n`,
    'unknown-type',
    4,
    'integer',
  ],
  ['a tool without a category', `name: t\n${STEP}tools:\n  mark: {}\n`, 'invalid-name', 4, undefined],
  [
    'two scenarios of one name',
    `scenarios:\n  - { name: a, ${STEP.trim()} }\n  - { name: a, ${STEP.trim()} }\n`,
    'duplicate-name',
    3,
    undefined,
  ],
])('%s', (_, text, code, line, suggestion) => {
  const { scenarios, diagnostics } = parseScenarios({ text, file: 'x.scenarios.yaml' }, registry);
  expect(scenarios).toEqual([]);
  const [first] = diagnostics;
  expect(first).toMatchObject({ code, line, file: 'x.scenarios.yaml' });
  expect(first?.suggestion).toBe(suggestion);
});

test('mocks of a file count for all of its scenarios, and a scenario goes over them', () => {
  const text = `
setup: [set_feature_flag A true]
mocks: [{ tool: stt.transcribe, provider: first|second, delay: 1s }]
scenarios:
  - { name: a, ${STEP.trim()} }
  - { name: b, setup: [set_feature_flag A false], mocks: [{ tool: stt.transcribe, provider: first, delay: 2s }], ${STEP.trim()} }
`;
  const { scenarios } = parseScenarios({ text, file: 'x.scenarios.yaml' }, registry);
  const [a, b] = scenarios;
  expect(a).toMatchObject({ flags: { A: true }, unmocked: 'fail' });
  expect(a?.mocks.map(({ provider }) => provider)).toEqual(['first', 'second']);
  expect(b?.flags).toEqual({ A: false });
  expect(b?.mocks.at(-1)?.fallback).toEqual({ delayMs: 2000 });
});
