import { expect, test } from '@jest/globals';
import { play } from './support';

const definition = (guard: boolean): string => `
name: T
version: 1.0.0
trigger: { payload: { who: { type: string, pii: name }, text: string } }
steps:
  - { name: say, tool: mt.translate, provider: first, input: { text: "\${trigger.payload.text}", sourceLanguage: en, targetLanguage: pt } }
guards: { budget: { maxMs: 60000 }, security: { piiRedaction: ${guard} } }
`;
const scenario = `
name: private
mocks: [ { tool: mt.translate, provider: first, output: { text: ok, sourceLanguage: en, targetLanguage: pt } } ]
steps:
  - action: execute_workflow
    input: { workflowName: t, payload: { who: xq, text: "Ask xq zed, at 4111 1111 1111 1111 or bo@example.com." } }
expect:
  status: completed
  noPersonalData: true
`;

test('the guard keeps personal data from leaving, and without it a scenario says what left, by which call', async () => {
  expect((await play(scenario, { t: definition(true) })).differences).toEqual([]);
  expect((await play(scenario, { t: definition(false) })).differences).toEqual([
    { path: 'expect.noPersonalData', note: 'mt.translate of first was sent card, email by say, 0 ms after the start.' },
  ]);
});

test('marked values are withheld from vendors by the guard, which finds no reason to take them for personal', async () => {
  const withheld = scenario.replace('noPersonalData: true', 'withheld: [zed]').replace('who: xq', 'who: zed');
  expect((await play(withheld, { t: definition(true) })).differences).toEqual([]);
  expect((await play(withheld, { t: definition(false) })).passed).toBe(false);
});
