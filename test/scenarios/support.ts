/** Runs scenarios over a definition of the test's own. */
import { expect } from '@jest/globals';
import { parseScenarios } from '../../src/language/scenario-file';
import type { ScenarioEngine } from '../../src/scenarios/engine';
import type { ScenarioResult } from '../../src/scenarios/result';
import { runScenario } from '../../src/scenarios/run-scenario';
import { CONTRACTS } from '../../src/tools/contracts';
import { ToolRegistry } from '../../src/tools/registry';

/** Providers that exist, and must never be called. */
const providers = ['first', 'second'].map((name) => ({
  name,
  title: name,
  variables: [],
  tools: { 'mt.translate': () => Promise.reject(new Error('A live provider was called.')) },
}));

export const registry = new ToolRegistry(CONTRACTS, providers);

/** `scenario`: YAML of one scenario; `definitions`: YAML by id. */
export async function play(
  scenario: string,
  definitions: Readonly<Record<string, string>>,
  engine?: ScenarioEngine,
): Promise<ScenarioResult> {
  const { scenarios, diagnostics } = parseScenarios({ text: scenario, file: 'test.scenarios.yaml' }, registry);
  expect(diagnostics).toEqual([]);
  const [first] = scenarios;
  if (first === undefined) throw new Error('There is no scenario.');
  return runScenario(first, {
    registry,
    definition: (id) => {
      const text = definitions[id];
      return Promise.resolve(text === undefined ? undefined : { text, file: `${id}.yaml` });
    },
    flags: { OLD: true },
    settings: {},
    now: () => 0,
    ...(engine && { engine }),
  });
}

/** Places that differ. */
export function places({ differences }: ScenarioResult): readonly string[] {
  return differences.map(({ path }) => path);
}
