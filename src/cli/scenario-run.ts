/** Scenario files as `omni test` finds and runs them. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { InvalidArgumentError } from 'commander';
import { definitionFolder } from '../catalogue/definition-folder';
import type { Config } from '../config';
import type { DefinitionSource } from '../language/compile';
import type { Diagnostic } from '../language/diagnostic';
import { parseScenarios } from '../language/scenario-file';
import { scenarioFilesIn } from '../library/scenario-folder';
import type { ScenarioEngine } from '../scenarios/engine';
import type { ScenarioResult } from '../scenarios/result';
import type { ScenarioWorld } from '../scenarios/run-scenario';
import { runScenario } from '../scenarios/run-scenario';
import type { ToolRegistry } from '../tools/registry';

export interface FileRun {
  /** As it was named, or from the working directory. */
  readonly file: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly results: readonly ScenarioResult[];
}

/** All scenario files of the definitions folder, or what was named: files, or ids of definitions. */
export function scenarioFiles(
  named: readonly string[],
  { cwd, folder }: { readonly cwd: string; readonly folder: string },
): readonly string[] {
  if (named.length === 0) return scenarioFilesIn(folder).map((name) => path.relative(cwd, path.join(folder, name)));
  return named.map((name) => {
    const places = [path.resolve(cwd, name), path.join(folder, `${name}.scenarios.yaml`)];
    const place = places.find((one) => /\.ya?ml$|\.json$/.test(one) && existsSync(one));
    if (place === undefined)
      throw new InvalidArgumentError(`There is no file ${name}, and no ${name}.scenarios.yaml in ${folder}.`);
    return path.relative(cwd, place);
  });
}

export interface RunParts {
  readonly cwd: string;
  readonly config: Config;
  readonly registry: ToolRegistry;
  readonly now: () => number;
  /** Absent: memory, in virtual time. */
  readonly engine?: ScenarioEngine;
}

/** Waiting is most of what scenarios on a server do. */
const AT_ONCE = 6;

export async function runFile(file: string, { cwd, config, registry, now, engine }: RunParts): Promise<FileRun> {
  const place = path.resolve(cwd, file);
  const { scenarios, diagnostics } = parseScenarios({ text: readFileSync(place, 'utf8'), file }, registry);
  const world: ScenarioWorld = {
    registry,
    definition: (id) => Promise.resolve(findSource(id, [path.dirname(place), config.definitionsDir])),
    flags: Object.fromEntries(config.featureFlags.map(({ name, enabled }) => [name, enabled])),
    settings: {},
    now,
    ...(engine && { engine }),
  };
  const results: ScenarioResult[] = [];
  const todo = scenarios.entries();
  const lane = async (): Promise<void> => {
    for (const [index, scenario] of todo) results[index] = await runScenario(scenario, world, file);
  };
  await Promise.all(Array.from({ length: engine === undefined ? 1 : AT_ONCE }, lane));
  return { file, diagnostics, results };
}

/** A definition beside the scenarios comes before one of the definitions folder. */
function findSource(id: string, folders: readonly string[]): DefinitionSource | undefined {
  if (!/^[a-z][a-z0-9-]*$/.test(id)) return undefined;
  for (const folder of folders)
    for (const ending of ['.yaml', '.yml']) {
      const place = path.join(folder, id + ending);
      if (!existsSync(place)) continue;
      const { schemas } = definitionFolder(folder, { follow: true });
      return { text: readFileSync(place, 'utf8'), file: path.basename(place), schemas };
    }
  return undefined;
}
