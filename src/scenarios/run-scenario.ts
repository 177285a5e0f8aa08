/** Runs one scenario. Nothing of it touches a live flag, mock, provider or execution. */
import type { DefinitionSource } from '../language/compile';
import { compileWithCalled } from '../language/compile-with-called';
import type { ExecuteStep, FlagStep, MockAgent, MockTool, Scenario } from '../language/scenario';
import { validateValue } from '../language/validate';
import type { Json, JsonObject } from '../plan/json';
import type { Plan } from '../plan/plan';
import type { Problem } from '../plan/problem';
import { OmniError, toProblem } from '../plan/problem';
import type { Usage } from '../plan/record';
import type { ToolRegistry } from '../tools/registry';
import type { Difference } from './difference';
import { differences } from './difference';
import { reason, unmet } from './expectation';
import { mockRegistry, mocksByKey } from './mock-registry';
import { withNeeded } from './needed-fields';
import type { ScenarioResult, ScenarioStepResult } from './result';
import { complete } from './sample';
import type { ScenarioEngine } from './engine';
import { VIRTUAL_ENGINE } from './engine';
import type { ExecutionOutcome, ExecutionParts } from './virtual-execution';

export interface ScenarioWorld {
  /** Which tools and providers exist; none of them is called. */
  readonly registry: ToolRegistry;
  readonly definition: (id: string) => Promise<DefinitionSource | undefined>;
  /** Flags before the scenario's own. */
  readonly flags: JsonObject;
  readonly settings: JsonObject;
  /** Made outside of the scenario, which goes over them. */
  readonly mocks?: readonly MockTool[];
  readonly agents?: readonly MockAgent[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** What runs the executions; absent: memory, in virtual time. */
  readonly engine?: ScenarioEngine;
}

/** Never rejects: what keeps it from running is in the result. */
export async function runScenario(scenario: Scenario, world: ScenarioWorld, file?: string): Promise<ScenarioResult> {
  const startedAt = world.now();
  const run = new ScenarioRun(scenario, world);
  const error = await run.steps().then(
    () => run.lacks,
    (thrown: unknown) => toProblem(thrown),
  );
  const { name, description } = scenario;
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...(file === undefined ? {} : { file }),
    passed: error === undefined && run.differences.length === 0,
    duration: world.now() - startedAt,
    virtualDuration: run.results.reduce((sum, { duration }) => sum + duration, 0),
    startedAt: new Date(startedAt).toISOString(),
    engine: run.engine.name,
    steps: run.results,
    differences: run.differences,
    ...(error === undefined ? {} : { error }),
    filled: run.filled,
    madeUp: run.madeUp,
  };
}

class ScenarioRun {
  readonly results: ScenarioStepResult[] = [];
  readonly differences: Difference[] = [];
  readonly filled: string[] = [];
  readonly madeUp: string[] = [];
  lacks: Problem | undefined;
  readonly engine: ScenarioEngine;
  readonly #parts: ExecutionParts;

