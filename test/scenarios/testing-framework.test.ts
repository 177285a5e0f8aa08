/** The library's and the API's face to scenarios, with the specification's own examples. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createApp } from '../../api/app';
import type { ApiDependencies } from '../../api/dependencies';
import type { Listening } from '../../api/server';
import { listen } from '../../api/server';
import { createCatalogue } from '../../src/catalogue/catalogue';
import { definitionFolder } from '../../src/catalogue/definition-folder';
import { loadConfig } from '../../src/config';
import { createTestingFramework, RefusedScenario } from '../../src/library/testing-framework';
import type { TestingFramework } from '../../src/library/testing-framework';
import { createMetrics } from '../../src/monitoring/metrics';
import { createProviders } from '../../src/providers/providers';
import { CONTRACTS } from '../../src/tools/contracts';
import { createSecurity } from '../../src/security/security';
import { ToolRegistry } from '../../src/tools/registry';
import { quiet } from '../support';

const config = loadConfig({ NODE_ENV: 'development' });
const registry = new ToolRegistry(CONTRACTS, createProviders(config));
const catalogue = createCatalogue({
  folder: definitionFolder(config.definitionsDir, { follow: true }),
  table: { list: () => Promise.resolve([]), find: () => Promise.resolve(undefined), add: () => Promise.resolve() },
  registry,
  snapshot: () => Promise.resolve({ flags: {}, settings: {} }),
} as unknown as Parameters<typeof createCatalogue>[0]);

let testing: TestingFramework;
beforeEach(() => {
  testing = createTestingFramework({ catalogue, registry, config });
});

/** As the specification prints it. */
const PRINTED = {
  name: 'Workflow Integration Test',
  description: 'Test complete workflow execution',
  setup: [
    'create_mock_tool stt.transcribe openrouter',
    'create_mock_agent manager-001 Manager',
    'set_feature_flag LM_COACH_REASONING_MODEL true',
  ],
  steps: [
    {
      action: 'execute_workflow',
      input: { workflowName: 'bilingual-coach', payload: { userId: 'test-user', targetLanguage: 'es' } },
      expectedOutput: { status: 'completed' },
      timeout: 30000,
    },
    {
      action: 'check_feature_flag',
      input: { name: 'LM_COACH_REASONING_MODEL' },
      expectedOutput: { enabled: true },
    },
  ],
  teardown: [
    'remove_mock_tool stt.transcribe openrouter',
    'remove_mock_agent manager-001',
    'clear_config feature_flags LM_COACH_REASONING_MODEL',
  ],
};

const MOCK = {
  name: 'stt.transcribe',
  provider: 'openrouter',
  responses: [
    {
      input: { audioData: 'test-audio', language: 'en' },
      output: { text: 'Hello world', confidence: 0.95 },
      delay: 100,
    },
  ],
  defaultResponse: { text: 'Mock transcription', confidence: 0.9 },
  defaultDelay: 50,
};

describe('the library', () => {
  test('runs the scenario that the specification prints, and says what was made up', async () => {
    const result = await testing.runTestScenario(PRINTED);
    expect(result).toMatchObject({ name: 'Workflow Integration Test', passed: true, differences: [] });
    expect(result.filled).toEqual(['/sessionId', '/sourceLanguage', '/audioData']);
    expect(result.madeUp.length).toBe(5);
    expect(result.duration).toBeGreaterThanOrEqual(0);
    expect(await testing.getTestResults()).toEqual([result]);
  });

  test('a mock answers in scenarios that come after it, waited for or not, and a new one replaces it', async () => {
    const made = testing.createMockTool(MOCK);
    const run = (audioData: string) =>
      testing.runTestScenario({
        name: 'heard',
        steps: [
          {
            action: 'execute_workflow',
            input: { workflowName: 'bilingual-coach', payload: { audioData, sourceLanguage: 'en' } },
          },
        ],
        expect: { outputs: { speech_to_text: { text: 'Hello world' } } },
      });
    expect((await run('test-audio')).differences).toEqual([]);
    expect((await run('other')).differences).toEqual([
      expect.objectContaining({ path: 'expect.outputs.speech_to_text.text', got: 'Mock transcription' }),
    ]);
    await made;
    await testing.createMockTool({ ...MOCK, responses: [], defaultResponse: { text: 'Hello world' } });
    expect((await run('other')).passed).toBe(true);
  });

  test('a mock agent is accepted in the specification’s form, and refused in another', async () => {
    const agent = {
      id: 'manager-001',
      name: 'Mock Manager',
      capabilities: ['workflow_execution'],
      responses: [{ messageType: 'execute_workflow', response: { status: 'completed', duration: 1000 }, delay: 200 }],
      defaultResponse: { success: true },
      defaultDelay: 100,
    };
    await expect(testing.createMockAgent(agent)).resolves.toBeUndefined();
    await expect(testing.createMockAgent({ ...agent, id: '' })).rejects.toThrow('/id');
  });

  test('what cannot be read is refused with its diagnostics', async () => {
    await expect(testing.runTestScenario({ name: 'x', stepz: [] })).rejects.toBeInstanceOf(RefusedScenario);
    await expect(testing.createMockTool({ ...MOCK, name: 'stt.transcrib' })).rejects.toThrow('stt.transcribe');
    expect(await testing.getTestResults()).toEqual([]);
  });

  test('results are kept up to a bound, and figures are over what is kept', async () => {
    const scenario = (enabled: boolean) => ({
      name: 'flag',
      setup: ['set_feature_flag A true'],
      steps: [{ action: 'check_feature_flag', input: { name: 'A' }, expectedOutput: { enabled } }],
    });
    for (let i = 0; i < 505; i += 1) await testing.runTestScenario(scenario(i >= 130));
    expect(await testing.getTestStatistics()).toMatchObject({ total: 500, passed: 375, failed: 125, successRate: 75 });
  });
});

