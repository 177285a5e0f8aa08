/** Two replicas of an engineer share a thousand tasks; one of them is killed with `kill -9` in the middle of its own. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AgentGround } from './agent-ground';
import { agentGround, until } from './agent-ground';

const TASKS = 1_000;
const SLOTS = 5;

let ground: AgentGround;
beforeAll(async () => {
  ground = await agentGround(() => 30);
}, 120_000);
afterAll(() => ground.close());

test('both work within their slots, every task ends once, and nothing is lost or done twice when one of them dies', async () => {
  const [victim, other] = await Promise.all([ground.startAgent(SLOTS), ground.startAgent(SLOTS)]);
  expect(victim.id).not.toBe(other.id);
  const handles = await Promise.all(Array.from({ length: TASKS }, () => ground.startTask('normal')));
  const results = Promise.all(handles.map(async (handle) => (await handle.result()) as { output: { by: string } }));
  await until(() => ground.effects.length > TASKS / 4 && (ground.open.get(victim.id) ?? 0) > 1);
  victim.kill();
  const done = await results;

  expect(done).toHaveLength(TASKS);
  expect(new Set(done.map(({ output }) => output.by))).toEqual(new Set([victim.id, other.id]));
  expect(ground.most.get(victim.id)).toBeLessThanOrEqual(SLOTS);
  expect(ground.most.get(other.id)).toBe(SLOTS);
  // Each effect stands once, though what was lost in the middle was asked for again.
  expect(new Set(ground.effects.map(({ key }) => key)).size).toBe(TASKS);
  expect(ground.effects).toHaveLength(TASKS);
  const again = ground.requests.length - TASKS;
  expect(again).toBeGreaterThan(0);
  expect(again).toBeLessThanOrEqual(SLOTS);
}, 240_000);
