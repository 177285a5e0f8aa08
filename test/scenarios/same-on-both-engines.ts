/** Holds a run on a Temporal server to the one in memory. */
import { expect } from '@jest/globals';
import type { ScenarioEngine } from '../../src/scenarios/engine';
import type { ExecutionOutcome } from '../../src/scenarios/virtual-execution';
import { runVirtually } from '../../src/scenarios/virtual-execution';
import { randomDefinition } from '../interpreter/random-definition';

/**
 * Everything that came of it but the execution's id. Within one virtual moment, what stands in different lists of steps may begin in
 * any order; what follows from something else does not.
 */
function told({ executionId: _, sent, emitted, steps, ...outcome }: ExecutionOutcome): unknown {
  const calls = sent
    .map(({ step, provider, attempt, input }) => JSON.stringify([step, provider, attempt, input]))
    .sort();
  const events = emitted.map(({ step, type, data }) => JSON.stringify([step, type, data])).sort();
  const records = [...steps].sort((a, b) => a.startedAt - b.startedAt || (a.path < b.path ? -1 : 1));
  const lists: Record<string, string[]> = {};
  for (const { path, name } of steps) (lists[path.slice(0, -name.length)] ??= []).push(name);
  return JSON.parse(
    JSON.stringify({ ...outcome, records, lists, calls, events }).replaceAll(/scenario-[0-9a-f-]{36}/g, 'scenario'),
  );
}

export async function sameOnBothEngines(seed: number, engine: ScenarioEngine): Promise<void> {
  const { plan, step, parts } = randomDefinition(seed, { apart: true });
  const virtual = await runVirtually(plan, step, parts);
  expect(told(await engine.run(plan, step, parts))).toEqual(told(virtual));
}
