/** `test_execution`: runs scenarios in memory and virtual time, and says where each came otherwise than expected. */
import { z } from 'zod';
import type { Diagnostic } from '../../language/diagnostic';
import type { Json, JsonSchema } from '../../plan/json';
import { OmniError } from '../../plan/problem';
import type { Problem } from '../../plan/problem';
import { defineCapability } from '../capability';
import { definitionText, diagnosticShape, told } from './given-definition';

/** What runs scenarios. Nothing of them touches anything live. */
export interface ScenarioBench {
  /** The scenarios that lie beside a definition; undefined: there are none. */
  stored(id: string): Promise<ScenarioText | undefined>;
  run(request: BenchRequest): Promise<BenchReport>;
  /** The least value of a type that carries no meaning. */
  sample(schema: JsonSchema): Json;
}

export interface ScenarioText {
  readonly text: string;
  readonly file: string;
}

export interface BenchRequest {
  readonly scenarios: ScenarioText;
  /** Stands in for the definition of its id; others are found as ever. */
  readonly definition?: string;
  readonly signal: AbortSignal;
}

export interface BenchReport {
  /** Of the scenarios. */
  readonly diagnostics: readonly Diagnostic[];
  readonly results: readonly BenchResult[];
  /** JUnit XML. */
  readonly junit: string;
}

export interface BenchResult {
  readonly name: string;
  readonly passed: boolean;
  /** Real milliseconds. */
  readonly duration: number;
  readonly virtualDuration: number;
  readonly differences: readonly {
    readonly path: string;
    readonly expected?: Json;
    readonly got?: Json;
    readonly note?: string;
  }[];
  readonly error?: Problem;
}

const difference = z.object({
  path: z.string().describe('What was held against what came: `expect.output.total`.'),
  expected: z.json().optional(),
  got: z.json().optional(),
  note: z.string().optional(),
});

export const testExecution = (bench: ScenarioBench) =>
  defineCapability({
    description: 'Runs the scenarios of a definition in memory and virtual time; calls no provider.',
    input: z.strictObject({
      workflowName: z.string().min(1).optional().describe('Id of the definition whose stored scenarios are run.'),
      scenarios: z.string().min(1).max(1_000_000).optional().describe('Scenarios as YAML or JSON, instead of those.'),
      definition: definitionText.optional().describe('Stands in for the definition of its id.'),
    }),
    output: z.object({
      passed: z.boolean(),
      total: z.number(),
      failed: z.number(),
      duration: z.number().describe('Milliseconds.'),
      results: z.array(
        z.object({ name: z.string(), passed: z.boolean(), duration: z.number(), virtualDuration: z.number() }),
      ),
      failures: z.array(
        z.object({
          name: z.string(),
          file: z.string(),
          line: z.number().optional().describe('Of its name.'),
          detail: z.string().optional().describe('What kept it from running.'),
          differences: z.array(difference),
        }),
      ),
      diagnostics: z.array(diagnosticShape).describe('Of the scenarios themselves.'),
      junit: z.string().describe('The same as JUnit XML.'),
    }),
    async run({ workflowName, scenarios, definition }, { signal, report }) {
      const text = await scenariosOf(bench, { workflowName, scenarios });
      report(`running ${text.file}`);
      const given = definition === undefined ? {} : { definition };
      const { diagnostics, results, junit } = await bench.run({ scenarios: text, signal, ...given });
      const failed = results.filter(({ passed }) => !passed);
      return {
        output: {
          passed: failed.length === 0 && results.length > 0,
          total: results.length,
          failed: failed.length,
          duration: results.reduce((sum, { duration }) => sum + duration, 0),
          results: results.map(({ name, passed, duration, virtualDuration }) => ({
            name,
            passed,
            duration,
            virtualDuration,
          })),
          failures: failed.map((one) => failureOf(one, text)),
          diagnostics: diagnostics.map(told),
          junit,
        },
      };
    },
  });

async function scenariosOf(
  bench: ScenarioBench,
  { workflowName, scenarios }: { readonly workflowName: string | undefined; readonly scenarios: string | undefined },
): Promise<ScenarioText> {
  if (scenarios !== undefined) return { text: scenarios, file: 'scenarios' };
  if (workflowName === undefined)
    throw new OmniError('validation', 'The task needs scenarios, or workflowName, the id of a definition with some.');
  const stored = await bench.stored(workflowName);
  if (stored !== undefined) return stored;
  throw new OmniError(
    'not-found',
    `There are no scenarios of ${workflowName}. Write ${workflowName}.scenarios.yaml beside the definition, or send scenarios.`,
    { retryable: false },
  );
}

function failureOf({ name, differences, error }: BenchResult, { text, file }: ScenarioText): object {
  const line = lineOf(text, name);
  return {
    name,
    file,
    ...(line === undefined ? {} : { line }),
    ...(error === undefined ? {} : { detail: error.detail }),
    differences: differences.map((one) => ({ ...one })),
  };
}

/** From 1: where the scenario's name is written. */
function lineOf(text: string, name: string): number | undefined {
  const index = text.split('\n').findIndex((line) => {
    const written = /^[\s-]*"?name"?\s*:\s*(.*?),?\s*$/.exec(line)?.[1];
    return written !== undefined && [name, `'${name}'`, `"${name}"`].includes(written);
  });
  return index === -1 ? undefined : index + 1;
}
