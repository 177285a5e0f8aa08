/** The frame around the interpreter on a real server: a defect ends the execution, and continuing as new loses nothing. */
import { expect, test } from '@jest/globals';
import type { WorkflowFailedError } from '@temporalio/client';
import type { ExecutionState } from '../../src/plan/record';
import { candidate, expression, literal, object, planOf, tool } from '../interpreter/walk';
import { testVariantPath } from '../servers';
import { provider, testEngine } from './engine';

const calls: string[] = [];
const echo = provider('echo', (input, { idempotencyKey }) => {
  calls.push(idempotencyKey);
  return Promise.resolve(input);
});

test('a defect in a runner fails the execution at once, as internal and located', async () => {
  const engine = await testEngine({ providers: [echo], bundlePath: await testVariantPath('broken') });
  try {
    const handle = await engine.start(planOf([{ kind: 'set', name: 'one', values: { a: literal(1) } }]));
    const thrown: unknown = await handle.result().catch((error: unknown) => error);
    expect((thrown as WorkflowFailedError).cause).toMatchObject({
      type: 'internal',
      message: expect.stringMatching(/one/),
    });
    const { events } = await handle.fetchHistory();
    expect(events?.some((event) => event.workflowTaskFailedEventAttributes)).toBe(false);
  } finally {
    await engine.close();
  }
}, 60_000);

test('continuing as new between calls gives every call once, the same output, and keeps what signals brought', async () => {
  const engine = await testEngine({ providers: [echo], bundlePath: await testVariantPath('continuing') });
  try {
    const step = (name: string) =>
      tool(name, { chain: [candidate('echo')], input: object({ name: literal(name), id: expression('uuid()') }) });
    const branches = ['a', 'b', 'c'].map((name) => ({
      name,
      single: false,
      steps: [step(`${name}1`), step(`${name}2`)],
    }));
    const plan = planOf([step('first'), { kind: 'parallel', name: 'fan', branches, join: 'all' }, step('last')], {
      output: expression('steps.fan.output'),
    });
    calls.length = 0;
    const handle = await engine.start(plan, { n: 1 });
    await handle.signal('note', { early: true });
    expect(await handle.result()).toMatchObject({ a: { name: 'a2' }, b: { name: 'b2' }, c: { name: 'c2' } });
    expect(calls.map((key) => key.replace(handle.workflowId, '').replace('/echo', '')).sort()).toEqual([
      '/fan.a.a1#1',
      '/fan.a.a2#1',
      '/fan.b.b1#1',
      '/fan.b.b2#1',
      '/fan.c.c1#1',
      '/fan.c.c2#1',
      '/first#1',
      '/last#1',
    ]);
    const last = engine.client.workflow.getHandle(handle.workflowId);
    const { runId } = await last.describe();
    expect(runId).not.toBe((handle as { firstExecutionRunId?: string }).firstExecutionRunId);
    const state = await last.query<ExecutionState>('state');
    expect(state.steps.filter(({ status }) => status === 'completed')).toHaveLength(9);
  } finally {
    await engine.close();
  }
}, 60_000);
