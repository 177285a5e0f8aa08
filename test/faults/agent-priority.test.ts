/** A thousand tasks of mixed priority on a busy pool: what is critical waits much less than what is not. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PRIORITY_KEYS } from '../../src/plan/agent';
import type { Priority } from '../../src/plan/agent';
import type { AgentGround } from './agent-ground';
import { agentGround } from './agent-ground';

const TASKS = 1_000;

let ground: AgentGround;
beforeAll(async () => {
  ground = await agentGround(() => 20);
}, 120_000);
afterAll(() => ground.close());

test('half of the critical ones have begun within a fifth of the time that half of the low ones take', async () => {
  const priorities = Object.keys(PRIORITY_KEYS) as Priority[];
  // All of them wait before the pool opens, so that each waits for those that are before it and for nothing else.
  const handles = await Promise.all(
    Array.from({ length: TASKS }, (_, i) => ground.startTask(priorities[i % priorities.length] ?? 'normal')),
  );
  const { client } = ground.engine;
  for (const handle of handles.slice(-20)) {
    let scheduled = 0;
    while (scheduled === 0) {
      const { raw } = await client.workflow.getHandle(handle.workflowId).describe();
      scheduled = (raw.pendingActivities ?? []).filter(({ activityType }) => activityType?.name === 'act').length;
    }
  }
  await ground.startAgent(5);
  await Promise.all(handles.map((handle) => handle.result()));

  const openedAt = Math.min(...ground.effects.map(({ at }) => at));
  const p50 = (priority: Priority): number => {
    const waits = ground.effects.filter((effect) => effect.priority === priority).map(({ at }) => at - openedAt);
    return waits.sort((a, b) => a - b)[Math.floor(waits.length / 2)] ?? NaN;
  };
  expect(ground.effects).toHaveLength(TASKS);
  expect(p50('critical')).toBeLessThan(p50('low') / 5);
}, 240_000);
