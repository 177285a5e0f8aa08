/**
 * Runs one execution of every kind whose history is kept in this folder. With RECORD_HISTORIES=1 it writes the histories anew:
 * only for a new kind, because an old history that no longer replays means that running executions would break.
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { ForEachStep, Plan, Step } from '../../src/plan/plan';
import { OmniError } from '../../src/plan/problem';
import type { ExecutionState } from '../../src/plan/record';
import {
  ANSWER_UPDATE,
  DELEGATE_UPDATE,
  PAUSE_SIGNAL,
  RERUN_QUERY,
  RESUME_SIGNAL,
  STATE_QUERY,
} from '../../src/plan/record';
import { provider, testEngine } from '../integration/engine';
import { call, loopPlan, loopTool, orderFor, requestFor } from '../interpreter/loop-ground';
import { candidate, expression, literal, object, planOf, tool } from '../interpreter/walk';

const echo = provider('echo', (input) => Promise.resolve(input));
const broken = provider('broken', () => Promise.reject(new OmniError('provider-unavailable', 'down')));
const slow = provider(
  'slow',
  (_input, { signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('over')))),
);

/** Says one turn after the other: looks, and asks for what is outside its list; then something that needs a person; then it is done. */
const TURNS = [
  { calls: [call('look'), call('wire'), call('look', { n: 2 })] },
  { calls: [call('pay'), call('pay', { n: 2 })] },
  { answer: 'done' },
];
const model = provider('model', ({ history = [] }) => Promise.resolve(TURNS[(history as readonly unknown[]).length / 2]));
const ORDER = orderFor({
  think: tool('think', { chain: [candidate('model')] }),
  tools: {
    look: loopTool('look', { step: tool('unused', { chain: [candidate('echo')] }) }),
    pay: loopTool('pay', { step: tool('unused', { chain: [candidate('echo')] }), approval: { roles: ['lead'], timeoutMs: 20_000 } }),
  },
});

const step = (name: string, ...providers: string[]) =>
  tool(name, { chain: (providers[0] === undefined ? ['echo'] : providers).map((name) => candidate(name)) });
const each = (name: string, list: string, steps: readonly Step[]): ForEachStep => ({
  kind: 'forEach',
  name,
  list,
  as: 'item',
  concurrency: 2,
  steps,
  join: 'all',
  onItemError: 'fail',
});
const single = (name: string, ...providers: string[]) => ({ name, single: true, steps: [step(name, ...providers)] });

