/** YAML or JSON text → scenarios and diagnostics: one scenario in the specification's form, or a file of several. */
import { ToolRegistry } from '../tools/registry';
import type { Diagnostic } from './diagnostic';
import { readFields } from './mapping';
import type { Fields } from './mapping';
import type { Report } from './report';
import { createReport } from './report';
import type { DeclaredTool, MockAgent, MockTool, Scenario, ScenarioStep } from './scenario';
import { readAgent } from './scenario-agent';
import { readExpectation } from './scenario-expect';
import { readMessages } from './scenario-message';
import type { MockReader } from './scenario-mock';
import { readMock } from './scenario-mock';
import type { Setup } from './scenario-setup';
import { checkTeardown, readSetup } from './scenario-setup';
import { readTools } from './scenario-tool';
import { itemsOf, readMoment, readObject, readPlain, readWord, textOf } from './scenario-value';
import {
  EXECUTE_WORDS,
  FILE_WORDS,
  FLAG_WORDS,
  LONE_SCENARIO_WORDS,
  SCENARIO_WORDS,
  STEP_WORDS,
} from './scenario-words';
import type { Tree } from './tree';
import { entryOf } from './tree';
import { parseTree } from './yaml-tree';

export interface ScenarioSource {
  /** YAML or JSON. */
  readonly text: string;
  /** File name or label. */
  readonly file: string;
}

