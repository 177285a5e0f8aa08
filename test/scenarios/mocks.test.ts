/** Calls in virtual time are judged as the engine's workers judge them. */
import { expect, test } from '@jest/globals';
import { parseScenarios } from '../../src/language/scenario-file';
import { places, play, registry } from './support';

const ASK = `
name: Ask
version: 1.0.0
trigger: { payload: { text: string, from?: string } }
steps:
  - name: ask
    tool: mt.translate
    provider: first|second
    retry: { maxAttempts: 3, initialInterval: 1s, backoff: 2, maxInterval: 10s }
    timeout: 5s
    input: { text: "\${trigger.payload.text}", sourceLanguage: en, targetLanguage: pt }
`;
const MARK = `
name: Mark
version: 1.0.0
steps:
  - { name: mark, tool: sea.mark, provider: mine, input: { n: 1 } }
`;
const TOOLS = `
tools:
  sea.mark: { input: { n: integer }, output: { ok: boolean }, idempotent: none }
`;

const run = (workflow: string, rest: string) =>
  play(
    `name: t\nsteps: [{ action: execute_workflow, input: { workflowName: ${workflow}, payload: { text: Hi } } }]\n${rest}`,
    { ask: ASK, mark: MARK },
  );

test('waits between attempts are those of the retry rule, without jitter', async () => {
  const result = await run(
    'ask',
    `
mocks:
  - { tool: mt.translate, provider: first, error: provider-unavailable }
  - { tool: mt.translate, provider: second, delay: 10ms }
expect: { status: completed, elapsed: 3010ms, calls: [{ tool: mt.translate, provider: first, count: 3 }, { tool: mt.translate, provider: second, count: 1 }] }
`,
  );
  expect([result.error, result.differences, result.passed]).toEqual([undefined, [], true]);
});

test('a delay beyond the timeout is a timeout, and one of exactly that length is not', async () => {
  const late = await run(
    'ask',
    'mocks:\n  - { tool: mt.translate, provider: first|second, delay: 5001ms }\nexpect: { error: timeout, elapsed: 36s }\n',
  );
  expect(late.differences).toEqual([]);
  const just = await run(
    'ask',
    'mocks:\n  - { tool: mt.translate, provider: first|second, delay: 5s }\nexpect: { status: completed, elapsed: 5s }\n',
  );
  expect(just.differences).toEqual([]);
});

test('responses are chosen by input and by attempt, and the default stands for the rest', async () => {
  const result = await play(
    `
name: t
mocks:
  - tool: mt.translate
    provider: first|second
    responses:
      - { input: { text: Hi, targetLanguage: fr }, output: { text: Salut } }
      - { input: { text: Hi }, attempt: 1, error: timeout }
      - { input: { text: Hi }, output: { text: Oi } }
    defaultResponse: { text: '?' }
    defaultDelay: 250
steps:
  - action: execute_workflow
    input: { workflowName: ask, payload: { text: Hi } }
    expect: { output: { text: Oi }, elapsed: 1s }
  - action: execute_workflow
    input: { workflowName: ask, payload: { text: Bye } }
    expect: { output: { text: '?' }, elapsed: 250ms }
`,
    { ask: ASK },
  );
  expect(result.differences).toEqual([]);
});

test('a provider that the file calls unconfigured is configured where a scenario mocks it', () => {
  const text = `
mocks:
  - { tool: mt.translate, provider: first, unconfigured: FIRST_API_KEY is not set }
scenarios:
  - { name: without, steps: [&go { action: execute_workflow, input: { workflowName: ask } }] }
  - { name: with, mocks: [{ tool: mt.translate, provider: first, delay: 1s }], steps: [*go] }
`;
  const { scenarios } = parseScenarios({ text, file: 'ask.scenarios.yaml' }, registry);
  const unconfigured = scenarios.map(({ mocks }) => mocks.some((mock) => mock.unconfigured !== undefined));
  expect(unconfigured).toEqual([true, false]);
});

test('a tool that must not be repeated is tried once', async () => {
  const result = await run(
    'mark',
    `${TOOLS}mocks:\n  - { tool: sea.mark, provider: mine, error: timeout }\nexpect: { status: failed, calls: [{ tool: sea.mark, count: 1 }] }\n`,
  );
  expect(result.differences).toEqual([]);
});

test('a declared tool refuses an input that does not fit its contract', async () => {
  const loose = `
name: Mark
version: 1.0.0
trigger: { payload: { n: any } }
steps:
  - { name: mark, tool: sea.mark, provider: mine, input: { n: "\${trigger.payload.n}" } }
`;
  const send = (n: string) =>
    play(
      `name: t\n${TOOLS}mocks:\n  - { tool: sea.mark, provider: mine, output: { ok: true } }\nsteps: [{ action: execute_workflow, input: { workflowName: mark, payload: { n: ${n} } } }]\n`,
      { mark: loose },
    );
  expect((await send('3')).error).toBeUndefined();
  expect((await send('3')).steps[0]?.output).toMatchObject({ status: 'completed' });
  expect((await send('three')).steps[0]?.output).toMatchObject({
    status: 'failed',
    error: { type: 'validation', errors: [{ pointer: '/n' }] },
  });
});

test('an output is completed by type, and a raw one is judged as it is', async () => {
  const good = await run('ask', 'mocks:\n  - { tool: mt.translate, provider: first, output: { text: Oi } }\n');
  expect(good.steps[0]?.output).toMatchObject({ output: { text: 'Oi', sourceLanguage: 'en' } });
  const bad = await run(
    'ask',
    'mocks:\n  - { tool: mt.translate, provider: first|second, raw: { text: Oi } }\nexpect: { error: tool-error }\n',
  );
  expect(bad.differences).toEqual([]);
});

test('a call without a mock ends the scenario and names the mock to write', async () => {
  const result = await run(
    'ask',
    'mocks:\n  - { tool: mt.translate, provider: first, error: authentication }\nexpect: { status: completed }\n',
  );
  expect(result).toMatchObject({ passed: false, differences: [] });
  expect(result.error?.detail).toContain('{ tool: mt.translate, provider: second,');
});

test('where nothing is mocked, answers are made up by type and listed', async () => {
  const result = await run('ask', 'setup: [create_mock_tool mt.translate first]\nexpect: { status: completed }\n');
  expect(result).toMatchObject({ passed: true, madeUp: ['ask: the answer of first to mt.translate'] });
});

test('required fields that are left out are filled and listed, others are not', async () => {
  const result = await play(
    'name: t\nmocks:\n  - { tool: mt.translate, provider: first }\nsteps: [{ action: execute_workflow, input: { workflowName: ask } }]\nexpect: { calls: [{ tool: mt.translate, input: { text: text } }] }\n',
    { ask: ASK },
  );
  expect(result).toMatchObject({ passed: true, filled: ['/text'] });
});

test('the same scenario gives the same result every time', async () => {
  const scenario = 'mocks:\n  - { tool: mt.translate, provider: first|second, error: timeout, delay: 3ms }\n';
  expect(await run('ask', scenario)).toEqual(await run('ask', scenario));
});

test('an unknown definition and one with errors are said by name', async () => {
  expect((await run('nowhere', '')).error?.detail).toContain('nowhere');
  const broken = await play('name: t\nsteps: [{ action: execute_workflow, input: { workflowName: broken } }]\n', {
    broken: 'name: Broken\nversion: 1.0.0\nstepz: []\n',
  });
  expect(broken.error?.detail).toContain('broken.yaml:');
  expect(places(broken)).toEqual([]);
});
