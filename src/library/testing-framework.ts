/** The library's face to scenarios: tests of definitions in virtual time, which touch nothing live. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Catalogue } from '../catalogue/catalogue';
import type { Config } from '../config';
import type { Diagnostic } from '../language/diagnostic';
import { nearWord } from '../language/near-word';
import { slug } from '../language/names';
import type { MockAgent, MockTool, Scenario } from '../language/scenario';
import { parseMock, parseScenarios } from '../language/scenario-file';
import type { Json, JsonObject } from '../plan/json';
import { OmniError } from '../plan/problem';
import { htmlReport } from '../scenarios/report-html';
import type { ScenarioResult } from '../scenarios/result';
import type { ScenarioWorld } from '../scenarios/run-scenario';
import { runScenario } from '../scenarios/run-scenario';
import type { ScenarioStatistics } from '../scenarios/statistics';
import { statisticsOf } from '../scenarios/statistics';
import type { ToolRegistry } from '../tools/registry';
import { definitionSource } from './definition-source';
import { faultsOf, invalid } from './faults';
import { scenarioFilesIn } from './scenario-folder';

export interface TestingFramework {
  /**
   * Runs a scenario, YAML text or the same as an object, in virtual time. Resolves however it went; rejects with `RefusedScenario`
   * when it cannot be read.
   */
  runTestScenario(scenario: string | JsonObject): Promise<ScenarioResult>;
  /** Runs the scenario of that name, or that name's slug, from the definitions folder. Rejects with `not-found`. */
  runStoredScenario(name: string): Promise<ScenarioResult>;
  /** Scenarios from now on see it; their own mocks go over it. `{ name, provider, responses, defaultResponse, defaultDelay }`. */
  createMockTool(mockTool: JsonObject): Promise<void>;
  /** Scenarios from now on see it: it answers `agent` steps whose capability is one of its message types. */
  createMockAgent(mockAgent: MockAgentRequest): Promise<void>;
  /** The last 500, the newest last. */
  getTestResults(): Promise<readonly ScenarioResult[]>;
  getTestStatistics(): Promise<ScenarioStatistics>;
  /** A page of HTML. */
  getTestReport(): Promise<string>;
}

export interface MockAgentRequest {
  readonly id: string;
  readonly name: string;
  readonly capabilities: readonly string[];
  readonly responses?: readonly { readonly messageType: string; readonly response: Json; readonly delay?: number }[];
  readonly defaultResponse?: Json;
  /** Milliseconds. */
  readonly defaultDelay?: number;
}

/** A scenario or a mock could not be read. */
export class RefusedScenario extends OmniError {
  constructor(readonly diagnostics: readonly Diagnostic[]) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    const [first] = errors;
    const place = first === undefined ? '' : ` The first, in line ${first.line}: ${first.message}`;
    super('validation', `The scenario has ${errors.length} error${errors.length === 1 ? '' : 's'}.${place}`, {
      status: 422,
    });
  }
}

export interface TestingParts {
  readonly catalogue: Catalogue;
  readonly registry: ToolRegistry;
  readonly config: Pick<Config, 'definitionsDir' | 'featureFlags'>;
}

const MAX_RESULTS = 500;
const MAX_MOCKS = 1_000;

const Agent = z.strictObject({
  id: z.string().min(1),
  name: z.string().min(1),
  capabilities: z.array(z.string()),
  responses: z
    .array(z.strictObject({ messageType: z.string(), response: z.json(), delay: z.number().min(0).optional() }))
    .default([]),
  defaultResponse: z.json().optional(),
  defaultDelay: z.number().min(0).default(0),
});

