/** The definition `agent-review` across four agents that are processes of their own, its engineer's model behind a stub that speaks the chat format. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AnswerArgument, ExecutionState } from '../../src/plan/record';
import { ANSWER_UPDATE } from '../../src/plan/record';
import { homeOf } from '../../src/store/kept-execution-table';
import type { Store } from '../../src/store/store';
import type { TemporalClient } from '../../src/temporal/connection';
import { connect } from '../../src/temporal/connection';
import { startOpenAiStub } from '../stubs/openai-shaped';
import type { ChatRequest } from '../stubs/openai-wire';
import type { Stub } from '../stubs/stub';
import { testCodec, testStore, testTemporalAddress } from '../support';
import type { WorkerProcess } from './worker';
import { build, startWorker, stubEnvironment } from './worker';

const TYPES = ['engineer', 'tester', 'security', 'docs'];
const definitions = path.resolve(__dirname, '../../definitions');
const { payload } = JSON.parse(readFileSync(path.join(definitions, 'fixtures/agent-review.json'), 'utf8')) as {
  payload: { definition: string; scenarios: string };
};

/** What the model makes of the greeting; the first time it forgets an accent. */
const proposal = (hello: string): string =>
  payload.definition
    .replace('1.0.0', '1.1.0')
    .replace('name: string', "name: string, language: { type: 'en | pt', default: en }")
    .replace('Hello, ', `\${trigger.payload.language == "pt" ? "${hello}" : "Hello"}, `);
const scenarios = `${payload.scenarios}  - name: greets in Portuguese
    steps:
      - action: execute_workflow
        input: { workflowName: greeting, payload: { name: Ada, language: pt } }
    expect: { output: { text: 'Olá, Ada.' } }
`;
const trial = (hello: string) => ({
  tool: 'run_scenarios',
  arguments: { definition: proposal(hello), scenarios },
});

/** It tries what it wrote, is told of the fault, mends it, and answers once nothing is found any more. */
function model({ messages }: ChatRequest): object {
  const turn = messages.filter(({ role }) => role === 'assistant').length + 1;
  const told = JSON.stringify(messages.at(-1)?.content);
  if (turn === 1) return { say: 'I try it.', calls: [trial('Ola')] };
  const found = told.includes('Ola, Ada.');
  if (turn === 2 && found)
    return {
      say: 'An accent was missing.',
      calls: [trial('Olá'), { tool: 'scan', arguments: { definition: proposal('Olá') } }],
    };
  if (turn === 3 && !found)
    return {
      say: 'Both have passed.',
      answer: {
        definition: proposal('Olá'),
        scenarios,
        summary: 'The greeting is in Portuguese where that is asked for.',
      },
    };
  throw new Error(`The model cannot go on from what it was told in turn ${turn}: ${told}`);
}

let stub: Stub;
let temporal: TemporalClient;
let store: Store;
let taskQueue: string;
const workers: WorkerProcess[] = [];
beforeAll(async () => {
  build();
  stub = await startOpenAiStub({ key: 'stub-key', script: model });
  temporal = await connect({ address: await testTemporalAddress(), namespace: 'default', codec: testCodec().codec });
  store = await testStore();
  taskQueue = `faults-${randomUUID()}`;
  const environment = await stubEnvironment({ taskQueue, definitions, stub });
  workers.push(await startWorker(environment));
  const agents = TYPES.map((type) => ['agent', '--type', type, '--id', `${type}-001`]);
  for (const role of agents) workers.push(await startWorker(environment, role));
}, 240_000);
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  await temporal.close();
  await store.close();
  await stub.close();
}, 120_000);

/** Who worked on what, by activity type: of an execution, and of all that it has started. */
async function workedOn(id: string): Promise<readonly (readonly [activity: string, identity: string])[]> {
  const { events } = await temporal.client.workflow.getHandle(id).fetchHistory();
  const all = events ?? [];
  const types = new Map(
    all.map(({ eventId, activityTaskScheduledEventAttributes: asked }) => [String(eventId), asked?.activityType?.name]),
  );
  const own = all.flatMap(({ activityTaskStartedEventAttributes: started }) =>
    started ? [[types.get(String(started.scheduledEventId)) ?? '', started.identity ?? ''] as const] : [],
  );
  const children = all.flatMap(
    ({ childWorkflowExecutionStartedEventAttributes: child }) => child?.workflowExecution?.workflowId ?? [],
  );
  return [...own, ...(await Promise.all(children.map(workedOn))).flat()];
}