  constructor(
    private readonly scenario: Scenario,
    private readonly world: ScenarioWorld,
  ) {
    this.engine = world.engine ?? VIRTUAL_ENGINE;
    const mocks = mocksByKey([...(world.mocks ?? []), ...scenario.mocks]);
    const registry = mockRegistry(world.registry, scenario, mocks);
    const prices = scenario.tools.flatMap(({ contract, price }) =>
      price === undefined ? [] : [[contract.name, price] as const],
    );
    this.#parts = {
      registry,
      mocks,
      prices: new Map(prices),
      agents: [...(world.agents ?? []), ...scenario.agents],
      unmocked: scenario.unmocked,
      snapshot: { flags: { ...world.flags, ...scenario.flags }, settings: world.settings },
      plan: (id) => loadPlan(id, { world, registry }),
      onMadeUp: (what) => void this.madeUp.push(what),
    };
  }

  async steps(): Promise<void> {
    for (const [index, step] of this.scenario.steps.entries()) {
      if (this.lacks !== undefined) return;
      const place = `steps[${index}]`;
      if (step.action === 'check_feature_flag') this.#checkFlag(step, place);
      else await this.#execute(step, place);
    }
  }

  #checkFlag({ action, flag, expected }: FlagStep, place: string): void {
    const { flags } = this.#parts.snapshot;
    if (!Object.hasOwn(flags, flag)) {
      this.differences.push({ path: `${place}.input.name`, expected: flag, note: `There is no flag ${flag}.` });
      this.results.push({ action, passed: false, duration: 0 });
      return;
    }
    const output = { name: flag, enabled: flags[flag] ?? false };
    const faults = expected === undefined ? [] : differences(`${place}.expectedOutput`, expected, output);
    this.differences.push(...faults);
    this.results.push({ action, passed: faults.length === 0, output, duration: 0 });
  }

  async #execute(step: ExecuteStep, place: string): Promise<void> {
    const { action, workflow } = step;
    const plan = await this.#parts.plan(workflow);
    // Nothing of this scenario is more than a sketch, so its payload may be one too.
    const sketch = this.scenario.unmocked === 'sample';
    const input = sketch ? withNeeded(plan, this.#parts.registry) : plan.input;
    const { value, filled } = complete(input, step.payload);
    this.filled.push(...filled);
    const { value: payload, faults } = validateValue(plan.input, value, '');
    const [fault] = faults;
    if (fault !== undefined)
      throw new OmniError('validation', `The payload does not fit ${workflow}: ${fault.pointer} ${fault.detail}`, {
        errors: faults,
      });
    const outcome = await this.engine.run(plan, { ...step, payload: payload as JsonObject }, this.#parts);
    this.lacks = outcome.lacks;
    const found = outcome.lacks === undefined ? faultsOf(step, outcome, place) : [];
    this.differences.push(...found);
    this.results.push({
      action,
      passed: found.length === 0 && outcome.lacks === undefined,
      workflow,
      version: plan.version,
      output: seen(outcome),
      duration: outcome.elapsedMs,
      ...(outcome.executionId === undefined ? {} : { executionId: outcome.executionId }),
      path: outcome.steps.map(({ path, status }) => ({ step: path, status })),
    });
  }
}

function faultsOf(step: ExecuteStep, outcome: ExecutionOutcome, place: string): readonly Difference[] {
  const { expected, expect, timeoutMs = Infinity } = step;
  return [
    ...outcome.differences.map((one) => ({ ...one, path: `${place}.${one.path}` })),
    ...(expected === undefined ? [] : noted(differences(`${place}.expectedOutput`, expected, seen(outcome)), outcome)),
    ...(outcome.elapsedMs > timeoutMs
      ? [{ path: `${place}.timeout`, expected: `at most ${timeoutMs} ms`, got: `${outcome.elapsedMs} ms` }]
      : []),
    ...(expect === undefined ? [] : unmet(expect, outcome, 'expect')),
  ];
}

/** Why it failed, beside the status. */
function noted(found: readonly Difference[], { error }: ExecutionOutcome): readonly Difference[] {
  if (error === undefined) return found;
  const note = reason(error);
  return found.map((one) => (one.path.endsWith('.expectedOutput.status') ? { ...one, note } : one));
}

/** As `executeWorkflow` gives it. */
function seen({ status, output, error, usage, elapsedMs, steps }: ExecutionOutcome): Json {
  return JSON.parse(
    JSON.stringify({
      status,
      output,
      error,
      duration: elapsedMs,
      usage: usage satisfies Usage,
      steps: steps.map(({ path, name, kind, status: how, output: out, error: why, provider }) => ({
        path,
        name,
        kind,
        status: how,
        output: out,
        error: why,
        provider,
      })),
    }),
  ) as Json;
}

async function loadPlan(
  id: string,
  { world, registry }: { readonly world: ScenarioWorld; readonly registry: ToolRegistry },
): Promise<Plan> {
  const source = await world.definition(id);
  if (source === undefined)
    throw new OmniError(
      'not-found',
      `There is no definition ${id || 'without a name'} to execute. Check workflowName.`,
    );
  const { plan, diagnostics } = await compileWithCalled(source, registry, {
    ids: [],
    source: world.definition,
  });
  if (plan !== undefined) return plan;
  const first = diagnostics.find(({ severity }) => severity === 'error');
  const where = first === undefined ? '' : ` ${first.file}:${first.line}:${first.column}: ${first.message}`;
  throw new OmniError('validation', `The definition ${id} has errors and cannot be run.${where}`);
}