export function createTestingFramework(parts: TestingParts): TestingFramework {
  const { registry, config } = parts;
  const results: ScenarioResult[] = [];
  const mocks: MockTool[] = [];
  const agents = new Map<string, MockAgent>();
  const world = (): ScenarioWorld => ({
    registry,
    definition: (id) => definitionSource(parts, id),
    flags: Object.fromEntries(config.featureFlags.map(({ name, enabled }) => [name, enabled])),
    settings: {},
    mocks,
    agents: [...agents.values()],
    now: () => Date.now(),
  });
  const run = async (scenario: Scenario, file?: string): Promise<ScenarioResult> => {
    const result = await runScenario(scenario, world(), file);
    results.push(result);
    if (results.length > MAX_RESULTS) results.shift();
    return result;
  };

  return {
    async runTestScenario(given) {
      const text = typeof given === 'string' ? given : JSON.stringify(given, null, 2);
      const { scenarios, diagnostics } = parseScenarios({ text, file: 'scenario' }, registry);
      const [scenario, second] = scenarios;
      if (scenario === undefined) throw new RefusedScenario(diagnostics);
      if (second !== undefined)
        throw new OmniError(
          'validation',
          'This is a file of several scenarios. Run them one by one, or with omni test.',
        );
      return run(scenario);
    },
    async runStoredScenario(name) {
      const { scenario, file } = findStored(name, parts);
      return run(scenario, file);
    },
    // Done before the first await, so that callers who do not wait have it all the same.
    // eslint-disable-next-line @typescript-eslint/require-await
    async createMockTool(given) {
      const { name, ...rest } = given;
      const text = JSON.stringify(name === undefined ? rest : { tool: name, ...rest }, null, 2);
      const parsed = parseMock({ text, file: 'mock' }, registry);
      if (parsed.mocks.length === 0) throw new RefusedScenario(parsed.diagnostics);
      for (const mock of parsed.mocks) {
        const at = mocks.findIndex(({ tool, provider }) => tool === mock.tool && provider === mock.provider);
        if (at !== -1) mocks.splice(at, 1);
        mocks.push(mock);
      }
      if (mocks.length > MAX_MOCKS) mocks.splice(0, mocks.length - MAX_MOCKS);
    },
    // eslint-disable-next-line @typescript-eslint/require-await
    async createMockAgent(given) {
      const parsed = Agent.safeParse(given);
      if (!parsed.success) throw invalid('The mock agent', faultsOf(parsed.error));
      agents.set(parsed.data.id, agentOf(parsed.data));
    },
    getTestResults: () => Promise.resolve([...results]),
    getTestStatistics: () => Promise.resolve(statisticsOf(results)),
    getTestReport: () => Promise.resolve(htmlReport(results, new Date().toISOString())),
  };
}

function agentOf({
  id,
  name,
  capabilities,
  responses,
  defaultResponse,
  defaultDelay,
}: z.infer<typeof Agent>): MockAgent {
  return {
    id,
    name,
    capabilities,
    responses: responses.map(({ messageType, response, delay = 0 }) => ({
      messageType,
      answer: { output: response, delayMs: delay },
    })),
    ...(defaultResponse === undefined ? {} : { fallback: { output: defaultResponse, delayMs: defaultDelay } }),
  };
}

function findStored(
  name: string,
  { registry, config }: TestingParts,
): { readonly scenario: Scenario; readonly file: string } {
  const stored = scenarioFilesIn(config.definitionsDir).flatMap((file) => {
    const text = readFileSync(path.join(config.definitionsDir, file), 'utf8');
    return parseScenarios({ text, file }, registry).scenarios.map((scenario) => ({ scenario, file }));
  });
  const found =
    stored.find(({ scenario }) => scenario.name === name) ??
    stored.find(({ scenario }) => slug(scenario.name) === name);
  if (found !== undefined) return found;
  const names = stored.map(({ scenario }) => slug(scenario.name));
  const near = nearWord(name, names);
  const hint =
    near === undefined ? 'Send one as the body, or write it beside its definition.' : `Did you mean ${near}?`;
  throw new OmniError('not-found', `There is no stored scenario ${name}. ${hint}`);
}
