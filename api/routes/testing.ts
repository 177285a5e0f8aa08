/** The resource `testing`: scenarios run in virtual time, and what came of them. Served only where the setting allows it. */
import { z } from 'zod';
import { RefusedScenario } from '../../src/library/testing-framework';
import type { TestingFramework } from '../../src/library/testing-framework';
import { BODY_LIMIT_BYTES } from '../body';
import type { ApiDependencies } from '../dependencies';
import { sendProblem } from '../problem';
import type { Route } from '../route';
import { route } from '../route';
import { AnyJson, DiagnosticsProblemSchema, ProblemSchema } from '../schemas';

const milliseconds = z.number().describe('Milliseconds');
const data = z.unknown().describe('Any JSON');

const DifferenceSchema = z.object({
  path: z.string(),
  expected: data.optional(),
  got: data.optional(),
  note: z.string().optional(),
});

const ScenarioResultSchema = z
  .object({
    name: z.string(),
    description: z.string().optional(),
    file: z.string().optional(),
    passed: z.boolean(),
    duration: milliseconds,
    virtualDuration: z.number().describe('Virtual milliseconds'),
    startedAt: z.iso.datetime(),
    engine: z.enum(['virtual', 'temporal']).describe('What ran the executions'),
    steps: z.array(
      z.object({
        action: z.string(),
        passed: z.boolean(),
        workflow: z.string().optional(),
        version: z.string().optional(),
        output: data.optional(),
        duration: z.number().describe('Virtual milliseconds'),
        executionId: z.string().optional().describe('On a server: under which id it is kept there'),
        path: z.array(z.object({ step: z.string(), status: z.string() })).optional(),
      }),
    ),
    differences: z.array(DifferenceSchema),
    error: ProblemSchema.optional(),
    filled: z.array(z.string()).describe('Payload fields that were left out and filled'),
    madeUp: z.array(z.string()).describe('Answers that were made up by type'),
  })
  .meta({ id: 'ScenarioResult' });

const StatisticsSchema = z
  .object({
    total: z.number().int(),
    passed: z.number().int(),
    failed: z.number().int(),
    successRate: z.number().describe('Percent'),
    averageDuration: milliseconds,
    totalDuration: milliseconds,
  })
  .meta({ id: 'ScenarioStatistics' });

const ScenarioBody = z
  .union([z.record(z.string(), AnyJson), z.string(), z.null()])
  .meta({ id: 'Scenario', description: 'A scenario; without a body the stored one of that name runs.' });

export function testingRoutes({ testing }: ApiDependencies): readonly Route[] {
  return testing === undefined ? [] : [runRoute(testing), ...readRoutes(testing)];
}

function runRoute(testing: TestingFramework): Route {
  return route({
    method: 'post',
    path: '/testing/scenarios/{name}/run',
    tag: 'Testing',
    summary: 'Run a scenario in virtual time: the one in the body, or the stored one of that name',
    params: z.object({ name: z.string().min(1).max(200) }),
    body: {
      schema: ScenarioBody,
      limitBytes: BODY_LIMIT_BYTES,
      mediaTypes: ['application/json', 'application/yaml'],
      optional: true,
    },
    answers: {
      200: { description: 'It was run; `passed` says how it went', schema: ScenarioResultSchema },
      404: { description: 'No body, and no stored scenario of that name' },
      422: { description: 'It cannot be read', schema: DiagnosticsProblemSchema },
    },
    handle: async ({ params, body, response }) => {
      try {
        const run = body === null ? testing.runStoredScenario(params.name) : testing.runTestScenario(body);
        return { body: await run };
      } catch (error) {
        if (!(error instanceof RefusedScenario)) throw error;
        sendProblem(response, error.problem, { diagnostics: error.diagnostics });
        return undefined;
      }
    },
  });
}

function readRoutes(testing: TestingFramework): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/testing/results',
      tag: 'Testing',
      summary: 'The last results of scenarios, the newest last',
      answers: { 200: { description: 'In order', schema: z.object({ results: z.array(ScenarioResultSchema) }) } },
      handle: async () => ({ body: { results: await testing.getTestResults() } }),
    }),
    route({
      method: 'get',
      path: '/testing/statistics',
      tag: 'Testing',
      summary: 'Figures over these results',
      answers: { 200: { description: 'The figures', schema: StatisticsSchema } },
      handle: async () => ({ body: await testing.getTestStatistics() }),
    }),
    route({
      method: 'get',
      path: '/testing/report',
      tag: 'Testing',
      summary: 'These results as a page',
      answers: { 200: { description: 'HTML', mediaType: 'text/html', schema: z.string() } },
      handle: async () => ({ mediaType: 'text/html; charset=utf-8', body: await testing.getTestReport() }),
    }),
  ];
}
