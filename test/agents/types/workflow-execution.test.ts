import { expect, test } from '@jest/globals';
import { runForTask, workflowExecution } from '../../../src/agents/types/workflow-execution';
import type { TaskRun, TaskRunner } from '../../../src/agents/types/workflow-execution';
import type { ChildOutcome } from '../../../src/plan/child';
import { OmniError, problemOf } from '../../../src/plan/problem';
import { NO_USAGE } from '../../../src/plan/record';
import { callOf } from './capability-call';

const usage = { ...NO_USAGE, costUsd: 0.02 };
const done: ChildOutcome = { status: 'completed', output: { ok: true }, usage };
const ID = 'ask-1.code.task-run';

/** What runs definitions, kept in memory; its executions end when the test says so. */
function runnerOf(
  ending: (signal: AbortSignal) => Promise<ChildOutcome | undefined> = () => Promise.resolve(done),
  isEnded = false,
) {
  const started = new Map<string, TaskRun>();
  const cancelled: string[] = [];
  const runner: TaskRunner = {
    start(run) {
      started.set(run.executionId, run);
      return Promise.resolve();
    },
    outcome: (_, signal) => (cancelled.length > 0 ? Promise.resolve({ status: 'cancelled', usage }) : ending(signal)),
    cancel(executionId) {
      if (!started.has(executionId)) return Promise.reject(new OmniError('not-found', 'There is none.'));
      cancelled.push(executionId);
      return Promise.resolve();
    },
    isEnded: () => Promise.resolve(isEnded),
    describe(executionId) {
      if (!started.has(executionId)) return Promise.reject(new OmniError('not-found', 'There is none.'));
      const steps = [
        { path: 'greet', name: 'greet', kind: 'tool', status: 'running', provider: 'local', output: 'a secret' },
      ];
      return Promise.resolve({ duration: 12, steps });
    },
  };
  return { runner, started, cancelled };
}
const untilAborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined));
  });
const wanted = { workflow: 'greeting', payload: { name: 'Ada' }, context: {} };

test('the execution bears an id of the task, spends of what the task may, and its usage is the answer’s', async () => {
  const { runner, started } = runnerOf();
  const capability = workflowExecution(runner);
  const input = capability.input.parse({ workflowName: 'greeting', payload: { name: 'Ada' } });
  const answer = await capability.run(input as never, callOf({ context: { user: 'u1' }, remaining: { costUsd: 0.5 } }));
  expect(started.get(ID)).toEqual({
    ...wanted,
    context: { user: 'u1' },
    executionId: ID,
    taskId: 'ask-1.code',
    parent: { executionId: 'ask-1.code', origin: 'ask-1/code', depth: 2, remaining: { costUsd: 0.5 } },
  });
  expect(answer.usage).toEqual(usage);
  expect(capability.output.parse(answer.output)).toEqual({
    executionId: ID,
    status: 'completed',
    duration: 12,
    output: { ok: true },
    steps: [{ path: 'greet', name: 'greet', kind: 'tool', status: 'running', provider: 'local' }],
  });
});

test('another attempt joins what the first one started, and starts what it could not', async () => {
  const { runner, started } = runnerOf();
  await runForTask(runner, wanted, { call: callOf() });
  started.set(ID, { ...(started.get(ID) as TaskRun), context: 'of the first' });
  await runForTask(runner, { ...wanted, payload: 'changed' }, { call: callOf({ attempt: 2 }) });
  expect(started.get(ID)?.context).toBe('of the first');
  started.clear();
  await runForTask(runner, wanted, { call: callOf({ attempt: 2 }) });
  expect([...started.keys()]).toEqual([ID]);
});

test('a failure of the execution is the task’s, for good, with what was spent', async () => {
  const error = { ...problemOf('provider-unavailable', 'Nobody translates.'), step: 'translate' };
  const { runner } = runnerOf(() => Promise.resolve({ status: 'failed', error, usage }));
  await expect(runForTask(runner, wanted, { call: callOf() })).rejects.toMatchObject({
    retryable: false,
    usage,
    problem: { type: 'provider-unavailable', step: 'translate', instance: ID },
  });
});

test('a cancelled task cancels its execution, and is charged for what that had spent', async () => {
  const { runner, cancelled } = runnerOf(untilAborted);
  const task = new AbortController();
  const ending = runForTask(runner, wanted, { call: callOf({ signal: task.signal }) });
  task.abort(new OmniError('cancelled', 'The task was cancelled.'));
  await expect(ending).rejects.toMatchObject({ problem: { type: 'cancelled' }, usage });
  expect(cancelled).toEqual([ID]);
});

test('a task that was cancelled before it began starts nothing', async () => {
  const { runner, started } = runnerOf();
  const signal = AbortSignal.abort(new OmniError('timeout', 'Its deadline has passed.'));
  const ending = runForTask(runner, wanted, { call: callOf({ signal }) });
  await expect(ending).rejects.toMatchObject({ problem: { type: 'timeout' } });
  expect(started.size).toBe(0);
});

test('a worker that ends leaves the execution to the next attempt', async () => {
  const { runner, cancelled } = runnerOf(untilAborted);
  const worker = new AbortController();
  const ending = runForTask(runner, wanted, { call: callOf({ signal: worker.signal }) });
  worker.abort();
  await expect(ending).rejects.toMatchObject({ retryable: true, problem: { type: 'provider-unavailable' } });
  expect(cancelled).toEqual([]);
});

test('a task that has ended while its agent was told nothing cancels its execution', async () => {
  const { runner, cancelled } = runnerOf(untilAborted, true);
  const taken = new AbortController();
  const ending = runForTask(runner, wanted, { call: callOf({ signal: taken.signal }) });
  taken.abort(new OmniError('provider-unavailable', 'It was taken from this worker.'));
  await expect(ending).rejects.toMatchObject({ retryable: false, usage });
  expect(cancelled).toEqual([ID]);
});

test('it reports which steps run, and nothing that they hold', async () => {
  let end: (outcome: ChildOutcome) => void = () => undefined;
  const { runner } = runnerOf(() => new Promise((resolve) => (end = resolve)));
  const reports: string[] = [];
  const report = (text: string): void => {
    reports.push(text);
    if (text === 'greeting: greet') end(done);
  };
  await runForTask(runner, wanted, { call: callOf({ report }), everyMs: 1 });
  expect(reports.slice(0, 2)).toEqual(['starting greeting', 'greeting: greet']);
});

test('a chain of executions that start each other through agents is cut', async () => {
  const { runner, started } = runnerOf();
  const ending = runForTask(runner, wanted, { call: callOf({ depth: 20 }) });
  await expect(ending).rejects.toMatchObject({ problem: { type: 'policy' } });
  expect(started.size).toBe(0);
});