describe('the API', () => {
  async function served(given: TestingFramework | undefined, use: (url: string) => Promise<void>): Promise<void> {
    const deps = {
      catalogue,
      registry,
      logger: quiet,
      metrics: createMetrics(),
      version: '0.1.0',
      health: {},
      settings: {},
      agents: {},
      monitoring: {},
      audit: { record: () => Promise.resolve() },
      security: createSecurity({ store: {} as never, now: Date.now, insecure: true }),
    };
    const api = createApp({ ...deps, ...(given && { testing: given }) } as unknown as ApiDependencies);
    const server: Listening = await listen(api, { host: '127.0.0.1', port: 0, drainMs: 1000 });
    try {
      await use(server.url);
    } finally {
      await server.close();
    }
  }
  const post = (url: string, body?: unknown) =>
    fetch(url, {
      method: 'POST',
      ...(body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    });

  test('runs the body as the specification prints it, and shows results, figures and the page', async () => {
    await served(testing, async (url) => {
      const [execute] = PRINTED.steps;
      const body = {
        name: PRINTED.name,
        steps: [{ ...execute, input: { workflowName: 'bilingual-coach', payload: { userId: 'test-user' } } }],
      };
      const answer = await post(`${url}/testing/scenarios/workflow-integration/run`, body);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ name: PRINTED.name, passed: true });
      const results = (await (await fetch(`${url}/testing/results`)).json()) as { results: unknown[] };
      expect(results.results).toHaveLength(1);
      expect(await (await fetch(`${url}/testing/statistics`)).json()).toMatchObject({ total: 1, passed: 1 });
      const page = await fetch(`${url}/testing/report`);
      expect(page.headers.get('content-type')).toContain('text/html');
      expect(await page.text()).toContain('Workflow Integration Test');
    });
  });

  test('without a body the stored scenario of that name runs, else 404 with the nearest', async () => {
    await served(testing, async (url) => {
      const answer = await post(`${url}/testing/scenarios/text-only/run`);
      expect(await answer.json()).toMatchObject({ passed: true, file: 'bilingual-coach.scenarios.yaml' });
      const missing = await post(`${url}/testing/scenarios/text-onli/run`);
      expect(missing.status).toBe(404);
      expect(await missing.json()).toMatchObject({ detail: expect.stringContaining('text-only') });
    });
  });

  test('a body that is no scenario is 422 with diagnostics', async () => {
    await served(testing, async (url) => {
      const answer = await post(`${url}/testing/scenarios/x/run`, { name: 'x', stepz: [] });
      expect(answer.status).toBe(422);
      expect(await answer.json()).toMatchObject({
        diagnostics: expect.arrayContaining([expect.objectContaining({ code: 'unknown-key' })]),
      });
    });
  });

  test('where testing is not enabled there is nothing there', async () => {
    await served(undefined, async (url) => {
      expect((await post(`${url}/testing/scenarios/text-only/run`)).status).toBe(404);
      expect((await fetch(`${url}/testing/results`)).status).toBe(404);
    });
    expect(config.testingEnabled).toBe(true);
    const production = {
      NODE_ENV: 'production',
      DATABASE_URL: 'postgres://a/b',
      TEMPORAL_ADDRESS: 'c:7233',
      ENCRYPTION_ENABLED: 'false',
    };
    expect(loadConfig(production).testingEnabled).toBe(false);
    expect(loadConfig({ ...production, TESTING_ENABLED: 'true' }).testingEnabled).toBe(true);
  });
});