const PLANS: Readonly<Record<string, Plan>> = {
  sequence: planOf([
    step('one'),
    { kind: 'set', name: 'note', values: { id: expression('uuid()'), at: expression('now()') } },
    tool('two', {
      chain: [candidate('echo')],
      if: "steps.one.output.name == 'one'",
      input: object({ id: expression('vars.id') }),
    }),
    step('three'),
  ]),
  parallel: planOf([{ kind: 'parallel', name: 'all', join: 'all', branches: [single('a'), single('b'), single('c')] }]),
  race: planOf([
    { kind: 'parallel', name: 'first', join: 1, branches: [single('a'), single('b', 'slow')] },
    step('after'),
  ]),
  switch: planOf([
    { kind: 'switch', name: 'pick', cases: [{ when: 'false', steps: [step('no')] }, { steps: [step('yes')] }] },
    { kind: 'steps', name: 'group', timeoutMs: 60_000, steps: [step('inner')] },
    { kind: 'return', name: 'done', value: literal('early') },
    step('never'),
  ]),
  timeout: planOf([
    {
      kind: 'steps',
      name: 'group',
      timeoutMs: 300,
      onError: [{ when: "error.type == 'timeout'", continue: true }],
      steps: [step('stuck', 'slow')],
    },
  ]),
  fallback: planOf([
    step('one', 'broken', 'echo'),
    tool('two', { chain: [candidate('broken')], mode: 'skip' }),
    tool('three', { chain: [candidate('broken')], onError: [{ steps: [step('mend')] }] }),
  ]),
  failure: planOf([step('one'), { kind: 'fail', name: 'stop', type: 'app/stopped', detail: literal('on purpose') }]),
  local: planOf([tool('one', { tool: 'test.local', placement: 'local', chain: [candidate('echo')] }), step('two')]),
  cancelled: planOf([step('one'), step('two', 'slow')]),
  bare: planOf([step('one')], { id: 'bare' }),
  loops: planOf([
    {
      kind: 'forEach',
      name: 'each',
      list: '[1, 2, 3]',
      as: 'item',
      concurrency: 2,
      steps: [step('score')],
      join: 'all',
      onItemError: 'continue',
    },
    { kind: 'repeat', name: 'again', until: 'index >= 1', everyMs: 50, steps: [step('try')] },
  ]),
  waits: planOf([
    { kind: 'wait', name: 'nap', forMs: 50 },
    {
      kind: 'waitFor',
      name: 'review',
      signal: 'decision',
      from: ['lead'],
      form: { type: 'object' },
      reminders: [{ everyMs: 100, to: [], steps: [step('nudge')] }],
    },
  ]),
  undo: planOf(
    [
      { ...step('pay'), compensate: { ...step('compensate'), tool: 'test.local', placement: 'local' } },
      { kind: 'fail', name: 'stop', type: 'app/stopped', detail: literal('on purpose') },
    ],
    { finally: [step('log')] },
  ),
  emit: planOf([{ kind: 'emit', name: 'tell', type: 'app.done', data: literal({ n: 1 }) }, step('after')]),
  agent: planOf([
    {
      kind: 'agent',
      name: 'ask',
      agent: 'nobody',
      capability: 'review',
      priority: 'normal',
      input: object({}),
      retry: { maxAttempts: 1, initialIntervalMs: 1, backoff: 1, maxIntervalMs: 1 },
      timeoutMs: 1_000,
      onError: [{ continue: true }],
    },
    step('after'),
  ]),
  // Paused in a step with a time limit, its question delegated meanwhile.
  paused: planOf(
    [
      {
        kind: 'steps',
        name: 'group',
        timeoutMs: 60_000,
        steps: [
          { kind: 'waitFor', name: 'review', signal: 'decision', from: ['lead'], form: { type: 'object' }, reminders: [] },
          step('after'),
        ],
      },
    ],
    { guards: { budget: { maxMs: 60_000 }, security: { piiRedaction: false, encryption: false } } },
  ),
  rerun: planOf([step('one'), step('two'), { ...step('three'), input: object({ id: expression('uuid()') }) }]),
  prefer: planOf([
    { ...step('one', 'broken', 'echo'), prefer: 'latency' },
    { ...step('two', 'broken', 'echo'), prefer: 'health' },
    { ...step('three', 'broken', 'echo'), prefer: 'cost' },
  ]),
  turn: planOf([step('one')], { concurrency: { key: literal('replay'), limit: 1, whenFull: 'queue' } }),
  child: planOf([{ kind: 'workflow', name: 'sub', workflow: 'bare', input: object({}), await: true }, step('after')]),
  // The task itself; this is what it makes of its request.
  loop: loopPlan(ORDER),
  // More local calls at once than may answer into one workflow task.
  wide: planOf([
    {
      kind: 'forEach',
      name: 'each',
      list: JSON.stringify(Array.from({ length: 25 }, (_, i) => i)),
      as: 'item',
      concurrency: 25,
      steps: [tool('score', { tool: 'test.local', placement: 'local', chain: [candidate('echo')] })],
      join: 'all',
      onItemError: 'fail',
    },
  ]),
  // Results that are stored, and a loop over them. Expressions make them, so they are not in the history.
  stored: planOf([
    { kind: 'set', name: 'some', values: { text: expression('"0123456789abcdef"') } },
    ...['a', 'b', 'c', 'd'].map((name): Step => {
      const more = Array.from({ length: 8 }, () => 'vars.text').join(' + ');
      return { kind: 'set', name, values: { text: expression(more) } };
    }),
    { ...each('each', '[1, 2, 3, 4, 5, 6, 7, 8, 9]', []), collect: 'vars.text' },
    { ...each('again', 'steps.each.output', []), collect: 'item.bytes' },
  ]),
};

