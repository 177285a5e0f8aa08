/** `definition_scaffolding` and `code_generation`: a definition and its scenarios out of a goal in words, or a list of steps. */
import { z } from 'zod';
import { compileDefinition } from '../../language/compile';
import { slug } from '../../language/names';
import { nearWord } from '../../language/near-word';
import type { JsonSchema } from '../../plan/json';
import { OmniError } from '../../plan/problem';
import type { ToolRegistry } from '../../tools/registry';
import type { ToolContract } from '../../tools/tool';
import type { CapabilityCall } from '../capability';
import { defineCapability } from '../capability';
import { diagnosticShape, told } from './given-definition';
import type { PlannedStep, Sketch } from './scaffold-text';
import { definitionText, providersFor, scenariosText } from './scaffold-text';
import type { BenchReport, ScenarioBench } from './test-execution';
import { clausesOf, toolFor } from './tool-match';

export interface ScaffoldParts {
  readonly registry: ToolRegistry;
  readonly bench: ScenarioBench;
}

/** What an execution may spend until somebody says otherwise, in US dollars. */
const MAX_COST = 1;

const wish = z.strictObject({
  goal: z.string().min(3).max(2_000).optional().describe('What is to be done, in words: each part of it a step.'),
  steps: z
    .array(z.string().min(3).max(200))
    .min(1)
    .max(30)
    .optional()
    .describe('The steps one by one, each the name of a tool or a few words about it.'),
  name: z.string().min(1).max(100).optional().describe('What people are to call it.'),
  id: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,99}$/)
    .optional(),
});
type Wish = z.output<typeof wish>;

const chosen = z.object({ step: z.string(), tool: z.string(), providers: z.array(z.string()), words: z.string() });
const facts = {
  id: z.string(),
  steps: z.array(chosen).describe('Which tool each step became.'),
  unmatched: z.array(z.string()).describe('Words for which there is no tool.'),
  diagnostics: z.array(diagnosticShape).describe('Warnings and hints; it compiles.'),
  scenariosPassed: z.number(),
};

export const definitionScaffolding = (parts: ScaffoldParts) =>
  defineCapability({
    description: 'Writes a definition that compiles and scenarios that pass, from a goal or steps in words.',
    input: wish,
    output: z.object({ ...facts, definition: z.string().describe('YAML.'), scenarios: z.string().describe('YAML.') }),
    run: async (input, call) => ({ output: await scaffold(input, { ...parts, call }) }),
  });

export const codeGeneration = (parts: ScaffoldParts) =>
  defineCapability({
    description: 'The same as files: the code of this platform is its definitions.',
    input: wish,
    output: z.object({ ...facts, files: z.array(z.object({ path: z.string(), content: z.string() })) }),
    async run(input, call) {
      const { definition, scenarios, ...rest } = await scaffold(input, { ...parts, call });
      const path = `definitions/${rest.id}`;
      const files = [
        { path: `${path}.yaml`, content: definition },
        { path: `${path}.scenarios.yaml`, content: scenarios },
      ];
      return { output: { ...rest, files } };
    },
  });

async function scaffold(input: Wish, { registry, bench, call }: ScaffoldParts & { readonly call: CapabilityCall }) {
  const { matched, unmatched } = matchedSteps(input, registry);
  const title =
    input.name ??
    (input.goal === undefined ? matched.map(({ contract }) => contract.title).join(', ') : firstWords(input.goal));
  const sketch = {
    id: input.id ?? (slug(title) || 'scaffold'),
    name: title,
    ...(input.goal === undefined ? {} : { description: input.goal }),
    steps: matched,
    sample: (schema: JsonSchema) => bench.sample(schema),
  };
  call.report(`${matched.length} steps matched`);
  const { text, diagnostics, kept } = compiling(sketch, registry);
  const scenarios = scenariosText(kept);
  const report = await bench.run({
    scenarios: { text: scenarios, file: 'scenarios' },
    definition: text,
    signal: call.signal,
  });
  refuseFailing(report);
  return {
    id: sketch.id,
    steps: matched.map(({ name, contract, providers, description = '' }) => ({
      step: name,
      tool: contract.name,
      providers,
      words: description,
    })),
    unmatched,
    diagnostics: diagnostics.map(told),
    scenariosPassed: report.results.length,
    definition: text,
    scenarios,
  };
}

function matchedSteps(input: Wish, registry: ToolRegistry) {
  const words = [
    ...(input.goal === undefined || input.steps !== undefined ? [] : clausesOf(input.goal)),
    ...(input.steps ?? []),
  ];
  if (words.length === 0) throw new OmniError('validation', 'The task needs a goal, or steps, in words.');
  const found = words.map((text) => ({ text, contract: toolFor(text, registry) }));
  const unmatched = found.filter(({ contract }) => contract === undefined).map(({ text }) => text);
  const names = new Map<string, number>();
  const matched = found.flatMap(({ text, contract }): readonly PlannedStep[] => {
    if (contract === undefined) return [];
    return [
      { name: nameOf(contract, names), contract, providers: providersFor(contract.name, registry), description: text },
    ];
  });
  if (matched.length > 0 && (input.steps === undefined || unmatched.length === 0)) return { matched, unmatched };
  const [first = ''] = unmatched;
  const near = nearWord(
    first,
    registry.contracts().map(({ name }) => name),
  );
  throw new OmniError(
    'validation',
    `No tool of the catalogue does this: ${unmatched.join('; ')}. ${near === undefined ? 'GET /tools lists those there are; name them, or say it in their words.' : `Did you mean ${near}?`}`,
  );
}

function nameOf({ name }: ToolContract, names: Map<string, number>): string {
  const base = name.replace(/\W/g, '_');
  const number = (names.get(base) ?? 0) + 1;
  names.set(base, number);
  return number === 1 ? base : `${base}_${number}`;
}

const firstWords = (goal: string): string => goal.replace(/\s+/g, ' ').trim().split(' ').slice(0, 8).join(' ');

/** The fullest that compiles: with a limit of money, steps that hand on what they made; else without the one or the other. */
function compiling(sketch: Omit<Sketch, 'linked'>, registry: ToolRegistry) {
  const variants: readonly Sketch[] = [
    { ...sketch, linked: true, maxCost: MAX_COST },
    { ...sketch, linked: true },
    { ...sketch, linked: false, maxCost: MAX_COST },
    { ...sketch, linked: false },
  ];
  let fault = '';
  for (const kept of variants) {
    const text = definitionText(kept);
    const { plan, diagnostics } = compileDefinition({ text, file: 'definition' }, registry);
    const unpriced = diagnostics.some(({ code }) => code === 'unknown-price');
    if (plan !== undefined && !(unpriced && kept.maxCost !== undefined)) return { text, diagnostics, kept };
    fault = diagnostics.find(({ severity }) => severity === 'error')?.message ?? fault;
  }
  throw new OmniError('tool-error', `No definition of these steps compiles: ${fault} Name other tools, or fewer.`, {
    retryable: false,
  });
}

function refuseFailing({ results, diagnostics }: BenchReport): void {
  const failed = results.find(({ passed }) => !passed);
  if (failed === undefined && results.length > 0) return;
  const why =
    failed?.error?.detail ??
    failed?.differences[0]?.path ??
    diagnostics.find(({ severity }) => severity === 'error')?.message;
  throw new OmniError(
    'tool-error',
    `The definition compiles, and its scenario ${failed?.name ?? ''} does not pass: ${why ?? 'there is none'} Name the steps one by one.`,
    { retryable: false },
  );
}
