/** What an `agent` step with a goal becomes: who thinks, what may be called and on which terms. */
import { expect, test } from '@jest/globals';
import { argumentSchema } from '../../src/language/argument-schema';
import { compileDefinition } from '../../src/language/compile';
import { compileWithCalled } from '../../src/language/compile-with-called';
import { definitionSchema } from '../../src/language/definition-schema';
import { toMermaid } from '../../src/language/graph';
import { pricesOf } from '../../src/language/plan-prices';
import type { AgentStep } from '../../src/plan/plan';
import { misfits } from '../../src/plan/schema-fit';
import { CONTRACTS } from '../../src/tools/contracts';
import { ToolRegistry } from '../../src/tools/registry';
import { openEditor } from './editor';
import { planOf, testRegistry, withSteps } from './registry';

const REVIEW = `  - name: review
    agent: engineer
    goal: "find defects in \${trigger.context.diff}"
    instructions: Be brief.
    think: { provider: local, config: { temperature: 0, timeout: 20s }, retry: { maxAttempts: 2 } }
    tools:
      - web.search
      - { tool: email.send, name: tell, description: Tells the team., approval: { roles: [lead], timeout: 1h } }
      - { agent: tester, capability: test_execution, input: { workflow: string }, priority: high, approval: {} }
      - { workflow: send-invoice, timeout: 1m }
    handoff: [security]
    limits: { turns: 4, calls: 9, tokens: 2000, cost: 0.1, time: 5m }
    input: { note: a }
    output: { defects: "string[]" }
  - { name: count, set: { defects: "\${size(steps.review.output.defects)}" } }
`;
const stepOf = (text: string): AgentStep => planOf(withSteps(text)).steps[0] as AgentStep;

test('the goal, who thinks and the limits stand in the plan', () => {
  const { loop, ...step } = stepOf(REVIEW);
  expect(step).toMatchObject({ kind: 'agent', agent: 'engineer', capability: '*', input: { value: { note: 'a' } } });
  expect(loop).toMatchObject({
    goal: { kind: 'text', parts: ['find defects in ', { source: 'trigger.context.diff' }] },
    instructions: { kind: 'literal', value: 'Be brief.' },
    think: {
      name: 'think',
      tool: 'llm.object',
      chain: [{ provider: 'local', timeoutMs: 20_000, config: { value: { temperature: 0 } } }],
      retry: [{ maxAttempts: 2 }],
    },
    handoff: ['security'],
    limits: { turns: 4, calls: 9, tokens: 2000, costUsd: 0.1, timeMs: 300_000 },
  });
});

test('what may be called has a name, arguments and, where a person is asked, by whom and for how long', () => {
  const { tools = {} } = stepOf(REVIEW).loop ?? {};
  expect(Object.keys(tools)).toEqual(['web_search', 'tell', 'tester_test_execution', 'send_invoice']);
  expect(tools['web_search']).toMatchObject({
    input: { type: 'object', required: ['query'] },
    step: { kind: 'tool', name: 'web_search', tool: 'web.search' },
  });
  expect(tools['web_search']).not.toHaveProperty('approval');
  expect(tools['tell']).toMatchObject({
    description: 'Tells the team.',
    step: { kind: 'tool', name: 'tell', tool: 'email.send' },
    approval: { roles: ['lead'], timeoutMs: 3_600_000 },
  });
  expect(tools['tester_test_execution']).toMatchObject({
    input: { type: 'object', properties: { workflow: { type: 'string' } }, additionalProperties: false },
    step: { kind: 'agent', agent: 'tester', capability: 'test_execution', priority: 'high' },
    approval: { roles: [], timeoutMs: 86_400_000 },
  });
  expect(tools['send_invoice']).toMatchObject({
    input: { type: 'object' },
    step: { kind: 'workflow', workflow: 'send-invoice', await: true, timeoutMs: 60_000 },
  });
});

test('whatever is left out is bounded all the same', () => {
  const { loop } = stepOf('  - { name: m, agent: engineer, capability: code, goal: a }\n');
  expect(loop).toMatchObject({
    tools: {},
    limits: { turns: 10, calls: 20, tokens: 100_000, costUsd: 1, timeMs: 1_800_000 },
  });
  expect(loop?.think.chain.map(({ provider }) => provider)).toEqual(testRegistry().providersOf('llm.object'));
});

test('the arguments of a request are the model to choose, so it is tried once', () => {
  const { tools = {} } = stepOf('  - { name: m, agent: engineer, goal: a, tools: [ http.request ] }\n').loop ?? {};
  expect(tools['http_request']?.step).toMatchObject({ idempotent: 'none', retry: [{ maxAttempts: 1 }] });
});

