import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createExecutions } from '../../src/executions/executions';
import type { Executions } from '../../src/executions/executions';
import { taskId } from '../../src/executions/task';
import { provider, testEngine } from '../integration/engine';
import { testVariantPath } from '../servers';
import { candidate, expression, planOf, tool } from '../interpreter/walk';

let engine: Awaited<ReturnType<typeof testEngine>>;
let executions: Executions;
beforeAll(async () => {
  const bundlePath = await testVariantPath('continuing');
  const echo = provider('echo', async (input) => pause(20, input));
  engine = await testEngine({ providers: [echo], bundlePath });
  const { client, taskQueue, store } = engine;
  executions = createExecutions({ client, taskQueue, store, now: () => Date.now(), uuid: () => randomUUID() });
}, 60_000);
afterAll(async () => {
  await engine.close();
});

/** One branch asks, the other calls and calls, and the execution continues as new after every call. */
const plan = planOf(
  [
    {
      kind: 'parallel',
      name: 'both',
      join: 'all',
      branches: [
        {
          name: 'ask',
          single: true,
          steps: [
            {
              kind: 'waitFor',
              name: 'ask',
              signal: 'ask',
              from: ['boss'],
              form: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] },
              reminders: [],
            },
          ],
        },
        {
          name: 'work',
          single: false,
          steps: [{ kind: 'repeat', name: 'busy', max: 8, steps: [tool('call', { chain: [candidate('echo')] })] }],
        },
      ],
    },
  ],
  { output: expression('steps.ask.output') },
);

test('an answer that comes while the execution continues as new is taken once, and the task keeps its id and form', async () => {
  await Promise.all(
    Array.from({ length: 6 }, async (_, n) => {
      const handle = await engine.start(plan);
      const id = taskId({ executionId: handle.workflowId, path: 'both.ask' });
      const key = `key-${handle.workflowId}`;
      await pause(400 + n * 130);
      const refused = executions.answer(id, { data: { n: 'x' }, by: 'ada', roles: ['boss'] });
      await expect(refused).rejects.toMatchObject({
        problem: { type: 'validation', errors: [{ pointer: '/data/n' }] },
      });
      // Delegated to whoever answers, while the execution goes from run to run.
      const stranger = executions.answer(id, { data: { n }, by: 'ada', roles: [] });
      await expect(stranger).rejects.toMatchObject({ problem: { type: 'authorization' } });
      await executions.delegate(id, { to: { person: 'ada' }, by: 'bob', roles: ['boss'] });
      await pause(150);
      const request = { data: { n }, by: 'ada', roles: [], idempotencyKey: key };
      const given = await executions.answer(id, request);
      expect(given).toMatchObject({
        status: 'answered',
        form: { required: ['n'] },
        delegations: [{ to: { person: 'ada' }, by: 'bob' }],
        answer: { data: { n }, by: 'ada' },
      });
      const lost = executions.answer(id, { data: { n: 99 }, by: 'bob', roles: ['boss'] });
      await expect(lost).rejects.toMatchObject({ problem: { type: 'conflict', data: { by: 'ada' } } });
      const last = engine.client.workflow.getHandle(handle.workflowId);
      expect(await last.result()).toMatchObject({ n, by: 'ada' });
      expect((await executions.answer(id, request)).answer).toEqual(given.answer);
      expect((await last.describe()).runId).not.toBe((handle as { firstExecutionRunId?: string }).firstExecutionRunId);
    }),
  );
}, 60_000);