test('a model proposes, a tester, a scanner and a person look at it, docs writes the page: in four processes', async () => {
  const handle = await temporal.client.workflow.start('agent-review', {
    taskQueue,
    workflowId: `agent-review-${randomUUID()}`,
    args: [{ payload }],
  });
  const answer: AnswerArgument = { path: 'decide', data: { approved: true }, by: 'ada', roles: ['reviewer'] };
  await until(async () => {
    const { status, error, steps } = await handle.query<ExecutionState>('state');
    if (status !== 'running') throw new Error(`It ended before anybody was asked: ${JSON.stringify(error)}`);
    return steps.some(({ path: at, task }) => at === 'decide' && task !== undefined);
  });
  await handle.executeUpdate<void, [AnswerArgument]>(ANSWER_UPDATE, { args: [answer] });

  expect(await handle.result()).toMatchObject({
    approved: true,
    by: 'ada',
    definition: proposal('Olá'),
    page: expect.stringContaining('# Greeting'),
  });
  expect(stub.calls.map(({ path: at }) => at)).toEqual(Array.from({ length: 3 }, () => '/chat/completions'));
  const { usage } = await handle.query<ExecutionState>('state');
  const bill = stub.calls.reduce((sum, call) => sum + (call.usage?.costUsd ?? 0), 0);
  expect(usage.costUsd).toBeCloseTo(bill, 9);

  const worked = await workedOn(handle.workflowId);
  const by = (activity: string): ReadonlySet<string> =>
    new Set(worked.flatMap(([type, identity]) => (type === activity ? [identity] : [])));
  expect({
    think: by('llm.object'),
    test: by('test_execution'),
    scan: by('security_scan'),
    page: by('documentation_generation'),
  }).toEqual({
    think: new Set(['engineer-001']),
    test: new Set(['tester-001']),
    scan: new Set(['security-001']),
    page: new Set(['docs-001']),
  });
  expect(new Set(workers.map(({ pid }) => pid)).size).toBe(TYPES.length + 1);

  // All of it is one trace, though five processes have told of it; what the model did bears GenAI's names.
  await until(async () => (await spansOf(handle.workflowId)).every(({ parent }) => parent !== 'unknown'));
  const spans = await spansOf(handle.workflowId);
  expect(spans.filter(({ parent }) => parent === undefined).map(({ name }) => name)).toEqual(['workflow_execution']);
  const told = (name: string) => spans.filter((span) => span.name === name).map(({ attributes }) => attributes);
  expect(new Set(told('invoke_agent').map((one) => one['gen_ai.agent.name']))).toEqual(new Set(TYPES));
  const thought = spans.filter(({ name }) => name.startsWith('chat ')).map(({ attributes }) => attributes);
  expect(thought).toHaveLength(stub.calls.length);
  for (const one of thought)
    expect(one).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openrouter',
      'gen_ai.response.model': expect.any(String),
      'gen_ai.usage.input_tokens': expect.any(Number),
      'gen_ai.usage.output_tokens': expect.any(Number),
    });
}, 180_000);

/** As the database has them: each with the name of its parent, `unknown` for one that is not there. */
async function spansOf(executionId: string) {
  const home = homeOf('default', taskQueue);
  const [trace] = await store.spans.find(home, { executionId, limit: 1 });
  const spans = trace === undefined ? [] : await store.spans.spans(home, trace.traceId, 5_000);
  const names = new Map(spans.map(({ spanId, name }) => [spanId, name]));
  const told = spans.some((span) => span.name === 'workflow_execution' && span.executionId === executionId);
  if (!told) return [{ name: '', attributes: {}, parent: 'unknown' }];
  return spans.map(({ name, attributes, parentId }) => ({
    name,
    attributes,
    parent: parentId === undefined ? undefined : (names.get(parentId) ?? 'unknown'),
  }));
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 1_200 && !(await condition()); i += 1) await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await condition()).toBe(true);
}