test('patterns that cannot be checked in linear time are left to the contract, and no field is lost with them', () => {
  const { tools = {} } =
    stepOf('  - { name: m, agent: engineer, goal: a, tools: [ { tool: mt.translate } ] }\n').loop ?? {};
  const schema = tools['mt_translate']?.input ?? {};
  expect(misfits(schema, { text: 'a', sourceLanguage: 'en', targetLanguage: 'pt' }, '')).toEqual([]);
  expect(misfits(schema, { text: 'a', sourceLanguage: 'en' }, '')).toEqual([
    { pointer: '/targetLanguage', detail: 'is missing' },
  ]);
  expect(argumentSchema({ $schema: 'x', properties: { pattern: { type: 'string', pattern: '(?!a)b' } } })).toEqual({
    properties: { pattern: { type: 'string' } },
  });
});

test('an approval holds no longer than the step', () => {
  const text =
    '  - { name: m, agent: engineer, goal: a, timeout: 1h, tools: [ { tool: email.send, approval: {} } ] }\n';
  expect(stepOf(text).loop?.tools['email_send']?.approval).toEqual({ roles: [], timeoutMs: 3_600_000 });
});

test('prices of what may be called are recorded with the start', () => {
  const prices = pricesOf(planOf(withSteps(REVIEW)), testRegistry());
  expect(prices['postal']?.['email.send']?.['*']).toEqual({ usdPerCall: 0.01 });
});

test('personal data that a model outside is told are pointed out, wherever they stand', () => {
  const far = { name: 'far', title: 'far', variables: [], tools: { 'llm.object': () => Promise.reject(new Error()) } };
  const text = `name: T
version: 1.0.0
trigger: { payload: { who: { type: string, pii: name } } }
steps:
  - { name: greet, agent: engineer, goal: "greet \${trigger.payload.who}" }
  - { name: praise, agent: engineer, goal: praise, input: { who: "\${trigger.payload.who}" } }
guards: { budget: { maxMs: 1000 } }
`;
  const { diagnostics } = compileDefinition({ text, file: 'test.yaml' }, new ToolRegistry(CONTRACTS, [far]));
  expect(diagnostics.map(({ code, line }) => `${code}@${line}`)).toEqual(['personal-data@5', 'personal-data@6']);
});

test('a flowchart shows what the model may call', () => {
  expect(toMermaid(planOf(withSteps(REVIEW))))
    .toContain(`  n1[["review<br/>agent engineer<br/>a model by local, or security"]]
  n0 --> n1
  n2["web_search"]
  n1 -.->|"may call"| n2
  n3["tell"]
  n1 -.->|"may call if lead agrees"| n3
  n4[["tester_test_execution<br/>agent tester"]]
  n1 -.->|"may call if somebody agrees"| n4
`);
});

/** A definition that may be called. */
const called = (steps: string): string =>
  `name: Called\nversion: 1.0.0\ndescription: Sends the invoice.\ntrigger: { payload: { orderId: string } }\nsteps:\n${steps}guards: { budget: { maxCost: 0.5 } }\n`;
const compileBeside = (other: string) =>
  compileWithCalled({ text: withSteps(REVIEW), file: 'definitions/test.yaml' }, testRegistry(), {
    ids: ['send-invoice'],
    source: (id) => Promise.resolve(id === 'send-invoice' ? { text: other, file: 'send-invoice.yaml' } : undefined),
  });

test('a known definition says what it is for, what it takes and what it may spend', async () => {
  const { plan, diagnostics } = await compileBeside(called('  - { name: a, tool: risk.score, provider: local }\n'));
  const tool = (plan?.steps[0] as AgentStep).loop?.tools['send_invoice'];
  expect(tool).toMatchObject({
    description: 'Sends the invoice.',
    input: { properties: { orderId: { type: 'string' } }, required: ['orderId'] },
    step: { budget: { maxCostUsd: 0.5 } },
  });
  expect(diagnostics.map(({ code }) => code)).not.toContain('unapproved-effect');
});

test('a definition that sends a mail is no way around the question', async () => {
  const { diagnostics } = await compileBeside(called('  - { name: a, tool: email.send, input: { to: a } }\n'));
  const found = diagnostics.find(({ code }) => code === 'unapproved-effect');
  expect(found?.message).toContain('send-invoice calls email.send');
});

test('an editor offers the tools, and the keys of each of their forms', async () => {
  const editor = openEditor(definitionSchema(testRegistry()));
  const at = async (more: string): Promise<readonly string[]> =>
    (await editor.complete(withSteps(`  - name: m\n    agent: engineer\n    goal: a\n${more}`))).map(
      ({ label }) => label,
    );
  expect(await at('    tools:\n      - █')).toEqual(expect.arrayContaining(['web.search', 'workflow', 'agent']));
  expect(await at('    tools:\n      - tool: web.search\n        █')).toEqual(
    expect.arrayContaining(['approval', 'provider', 'name']),
  );
  expect(await at('    limits:\n      █')).toEqual(
    expect.arrayContaining(['turns', 'calls', 'tokens', 'cost', 'time']),
  );
  expect(await editor.check(withSteps(REVIEW))).toEqual([]);
});
