/** Mock agents answer `agent` steps in scenarios. */
import { expect, test } from '@jest/globals';
import { places, play } from './support';

const TEAM = `
name: Team
version: 1.0.0
trigger: { payload: { goal: string } }
steps:
  - { name: code, agent: engineer, capability: code_generation, priority: high, input: { goal: "\${trigger.payload.goal}" }, output: { files: "string[]", lines: integer } }
  - { name: check, agent: tester, capability: review, input: { files: "\${steps.code.output.files}" }, onError: continue }
output: { lines: "\${steps.code.output.lines}", checked: "\${steps.check.status}" }
`;
const scenario = (agents: string, expectations: string, rest = ''): string => `
name: a team
${rest}
agents: [ ${agents} ]
steps:
  - { action: execute_workflow, input: { workflowName: team, payload: { goal: a lamp } } }
expect: { ${expectations} }
`;
const ENGINEER =
  '{ id: engineer-001, responses: [ { messageType: code_generation, response: { files: [a.ts], lines: 7 }, delay: 2s, usage: { costUsd: 0.5 } } ] }';
const TESTER = '{ id: tester-001, capabilities: [review], defaultResponse: { ok: true } }';
const run = (agents: string, expectations: string, rest?: string) =>
  play(scenario(agents, expectations, rest), { team: TEAM });

test('the capability is the message type, or one of the capabilities; time and cost count', async () => {
  const { differences } = await run(
    `${ENGINEER}, ${TESTER}`,
    'output: { lines: 7, checked: completed }, elapsed: 2s, cost: 0.5, agents: [ { agent: engineer, capability: code_generation, input: { goal: a lamp } }, { agent: tester, count: 1 } ]',
  );
  expect(differences).toEqual([]);
});

test('what the expectation says and the agents were not asked for is told', async () => {
  const result = await run(
    `${ENGINEER}, ${TESTER}`,
    'agents: [ { agent: tester }, { agent: engineer, count: 2 } ], withheld: [ a lamp ]',
  );
  expect(places(result)).toEqual(['expect.agents[1].count', 'expect.agents[1]', 'expect.withheld[0]']);
});

test('an answer that does not have the declared types fails the step', async () => {
  const odd = ENGINEER.replace('lines: 7', 'lines: many');
  expect((await run(`${odd}, ${TESTER}`, 'error: tool-error')).differences).toEqual([]);
});

test('an agent that fails, and one that nobody mocks', async () => {
  const away = '{ id: tester-001, responses: [ { messageType: review, error: no-agent } ] }';
  expect((await run(`${ENGINEER}, ${away}`, 'output: { checked: failed }')).differences).toEqual([]);
  const made = await run(ENGINEER, 'output: { checked: completed }');
  expect([made.passed, made.madeUp]).toEqual([true, ['The answer of the agent tester to review']]);
  const lacking = await run(ENGINEER, 'status: completed', 'unmocked: fail');
  expect(lacking.error).toMatchObject({ type: 'not-found', detail: expect.stringContaining('messageType: review') });
});

test('the command of the specification makes an agent of a type', async () => {
  const { passed, madeUp } = await run(
    ENGINEER,
    'output: { checked: completed }',
    'setup: [ create_mock_agent t1 Tester ]',
  );
  expect([passed, madeUp]).toEqual([true, ['The answer of the agent t1 to review']]);
});