export interface ParsedScenarios {
  /** Empty when a diagnostic is an error. */
  readonly scenarios: readonly Scenario[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What all scenarios of a file have. */
interface Ground extends MockReader {
  readonly tools: readonly DeclaredTool[];
  readonly mocks: readonly MockTool[];
  readonly agents: readonly MockAgent[];
  readonly setup: Setup;
}

const NO_SETUP: Setup = { mocks: [], agents: [], flags: {} };

/** `registry`: the tools that exist; the file may declare more. */
export function parseScenarios(source: ScenarioSource, registry: ToolRegistry): ParsedScenarios {
  const report = createReport(source);
  const tree = parseTree(report);
  if (tree === undefined) return { scenarios: [], diagnostics: report.diagnostics() };
  const scenarios =
    entryOf(tree, 'scenarios') === undefined ? readLone(report, tree, registry) : readFile(report, tree, registry);
  const diagnostics = report.diagnostics();
  return { scenarios: report.hasErrors() ? [] : scenarios, diagnostics };
}

/** One mock in the form of an entry of `mocks`. */
export function parseMock(
  source: ScenarioSource,
  registry: ToolRegistry,
): { readonly mocks: readonly MockTool[]; readonly diagnostics: readonly Diagnostic[] } {
  const report = createReport(source);
  const tree = parseTree(report);
  const mocks = tree === undefined ? [] : readMock({ report, registry }, tree);
  return { mocks: report.hasErrors() ? [] : mocks, diagnostics: report.diagnostics() };
}

function readLone(report: Report, tree: Tree, registry: ToolRegistry): readonly Scenario[] {
  const fields = readFields(report, tree, LONE_SCENARIO_WORDS, 'a scenario');
  if (fields === undefined) return [];
  const tools = readTools(report, fields.tools);
  const ground = { report, registry: withTools(registry, tools), tools, mocks: [], agents: [], setup: NO_SETUP };
  return [scenarioOf(ground, fields)].flatMap((scenario) => scenario ?? []);
}

function readFile(report: Report, tree: Tree, registry: ToolRegistry): readonly Scenario[] {
  const fields = readFields(report, tree, FILE_WORDS, 'a scenario file');
  if (fields === undefined) return [];
  const tools = readTools(report, fields.tools);
  const reader: MockReader = { report, registry: withTools(registry, tools) };
  const mocks = itemsOf(report, fields.mocks).flatMap((item) => readMock(reader, item));
  const agents = itemsOf(report, fields.agents).flatMap((item) => readAgent(report, item) ?? []);
  const ground = { ...reader, tools, mocks, agents, setup: readSetup(report, fields.setup, reader.registry) };
  const seen = new Set<string>();
  return itemsOf(report, fields.scenarios).flatMap((item) => {
    const inner = readFields(report, item, SCENARIO_WORDS, 'a scenario');
    const scenario = inner && scenarioOf(ground, inner);
    if (scenario === undefined) return [];
    if (seen.has(scenario.name) && inner?.name !== undefined)
      report.add('duplicate-name', inner.name.value.range, `Two scenarios are called ${scenario.name}.`);
    seen.add(scenario.name);
    return [scenario];
  });
}

/** The same with contracts for what does not exist yet. Providers are not opened or closed through it. */
export function withTools(registry: ToolRegistry, tools: readonly DeclaredTool[]): ToolRegistry {
  const own = new Set(tools.map(({ contract }) => contract.name));
  const contracts = registry.contracts().filter(({ name }) => !own.has(name));
  return new ToolRegistry(
    [...contracts, ...tools.map(({ contract }) => contract)],
    registry.providers(),
    registry.overrides,
  );
}

/** A provider that the file calls unconfigured is configured in a scenario that mocks it itself. */
function reconfigured(mocks: readonly MockTool[], own: readonly MockTool[]): readonly MockTool[] {
  const mocked = new Set(own.map(({ provider }) => provider));
  return mocks.map(({ unconfigured, ...mock }) =>
    unconfigured === undefined || mocked.has(mock.provider) ? mock : { ...mock, unconfigured },
  );
}

function scenarioOf(ground: Ground, fields: Fields<typeof SCENARIO_WORDS>): Scenario | undefined {
  const { report, registry, tools } = ground;
  const name = textOf(report, fields.name);
  const description = textOf(report, fields.description);
  const setup = readSetup(report, fields.setup, registry);
  const own = itemsOf(report, fields.mocks).flatMap((item) => readMock(ground, item));
  const agents = itemsOf(report, fields.agents).flatMap((item) => readAgent(report, item) ?? []);
  checkTeardown(report, fields.teardown);
  if (fields.steps?.value.kind === 'list' && fields.steps.value.items.length === 0)
    report.add('wrong-shape', fields.steps.keyRange, 'A scenario without a step shows nothing. Write one.');
  const steps = itemsOf(report, fields.steps).flatMap((item) => readStep(ground, item) ?? []);
  const unmocked =
    fields.unmocked && readWord(report, fields.unmocked.value, { words: ['fail', 'sample'], what: 'the key unmocked' });
  const mocked = fields.mocks !== undefined || ground.mocks.length > 0;
  return {
    name: name ?? '',
    ...(description === undefined ? {} : { description }),
    tools,
    // A command only makes a mock; an entry of `mocks`, wherever it stands, says what it answers.
    mocks: [...ground.setup.mocks, ...setup.mocks, ...reconfigured(ground.mocks, own), ...own],
    agents: [...ground.setup.agents, ...setup.agents, ...ground.agents, ...agents],
    flags: { ...ground.setup.flags, ...setup.flags },
    unmocked: unmocked ?? (mocked ? 'fail' : 'sample'),
    steps: withBlock(ground, fields, steps),
  };
}

/** `messages` and `expect` of the scenario belong to its one execution. */
function withBlock(
  ground: Ground,
  { messages, expect }: Fields<typeof SCENARIO_WORDS>,
  steps: readonly ScenarioStep[],
): readonly ScenarioStep[] {
  const given = messages ?? expect;
  if (given === undefined) return steps;
  const { report } = ground;
  const block = { messages: readMessages(report, messages), expect: readExpectation(ground, expect) };
  if (steps.filter(({ action }) => action === 'execute_workflow').length !== 1) {
    const message = `The key ${given.key} belongs to one execution, and this scenario has not exactly one. Write it in the step.`;
    report.add('wrong-shape', given.keyRange, message);
    return steps;
  }
  return steps.map((step) =>
    step.action === 'execute_workflow'
      ? {
          ...step,
          messages: [...step.messages, ...block.messages],
          ...(block.expect === undefined ? {} : { expect: { ...step.expect, ...block.expect } }),
        }
      : step,
  );
}

const ACTIONS = ['execute_workflow', 'check_feature_flag'] as const;

function readStep(ground: Ground, tree: Tree): ScenarioStep | undefined {
  const { report } = ground;
  const fields = readFields(report, tree, STEP_WORDS, 'a step of a scenario');
  const action = fields?.action && readWord(report, fields.action.value, { words: ACTIONS, what: 'an action' });
  if (fields?.input === undefined || action === undefined) return undefined;
  const expected = readPlain(report, fields.expectedOutput);
  const known = expected === undefined ? {} : { expected };
  if (action === 'execute_workflow') return { action, ...readExecute(ground, fields), ...known };
  for (const entry of [fields.messages, fields.expect, fields.timeout])
    if (entry !== undefined)
      report.add('unknown-key', entry.keyRange, `A step that checks a flag has no key ${entry.key}.`);
  const flag = textOf(report, readFields(report, fields.input.value, FLAG_WORDS, 'the key input')?.name);
  return flag === undefined ? undefined : { action, flag, ...known };
}

function readExecute(ground: Ground, fields: Fields<typeof STEP_WORDS>) {
  const { report } = ground;
  const input: Fields<typeof EXECUTE_WORDS> =
    (fields.input && readFields(report, fields.input.value, EXECUTE_WORDS, 'the key input')) ?? {};
  const timeoutMs = readMoment(report, fields.timeout);
  const expect = readExpectation(ground, fields.expect);
  return {
    workflow: textOf(report, input.workflowName) ?? '',
    payload: readObject(report, input.payload) ?? {},
    context: readPlain(report, input.context) ?? {},
    messages: readMessages(report, fields.messages),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(expect === undefined ? {} : { expect }),
  };
}
