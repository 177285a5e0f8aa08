import { expect, test } from '@jest/globals';
import { ask } from './capability-call';
import { typesOf } from './parts';

const types = typesOf();
const TESTER = ['tester', 'test_execution'] as const;

const GREETING = `id: greeting
name: Greeting
version: 1.0.0
trigger: { payload: { name: string } }
steps:
  - { name: greet, set: { text: 'Hello \${trigger.payload.name}' } }
output: { text: '\${vars.text}' }
`;
const SCENARIOS = `scenarios:
  - name: Ada is greeted
    steps:
      - { action: execute_workflow, input: { workflowName: greeting, payload: { name: Ada } } }
    expect: { output: { text: Hello Ada } }
  - name: "Bo is not"
    steps:
      - { action: execute_workflow, input: { workflowName: greeting, payload: { name: Bo } } }
    expect: { output: { text: Nobody } }
`;

test('the stored scenarios of a definition run in memory, with what they say as JUnit', async () => {
  const { output } = await ask(types, TESTER, { workflowName: 'bilingual-coach' });
  expect(output).toMatchObject({ passed: true, failed: 0, failures: [], diagnostics: [] });
  expect(output['total']).toBeGreaterThan(5);
  expect(output['junit']).toContain('<testcase classname="bilingual-coach.scenarios.yaml"');
}, 30_000);

test('scenarios of a definition that nobody has published run too, and a failure says where and what', async () => {
  const { output } = await ask(types, TESTER, { definition: GREETING, scenarios: SCENARIOS });
  expect(output).toMatchObject({
    passed: false,
    total: 2,
    failed: 1,
    results: [
      { name: 'Ada is greeted', passed: true },
      { name: 'Bo is not', passed: false },
    ],
    failures: [
      {
        name: 'Bo is not',
        file: 'scenarios',
        line: 6,
        differences: [{ path: 'expect.output.text', expected: 'Nobody', got: 'Hello Bo' }],
      },
    ],
  });
  expect(output['junit']).toContain('failures="1"');
});

test('scenarios that cannot be read, or of a definition with errors, have not passed', async () => {
  const broken = await ask(types, TESTER, { scenarios: 'scenarios: [{ nam: x }]' });
  expect(broken.output).toMatchObject({
    passed: false,
    total: 0,
    diagnostics: [{ code: 'unknown-key', line: 1 }, {}, {}],
  });
  const faulty = await ask(types, TESTER, { definition: GREETING.replace('set:', 'sett:'), scenarios: SCENARIOS });
  expect(faulty.output).toMatchObject({ passed: false, failed: 2, failures: [{ line: 2 }, { line: 6 }] });
});

test('without scenarios it says where they belong', async () => {
  await expect(ask(types, TESTER, { workflowName: 'nobody' })).rejects.toMatchObject({
    problem: { type: 'not-found', detail: expect.stringContaining('nobody.scenarios.yaml') },
    retryable: false,
  });
  await expect(ask(types, TESTER, {})).rejects.toMatchObject({ problem: { type: 'validation' } });
});
