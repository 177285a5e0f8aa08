/** Events that a definition emits, in scenarios. */
import { expect, test } from '@jest/globals';
import { places, play } from './support';

const ORDER = `
name: Order
version: 1.0.0
trigger: { payload: { id: string, email: string } }
steps:
  - { name: first, emit: { type: order.begun, data: { id: "\${trigger.payload.id}" } } }
  - { name: second, emit: { type: order.done, data: { id: "\${trigger.payload.id}", mail: "\${trigger.payload.email}" } } }
output: "\${steps.second.output}"
`;
const scenario = (expectations: string): string => `
name: an order
steps:
  - { action: execute_workflow, input: { workflowName: order, payload: { id: A1, email: a@b.c } } }
expect: { ${expectations} }
`;
const run = (expectations: string) => play(scenario(expectations), { order: ORDER });

test('are expected in order, by type and part of their data', async () => {
  const result = await run('events: [ { type: order.begun, count: 1 }, { type: order.done, data: { id: A1 } } ]');
  expect([result.differences, result.passed]).toEqual([[], true]);
});

test('differ where they are missing, too many, other or out of order', async () => {
  expect(places(await run('events: [ { type: order.gone } ]'))).toEqual(['expect.events[0]']);
  expect(places(await run('events: [ { type: order.done, count: 2 } ]'))).toEqual(['expect.events[0].count']);
  expect(places(await run('events: [ { type: order.done, data: { id: B2 } } ]'))).toEqual(['expect.events[0]']);
  expect(places(await run('events: [ { type: order.done }, { type: order.begun } ]'))).toEqual(['expect.events[1]']);
});

test('hold no text that is withheld', async () => {
  const { differences } = await run('withheld: [ a@b.c ]');
  expect(differences).toMatchObject([{ path: 'expect.withheld[0]', note: expect.stringContaining('order.done') }]);
});
