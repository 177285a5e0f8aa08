/** Messages at virtual times, and executions that start others. */
import { expect, test } from '@jest/globals';
import { places, play } from './support';

const APPROVAL = `
name: Approval
version: 1.0.0
steps:
  - name: approve
    waitFor:
      signal: approved
      from: [manager]
      form: { ok: boolean }
      timeout: 24h
      reminders:
        - { after: 4h, steps: [{ name: nudge, set: { nudged: true } }] }
        - { after: 8h, to: [director], steps: [{ name: escalate, set: { escalated: true } }] }
output: { ok: "\${steps.approve.output.ok}", by: "\${steps.approve.output.by}" }
`;

const approval = (messages: string, expectation: string) =>
  play(
    `name: t\nsteps: [{ action: execute_workflow, input: { workflowName: approval } }]\nmessages: ${messages}\nexpect: ${expectation}\n`,
    { approval: APPROVAL },
  );

test('a day of waiting takes no time, and nobody answering is a timeout', async () => {
  const result = await approval('[]', '{ error: timeout, elapsed: 24h }');
  expect(result.differences).toEqual([]);
});

test('an answer comes at its time, in its role', async () => {
  const result = await approval(
    '[{ at: 5h, answer: approve, data: { ok: true }, by: ada, roles: [manager] }]',
    '{ output: { ok: true, by: ada }, elapsed: 5h }',
  );
  expect(result.differences).toEqual([]);
});

test('a director may answer after the escalation and not before', async () => {
  const director = (at: string, rest: string) =>
    `{ at: ${at}, answer: approve, data: { ok: true }, by: bo, roles: [director]${rest} }`;
  const result = await approval(
    `[${director('7h', ', refused: authorization')}, ${director('9h', '')}]`,
    '{ output: { by: bo }, elapsed: 9h }',
  );
  expect(result.differences).toEqual([]);
  const wrong = await approval(`[${director('7h', '')}, ${director('9h', '')}]`, '{ elapsed: 9h }');
  expect(places(wrong)).toEqual(['steps[0].messages[0].refused']);
});

test('an answer that does not fit the form is refused, and one that comes too late never comes', async () => {
  const result = await approval(
    '[{ at: 1h, answer: approve, data: { ok: 1 }, roles: [manager] }, { at: 25h, answer: approve, data: { ok: true }, roles: [manager] }]',
    '{ status: failed }',
  );
  expect(places(result)).toEqual(['steps[0].messages[0].refused', 'steps[0].messages[1]']);
});

test('a signal is taken by the step that waits for it, before or after it asks', async () => {
  const open = APPROVAL.replace('from: [manager]', '').replace(', to: [director]', '').replace('to: [director], ', '');
  for (const at of ['0s', '3h']) {
    const result = await play(
      `name: t\nsteps: [{ action: execute_workflow, input: { workflowName: approval } }]\nmessages: [{ at: ${at}, signal: approved, payload: { ok: true } }]\nexpect: { output: { ok: true } }\n`,
      { approval: open },
    );
    expect([result.error, result.differences]).toEqual([undefined, []]);
  }
});

test('cancelling ends what waits', async () => {
  const result = await approval('[{ at: 2h, cancel: true }]', '{ status: cancelled, elapsed: 2h }');
  expect(result.differences).toEqual([]);
});

const PARENT = `
name: Parent
version: 1.0.0
steps:
  - { name: inner, workflow: child, input: { n: 2 } }
output: "\${steps.inner.output}"
`;
const CHILD = `
name: Child
version: 1.0.0
trigger: { payload: { n: integer } }
steps:
  - { name: rest, wait: 1h }
  - { name: ask, tool: mt.translate, provider: first, input: { text: Hi, sourceLanguage: en, targetLanguage: pt } }
output: { twice: "\${trigger.payload.n * 2}" }
`;

test('an execution that another starts runs in the same time with the same mocks', async () => {
  const result = await play(
    'name: t\nmocks: [{ tool: mt.translate, provider: first, delay: 1s }]\nsteps: [{ action: execute_workflow, input: { workflowName: parent } }]\nexpect: { output: { twice: 4 }, elapsed: { atLeast: 3601s, atMost: 3601s }, calls: [{ tool: mt.translate, count: 1 }] }\n',
    { parent: PARENT, child: CHILD },
  );
  expect([result.error, result.differences]).toEqual([undefined, []]);
});

test('a definition that is not there fails the step that starts it', async () => {
  const result = await play(
    'name: t\nsteps: [{ action: execute_workflow, input: { workflowName: parent } }]\nexpect: { error: { type: not-found, step: inner } }\n',
    { parent: PARENT },
  );
  expect(result.differences).toEqual([]);
});

test('a question that nobody ever answers ends the scenario and is named', async () => {
  const result = await play('name: t\nsteps: [{ action: execute_workflow, input: { workflowName: approval } }]\n', {
    approval: APPROVAL.replace('timeout: 24h', '')
      .replace(/reminders:[^]*?output:/, '\noutput:')
      .replace('form: { ok: boolean }\n', 'form: { ok: boolean }'),
  });
  expect(result.passed).toBe(false);
  expect(result.error?.detail).toContain('approve (signal approved)');
});
