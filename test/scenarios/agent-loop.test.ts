/** A model that works by itself, in a scenario: its turns are mocked, its tools too, and people answer what it may call. */
import { expect, test } from '@jest/globals';
import type { ScenarioResult } from '../../src/scenarios/result';
import { play } from './support';

const REVIEW = `
name: Review
version: 1.0.0
trigger: { payload: { change: string } }
steps:
  - name: review
    agent: engineer
    goal: "review \${trigger.payload.change}"
    tools:
      - { tool: mt.translate, name: translate }
      - { tool: email.send, name: tell, approval: { roles: [lead], timeout: 1h } }
    limits: { turns: 4, calls: 3 }
    output: { defects: "string[]", verdict: string }
  - { name: again, agent: engineer, goal: say it in a word }
output: { defects: "\${steps.review.output.defects}", word: "\${steps.again.output}" }
`;

const scenario = (mocks: string, expectations: string, rest = ''): string => `
name: a review
mocks:
${mocks}
${rest}
steps:
  - { action: execute_workflow, input: { workflowName: review, payload: { change: abc } } }
expect: { ${expectations} }
`;

const TRANSLATE =
  '{ say: I read it., calls: [ { tool: translate, arguments: { text: abc, sourceLanguage: en, targetLanguage: pt } } ] }';
const TELL =
  '{ calls: [ { tool: tell, arguments: { to: [a@b.example], subject: found, text: one, html: "<p>one</p>" } } ] }';
const POST = '  - { tool: email.send, provider: postal, output: { id: m1 } }\n';
const THINKING = `
  - tool: llm.object
    provider: openrouter
    responses:
      - { step: review, turn: 1, output: ${TRANSLATE}, delay: 2s, usage: { inputTokens: 100, outputTokens: 20 } }
      - { step: review, turn: 2, output: ${TELL} }
      - { step: review, output: { answer: { defects: [one] } } }
      - { step: again, output: { answer: fine } }
  - { tool: mt.translate, provider: first|second, output: { text: xyz }, delay: 1s }
${POST}`;
/** All that went otherwise than expected, whatever it was. */
const faultsOf = ({ differences, error }: ScenarioResult): unknown => error ?? differences;
const run = (mocks: string, expectations: string, rest?: string) =>
  play(scenario(mocks, expectations, rest), { review: REVIEW });

test('turns are mocked one by one, and what is called shows where it was called', async () => {
  const result = await run(
    THINKING,
    `path: [ review: completed, again: completed ], output: { defects: [one], word: fine }, elapsed: 10m, tokens: 120,
     outputs: { review: { verdict: verdict } },
     calls: [ { tool: llm.object, count: 4 }, { tool: mt.translate, count: 1, input: { text: abc } }, { tool: email.send, count: 1 } ]`,
    'messages: [ { at: 10m, answer: review.t2.1.approval, data: { approve: true }, by: bo, roles: [lead] } ]',
  );
  expect(faultsOf(result)).toEqual([]);
  expect(result.madeUp).toEqual([]);
});

test('a call that a person refuses is not made, and neither is one that nobody answers', async () => {
  const none =
    'output: { defects: [one] }, calls: [ { tool: mt.translate, count: 1 }, { tool: email.send, count: 0 } ]';
  const refused = await run(
    THINKING,
    `${none}, elapsed: 10m`,
    'messages: [ { at: 10m, answer: review.t2.1.approval, data: { approve: false, reason: no }, by: bo, roles: [lead] } ]',
  );
  expect(faultsOf(refused)).toEqual([]);
  const silent = await run(THINKING, `${none}, elapsed: { atLeast: 1h, atMost: 61m }`);
  expect(faultsOf(silent)).toEqual([]);
});

test('whoever has not the role is refused', async () => {
  const result = await run(
    THINKING,
    'calls: [ { tool: email.send, count: 0 } ]',
    'messages: [ { at: 10m, answer: review.t2.1.approval, data: { approve: true }, by: bo, roles: [author], refused: authorization } ]',
  );
  expect(faultsOf(result)).toEqual([]);
});

test('a scenario that lacks a mock says at which turn', async () => {
  const [, ...rest] = THINKING.split('\n  - ');
  const lacking = rest.filter((mock) => !mock.startsWith('{ tool: mt.translate')).map((mock) => `  - ${mock}`);
  const { error } = await run(lacking.join('\n'), 'status: completed', 'unmocked: fail');
  expect(error).toMatchObject({
    type: 'not-found',
    detail: expect.stringContaining('review.t1.1 called mt.translate'),
  });
});

test('where no mock says what the model does, it answers at once with values of the declared types', async () => {
  const silent = `
  - { tool: llm.object, provider: openrouter, responses: [ { turn: 9, output: {} } ] }
${POST}`;
  const result = await run(silent, 'output: { defects: [], word: text }, calls: [ { tool: llm.object, count: 2 } ]');
  expect(faultsOf(result)).toEqual([]);
  expect(result.madeUp).toEqual([
    'review.t1: the answer of openrouter to llm.object',
    'again.t1: the answer of openrouter to llm.object',
  ]);
});

test('limits end it, and the model is not asked again', async () => {
  const asking = `
  - { tool: llm.object, provider: openrouter, output: ${TRANSLATE} }
  - { tool: mt.translate, provider: first|second, output: { text: xyz } }
${POST}`;
  const result = await run(
    asking,
    'error: policy, calls: [ { tool: llm.object, count: 4 }, { tool: mt.translate, count: 3 } ]',
  );
  expect(faultsOf(result)).toEqual([]);
});
