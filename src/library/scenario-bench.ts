/** What a tester runs scenarios on: memory and virtual time, with the catalogue's definitions. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ScenarioBench } from '../agents/types/test-execution';
import type { Config } from '../config';
import type { DefinitionSource } from '../language/compile';
import { compileDefinition } from '../language/compile';
import { parseScenarios } from '../language/scenario-file';
import { OmniError } from '../plan/problem';
import { junitReport } from '../scenarios/report-junit';
import type { ScenarioResult } from '../scenarios/result';
import type { ScenarioWorld } from '../scenarios/run-scenario';
import { runScenario } from '../scenarios/run-scenario';
import { complete } from '../scenarios/sample';
import type { ToolRegistry } from '../tools/registry';

interface BenchParts {
  readonly registry: ToolRegistry;
  readonly config: Pick<Config, 'definitionsDir' | 'featureFlags'>;
  readonly definition: (id: string) => Promise<DefinitionSource | undefined>;
}

export function scenarioBench({ registry, config, definition }: BenchParts): ScenarioBench {
  const flags = Object.fromEntries(config.featureFlags.map(({ name, enabled }) => [name, enabled]));
  return {
    sample: (schema) => complete(schema, {}).value,
    stored(id) {
      const file = `${id}.scenarios.yaml`;
      const place = path.join(config.definitionsDir, file);
      const found = /^[a-z][a-z0-9-]*$/.test(id) && existsSync(place);
      return Promise.resolve(found ? { text: readFileSync(place, 'utf8'), file } : undefined);
    },
    async run({ scenarios: source, definition: given, signal }) {
      const { scenarios, diagnostics } = parseScenarios(source, registry);
      const own = given === undefined ? undefined : { text: given, file: 'definition' };
      const id = own && compileDefinition(own, registry).definition?.id;
      const world: ScenarioWorld = {
        registry,
        definition: (wanted) => (own !== undefined && wanted === id ? Promise.resolve(own) : definition(wanted)),
        flags,
        settings: {},
        now: () => Date.now(),
      };
      const results: ScenarioResult[] = [];
      for (const scenario of scenarios) {
        if (signal.aborted) throw new OmniError('cancelled', 'The scenarios were stopped.', { retryable: true });
        results.push(await runScenario(scenario, world, source.file));
      }
      return { diagnostics, results, junit: junitReport(results) };
    },
  };
}