const WAITING = planOf([{ kind: 'wait', name: 'nap', forMs: 3_600_000 }], { id: 'waiting' });
const STUCK = { ...candidate('slow'), timeoutMs: 60_000 };
const stuck = (name = 'stuck', fields = {}) => tool(name, { chain: [STUCK], ...fields });

/** Histories of executions that have come so far and are still running. */
const MIDWAY: Readonly<Record<string, { readonly plan: Plan; readonly at: string }>> = {
  'midway-tool': { plan: planOf([step('one'), stuck()]), at: 'stuck' },
  'midway-local': {
    plan: planOf([tool('near', { tool: 'test.local', placement: 'local', chain: [candidate('echo')] }), stuck()]),
    at: 'stuck',
  },
  'midway-switch': {
    plan: planOf([
      { kind: 'set', name: 'note', values: { id: expression('uuid()') } },
      { kind: 'switch', name: 'pick', cases: [{ steps: [{ kind: 'steps', name: 'group', steps: [stuck()] }] }] },
    ]),
    at: 'pick.group.stuck',
  },
  'midway-parallel': {
    plan: planOf([
      {
        kind: 'parallel',
        name: 'all',
        join: 'all',
        branches: [single('a'), { name: 'b', single: false, steps: [step('c'), stuck()] }],
      },
    ]),
    at: 'all.b.stuck',
  },
  'midway-for-each': {
    plan: planOf([each('each', '[1, 2, 3, 4]', [step('score'), stuck('stuck', { if: 'item == 3' })])]),
    at: 'each[2].stuck',
  },
  'midway-repeat': {
    plan: planOf([{ kind: 'repeat', name: 'again', max: 5, steps: [step('try'), stuck('stuck', { if: 'index == 2' })] }]),
    at: 'again[2].stuck',
  },
  'midway-wait': { plan: planOf([step('one'), { kind: 'wait', name: 'nap', forMs: 3_600_000 }]), at: 'nap' },
  'midway-wait-for': {
    plan: planOf([
      { kind: 'waitFor', name: 'review', signal: 'decision', from: [], form: { type: 'object' }, reminders: [{ everyMs: 100, to: [], steps: [stuck('nudge')] }] },
    ]),
    at: 'review.reminders[0].nudge',
  },
  'midway-workflow': {
    plan: planOf([{ kind: 'workflow', name: 'sub', workflow: 'waiting', input: object({}), await: true }]),
    at: 'sub',
  },
  'midway-agent': {
    plan: planOf([
      {
        kind: 'agent',
        name: 'ask',
        agent: 'nobody',
        capability: 'review',
        priority: 'normal',
        input: object({}),
        retry: { maxAttempts: 1, initialIntervalMs: 1, backoff: 1, maxIntervalMs: 1 },
        timeoutMs: 60_000,
      },
    ]),
    at: 'ask',
  },
  'midway-emit': {
    plan: planOf([{ kind: 'emit', name: 'tell', type: 'app.done', data: literal({ n: 1 }) }, stuck()]),
    at: 'stuck',
  },
  'midway-undo': {
    plan: planOf([
      { ...step('pay'), compensate: stuck('refund') },
      { kind: 'fail', name: 'stop', type: 'app/stopped', detail: literal('on purpose') },
    ]),
    at: 'pay.refund',
  },
  'midway-finally': {
    plan: planOf([{ kind: 'return', name: 'done', value: literal('early') }], { finally: [step('log'), stuck()] }),
    at: 'finally.stuck',
  },
};

let engine: Awaited<ReturnType<typeof testEngine>>;
beforeAll(async () => {
  engine = await testEngine({ providers: [echo, broken, slow, model], plans: { ...PLANS, waiting: WAITING } });
}, 60_000);
afterAll(() => engine.close());

test('a task whose model waits for a person is kept while it runs', async () => {
  const task = await engine.startBare('agt:task', requestFor({ loop: ORDER, queue: engine.taskQueue }));
  await reached(task, ({ steps }) => steps.some((one) => one.path === 'loop.t2.2.approval'));
  await keep('midway-loop', task);
  await task.terminate();
}, 30_000);

const ENDINGS: Readonly<Record<string, string>> = { failure: 'FAILED', undo: 'FAILED', cancelled: 'CANCELLED' };

