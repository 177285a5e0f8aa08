import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { compileDefinition } from '../../../src/language/compile';
import { stepPlaces } from '../../../src/plan/paths';
import { fieldsOf } from '../../../src/agents/types/schema-text';
import { contractSchema } from '../../../src/language/tool-types';
import { NO_USAGE } from '../../../src/plan/record';
import type { StartRequest } from '../../../src/executions/start';
import { OmniError } from '../../../src/plan/problem';
import { ask } from './capability-call';
import { config, registry, typesOf } from './parts';

const text = readFileSync(path.join(config.definitionsDir, 'distribute-goal.yaml'), 'utf8');

test('the definition compiles without a warning, and does what its scenarios say', async () => {
  expect(compileDefinition({ text, file: 'distribute-goal.yaml' }, registry).diagnostics).toEqual([]);
  const { output } = await ask(typesOf(), ['tester', 'test_execution'], { workflowName: 'distribute-goal' });
  expect(output['failures']).toEqual([]);
  expect(output).toMatchObject({ passed: true, total: 5 });
}, 30_000);

test('every capability of the types has its case with all of its fields, but for distributing itself and looking on', () => {
  const { plan } = compileDefinition({ text, file: 'distribute-goal.yaml' }, registry);
  const steps = plan === undefined ? [] : [...stepPlaces(plan).values()].map(({ step }) => step);
  const cases = steps.flatMap((step) =>
    step.kind === 'agent' && step.input.kind === 'object'
      ? [`${step.agent} ${step.capability} ${Object.keys(step.input.fields).sort().join(' ')}`]
      : [],
  );
  const known = typesOf().flatMap(({ type, capabilities }) =>
    Object.entries(capabilities)
      .filter(([name]) => !['task_distribution', 'monitoring'].includes(name))
      .map(([name, { input }]) => {
        const fields = Object.keys(fieldsOf(contractSchema(input, 'input')));
        return `${type} ${name} ${fields.sort().join(' ')}`;
      }),
  );
  expect(cases.sort()).toEqual(known.sort());
});

const results = [{ id: 'prove', capability: 'test_execution', status: 'completed', output: { passed: true } }];

test('the manager runs it for a goal, in the name of who asked for the task, and gives what came of each', async () => {
  const started: StartRequest[] = [];
  const output = { goal: 'Safe', done: true, completed: 1, failed: 0, skipped: 0, results };
  const usage = { ...NO_USAGE, costUsd: 0.1 };
  const types = typesOf({
    executions: {
      requester: (id) => Promise.resolve(id === 'agt-ask-1.code' ? 'ada' : undefined),
      start(request) {
        started.push(request);
        return Promise.resolve({ executionId: 'x', runId: 'y' });
      },
      outcome: () => Promise.resolve({ status: 'completed', output, usage }),
      describe: () => Promise.resolve({ duration: 5, steps: [] } as never),
    },
  });
  const tasks = [{ id: 'prove', capability: 'test_execution' }];
  const answer = await ask(types, ['manager', 'task_distribution'], { goal: 'Safe', tasks });
  expect(answer).toMatchObject({ usage, output: { ...output, executionId: 'ask-1.code.task-run' } });
  expect(started).toMatchObject([
    {
      plan: { id: 'distribute-goal' },
      payload: { goal: 'Safe', tasks: [{ id: 'prove', capability: 'test_execution', payload: {}, after: [] }] },
      by: 'ada',
      within: { executionId: 'ask-1.code.task-run', parent: { origin: 'ask-1/code' } },
    },
  ]);
});

test('what does not fit the definition is refused before anything starts', async () => {
  const types = typesOf({ executions: { requester: () => Promise.reject(new OmniError('internal', 'not asked')) } });
  const input = { workflowName: 'distribute-goal', payload: { goal: 'Safe' } };
  await expect(ask(types, ['manager', 'workflow_execution'], input)).rejects.toMatchObject({
    problem: { type: 'validation', errors: expect.arrayContaining([expect.anything()]) },
  });
});

test('the manager tells who works, what has failed, and what waits for whom', async () => {
  const at = new Date('2026-01-01T00:00:00Z');
  const line = { executionId: 'e1', workflow: 'greeting', status: 'failed', startedAt: at.toISOString() };
  const types = typesOf({
    agents: {
      registry: {
        list: () =>
          Promise.resolve([{ id: 'tester-001', type: 'tester', status: 'paused', maxConcurrency: 2 } as never]),
      },
      figures: {
        metrics: () =>
          Promise.resolve({
            withinMs: 1,
            agents: [],
            types: [
              {
                type: 'tester',
                completed: 3,
                failed: 1,
                rejected: 0,
                costUsd: 0.5,
                lastError: { type: 'timeout', at },
              },
            ],
          } as never),
        waiting: () =>
          Promise.resolve([
            { taskId: 't1', capability: 'test_execution', since: at, agent: 'tester-001' },
            { taskId: 't2', capability: 'brew', since: at, reason: 'No agent can take it now' },
          ]),
      },
    },
    executions: {
      list: ({ status }) => Promise.resolve({ executions: status === 'failed' ? [line as never] : [] }),
      tasks: () =>
        Promise.resolve({
          tasks: [
            { id: 'q1', workflow: 'desk', step: 'decide', roles: ['reviewer'], openedAt: at.toISOString() } as never,
          ],
          unreachable: [],
        }),
    },
  });
  const { output } = await ask(types, ['manager', 'monitoring'], {});
  expect(output).toMatchObject({
    agents: { total: 1, byStatus: { paused: 1 } },
    tasks: [{ type: 'tester', completed: 3, failed: 1, lastError: 'timeout' }],
    executions: { running: 0, failed: 1, failures: [{ executionId: 'e1', workflow: 'greeting' }] },
    waiting: [
      { what: 't1', kind: 'agent-task', why: 'test_execution waits for tester-001, which is paused.' },
      { what: 't2', kind: 'agent-task', why: 'brew waits: No agent can take it now.' },
      { what: 'q1', kind: 'human-task', why: 'decide of desk waits for reviewer.' },
    ],
  });
});