test.each(Object.keys(PLANS))(
  '%s runs and its history is kept',
  async (name) => {
    const handle = await started(name);
    await handle.result().catch(() => undefined);
    expect((await handle.describe()).status.name).toBe(ENDINGS[name] ?? 'COMPLETED');
    await keep(name, handle);
  },
  30_000,
);

test.each(Object.entries(MIDWAY))(
  '%s is kept while it runs',
  async (name, { plan, at }) => {
    const handle = await engine.start(plan);
    await reached(handle, ({ steps }) => steps.some(({ path, status }) => path === at && status === 'running'));
    await keep(name, handle);
    await handle.terminate();
  },
  30_000,
);

async function keep(name: string, handle: WorkflowHandle): Promise<void> {
  const file = path.join(__dirname, `${name}.json`);
  if (process.env['RECORD_HISTORIES'] === '1' && !existsSync(file))
    writeFileSync(file, anonymous(historyToJSON(await handle.fetchHistory())));
  expect(existsSync(file)).toBe(true);
}

/** Without the machine that recorded it. */
function anonymous(history: string): string {
  const cleaned: unknown = JSON.parse(history, (key, value: unknown) => {
    if (key === 'identity') return 'worker';
    if (key === 'stackTrace') return '';
    // A sticky task queue is named after process and machine.
    return typeof value === 'string' ? value.replace(/^\d+@\S+/, 'worker') : value;
  });
  return `${JSON.stringify(cleaned, null, 1)}\n`;
}

async function started(name: string): Promise<WorkflowHandle> {
  const plan = PLANS[name];
  if (plan === undefined) throw new Error(name);
  if (name === 'bare') return engine.startBare(name, {});
  if (name === 'loop') {
    const task = await engine.startBare('agt:task', requestFor({ loop: ORDER, queue: engine.taskQueue }));
    for (const [path, approve] of [['loop.t2.1.approval', true], ['loop.t2.2.approval', false]] as const) {
      await reached(task, ({ steps }) => steps.some((one) => one.path === path));
      await task.executeUpdate(ANSWER_UPDATE, { args: [{ path, data: { approve }, by: 'lea', roles: ['lead'] }] });
    }
    return task;
  }
  const handle = await engine.start(plan);
  if (name === 'waits') {
    // The first reminder has come.
    await reached(handle, ({ steps }) => steps.some(({ task }) => (task?.reminded[0] ?? 0) > 0));
    const given = { path: 'review', data: {}, by: 'lea', roles: ['lead'] };
    await handle.executeUpdate(ANSWER_UPDATE, { args: [given] });
  }
  if (name === 'paused') {
    await reached(handle, ({ steps }) => steps.some(({ task }) => task !== undefined));
    await handle.signal(PAUSE_SIGNAL, { by: 'ada' });
    const delegation = { path: 'group.review', to: { person: 'lea' }, by: 'bob', roles: ['lead'] };
    await handle.executeUpdate(DELEGATE_UPDATE, { args: [delegation] });
    await handle.executeUpdate(ANSWER_UPDATE, { args: [{ path: 'group.review', data: {}, by: 'lea', roles: [] }] });
    await reached(handle, ({ steps, status }) => status === 'paused' && steps.some(({ path }) => path === 'group.after'));
    await handle.signal(RESUME_SIGNAL);
  }
  if (name === 'rerun') {
    await handle.result();
    const { carried } = await handle.query<{ carried: unknown }, [object]>(RERUN_QUERY, { of: handle.workflowId, from: 'two' });
    const { client, taskQueue } = engine;
    const args = [{ omni: 1, plan, snapshot: { flags: {}, settings: {} }, payload: null, context: null }, carried];
    return client.workflow.start(plan.id, { taskQueue, workflowId: `${handle.workflowId}~again`, args });
  }
  if (name === 'cancelled') {
    await reached(handle, ({ steps }) => steps.some(({ path }) => path === 'two'));
    await handle.cancel();
  }
  return handle;
}

async function reached(handle: WorkflowHandle, condition: (state: ExecutionState) => boolean): Promise<void> {
  for (;;) {
    const state = await handle.query<ExecutionState>(STATE_QUERY).catch(() => undefined);
    if (state !== undefined && condition(state)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
