/** Reruns: what a closed execution leaves to the one that is run again from it. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { rerunState } from '../../src/interpreter/rerun';
import { receive } from '../../src/interpreter/inbox';
import type { CarriedState } from '../../src/interpreter/state';
import type { CallRequest } from '../../src/plan/call';
import type { Plan, Step, ToolStep } from '../../src/plan/plan';
import { OmniError } from '../../src/plan/problem';
import type { Walked, WalkOptions } from './walk';
import { answered, candidate, echo, expression, failing, literal, object, planOf, tool, walk } from './walk';

const undo = (): ToolStep => tool('compensate', { tool: 'test.undo' });
const fails =
  (...paths: string[]) =>
  (request: CallRequest) =>
    paths.includes(request.path) ? failing(request, 'tool-error') : echo(request);

/** As it travels from one execution to the next. */
function carried(plan: Plan, { state }: Walked, from?: string): CarriedState {
  return JSON.parse(
    JSON.stringify(rerunState(plan, state, { of: 'execution', ...(from === undefined ? {} : { from }) })),
  ) as CarriedState;
}

async function again(plan: Plan, first: Walked, from?: string, options: WalkOptions = {}): Promise<Walked> {
  return walk(plan, { ...options, carried: carried(plan, first, from) });
}

const keys = ({ calls }: Walked) => calls.map(({ key }) => key);
const paths = ({ calls }: Walked) => calls.map(({ path }) => path);

function refusal(plan: Plan, first: Walked, from?: string) {
  try {
    carried(plan, first, from);
  } catch (error) {
    if (error instanceof OmniError) return error.problem;
    throw error;
  }
  return undefined;
}

describe('without a step to begin with', () => {
  test('goes on at the step that failed, with the outputs of those before and the keys of the origin', async () => {
    const plan = planOf(
      [
        tool('a'),
        { kind: 'set', name: 'note', values: { n: expression('steps.a.output.name') } },
        tool('b', { input: object({ n: expression('vars.n'), id: expression('uuid()') }) }),
        tool('c'),
      ],
      { output: expression('steps.b.output') },
    );
    const first = await walk(plan, { answer: fails('b') });
    const second = await again(plan, first);
    expect(keys(second)).toEqual(['execution/b#1', 'execution/c#1']);
    // The same key bears the same input.
    expect(second.calls[0]?.input).toEqual(first.calls[1]?.input);
    expect(second.state).toMatchObject({ id: 'rerun', origin: 'execution', rerun: { of: 'execution', reused: 2 } });
    expect(second.state.records.get('a')).toMatchObject({ status: 'completed', reused: true });
    expect(second.output).toMatchObject({ n: 'a' });
  });

  test('of a rerun keeps the origin and adds up what was spent', async () => {
    const plan = planOf([tool('a'), tool('b'), tool('c')]);
    const spending = (bad: string) => (request: CallRequest) => {
      const { outcome, afterMs } = fails(bad)(request);
      return {
        afterMs,
        outcome: { ...outcome, usage: { inputTokens: 1, outputTokens: 0, costUsd: 1, durationMs: 1 } },
      };
    };
    const first = await walk(plan, { answer: spending('b') });
    const second = await again(plan, first, undefined, { answer: spending('c') });
    const third = await again(plan, second);
    expect(keys(third)).toEqual(['execution/c#1']);
    expect([second.state.usage.costUsd, second.state.rerun?.usage.costUsd]).toEqual([2, 2]);
    expect(third.state.rerun).toMatchObject({ origin: 'execution', reused: 2, usage: { costUsd: 4 } });
  });

  test('in parallel only the branches run that were not done', async () => {
    const branch = (name: string): { name: string; single: false; steps: Step[] } => ({
      name,
      single: false,
      steps: [tool(`${name}1`), tool(`${name}2`)],
    });
    const plan = planOf([{ kind: 'parallel', name: 'all', join: 'all', branches: ['a', 'b', 'c'].map(branch) }]);
    const slow = (request: CallRequest) =>
      request.path === 'all.c.c2' ? answered(request, 1, 500) : fails('all.b.b2')(request);
    const second = await again(plan, await walk(plan, { answer: slow }));
    expect(paths(second).sort()).toEqual(['all.b.b2', 'all.c.c2']);
    expect(second.state.ended?.error).toBeUndefined();
    expect(Object.keys(second.output as object)).toEqual(['a', 'b', 'c']);
  });

  test('in loops the finished rounds stay done, and the variables are what they were', async () => {
    const plan = planOf(
      [
        {
          kind: 'forEach',
          name: 'each',
          list: 'trigger.payload.list',
          as: 'item',
          concurrency: 2,
          steps: [tool('one', { input: object({ n: expression('item') }) }), tool('two')],
          collect: 'steps.one.output.n',
          join: 'all',
          onItemError: 'fail',
        },
        {
          kind: 'repeat',
          name: 'count',
          max: 4,
          steps: [{ kind: 'set', name: 'add', values: { n: expression('vars.?n.orValue(0) + 1') } }, tool('tick')],
        },
      ],
      { output: object({ items: expression('steps.each.output'), n: expression('vars.n') }) },
    );
    const payload = { list: [1, 2, 3, 4] };
    const first = await walk(plan, { payload, answer: fails('each[2].two') });
    const second = await again(plan, first, undefined, { answer: fails('count[2].tick') });
    expect(paths(second)).toEqual(expect.arrayContaining(['each[2].two']));
    expect(paths(second)).not.toEqual(expect.arrayContaining(['each[0].one', 'each[1].two', 'each[2].one']));
    const third = await again(plan, second);
    expect(paths(third)).toEqual(['count[2].tick', 'count[3].tick']);
    expect(third.output).toEqual({ items: [1, 2, 3, 4], n: 4 });
  });

  test('variables that rounds beside each other have assigned are what the last in time left', async () => {
    const inner: Step[] = [
      tool('call'),
      { kind: 'set', name: 'count', values: { n: expression('vars.?n.orValue(0) + 1') } },
    ];
    const loop = (name: string, steps: Step[]): Step => ({
      kind: 'forEach',
      name,
      list: '[1, 2, 3]',
      as: name,
      concurrency: 2,
      steps,
      join: 'all',
      onItemError: 'fail',
    });
    const plan = planOf([loop('outer', [loop('inner', inner), tool('end')])], { output: expression('vars.n') });
    for (const path of (await walk(plan)).calls.map((call) => call.path)) {
      const second = await again(plan, await walk(plan, { answer: fails(path) }));
      expect([path, second.output]).toEqual([path, 9]);
    }
  });

  test('a step that failed together with its handler is run itself, and its handler only when it fails again', async () => {
    const plan = planOf([tool('pay', { onError: [{ steps: [tool('sorry')] }] }), tool('after')]);
    const first = await walk(plan, { answer: fails('pay', 'pay.onError.sorry') });
    expect(paths(await again(plan, first))).toEqual(['pay', 'after']);
  });

  test('a deadline begins anew', async () => {
    const plan = planOf([{ kind: 'steps', name: 'group', timeoutMs: 100, steps: [tool('a'), tool('b')] }]);
    const first = await walk(plan, {
      answer: (request) => answered(request, 1, request.path === 'group.b' ? 1_000 : 10),
    });
    expect(first.state.ended?.error).toMatchObject({ type: 'timeout' });
    const second = await again(plan, first);
    expect([paths(second), second.state.ended?.error]).toEqual([['group.b'], undefined]);
  });

  test('a cancelled execution goes on where it was cut off, and a question is asked anew', async () => {
    const ask: Step = { kind: 'waitFor', name: 'ask', signal: 'go', from: [], form: {}, reminders: [] };
    const plan = planOf([tool('a'), ask, tool('b')]);
    const first = await walk(plan, { cancelAfterMs: 1_000 });
    expect(first.state.ended?.cancelled).toBe(true);
    const second = await again(plan, first, undefined, {
      messages: [{ atMs: 50, send: (state, at) => receive(state, { name: 'go', payload: {}, at }, new Set(['go'])) }],
    });
    expect([paths(second), second.state.ended?.error]).toEqual([['b'], undefined]);
  });

  test('a rerun asks for its own turn, and for nothing that belonged to who waited for the old one', async () => {
    const concurrency = { key: literal('k'), limit: 1, whenFull: 'queue' } as const;
    const plan = planOf([tool('a'), tool('b')], { concurrency });
    const first = await walk(plan, { answer: fails('b') });
    for (const field of ['turn', 'parent', 'ending', 'paused', 'cancelled'])
      expect(carried(plan, first)).not.toHaveProperty(field);
    expect((await again(plan, first)).state.ended?.error).toBeUndefined();
  });

  test('is refused where every step has ended well', async () => {
    const plan = planOf([tool('a')]);
    expect(refusal(plan, await walk(plan))).toMatchObject({ type: 'validation', errors: [{ pointer: '/from' }] });
  });
});

describe('with a step to begin with', () => {
  const plan = planOf(
    [
      tool('a'),
      { kind: 'set', name: 'early', values: { n: literal(1) } },
      {
        kind: 'switch',
        name: 'pick',
        cases: [{ when: 'false', steps: [tool('no')] }, { steps: [tool('yes'), tool('more')] }],
      },
      { kind: 'set', name: 'late', values: { n: expression('vars.n + 10') } },
      tool('last', { input: object({ n: expression('vars.n') }) }),
    ],
    { finally: [tool('sweep')] },
  );

  test('that step and all after it run, in the branch that was taken, with the variables as they were there', async () => {
    const second = await again(plan, await walk(plan), 'more');
    expect(paths(second)).toEqual(['pick.more', 'last', 'finally.sweep']);
    expect(second.calls.find(({ path }) => path === 'last')?.input).toEqual({ n: 11 });
  });

  test('it may be named by its path, and may lie in a handler', async () => {
    const handled = planOf([tool('pay', { onError: [{ steps: [tool('one'), tool('two')] }] }), tool('after')]);
    const first = await walk(handled, { answer: fails('pay') });
    expect(paths(await again(handled, first, 'pay.onError.two'))).toEqual(['pay.onError.two', 'after']);
    expect(paths(await again(handled, first, 'pay'))).toEqual(['pay', 'after']);
  });

  test('what it is not is told: unknown, never begun, more than one, in a forgotten round, beside the course', async () => {
    const first = await walk(plan);
    expect(refusal(plan, first, 'nowhere')).toMatchObject({ type: 'not-found', data: { steps: expect.any(Array) } });
    expect(refusal(plan, first, 'no')).toMatchObject({ type: 'validation', detail: expect.stringContaining('never') });
    expect(refusal(plan, first, 'sweep')).toMatchObject({ type: 'validation' });
    const each: Step = {
      kind: 'forEach',
      name: 'each',
      list: '[1, 2]',
      as: 'item',
      concurrency: 2,
      steps: [tool('one'), tool('two')],
      join: 'all',
      onItemError: 'fail',
    };
    const loop = planOf([each]);
    expect(refusal(loop, await walk(loop), 'one')).toMatchObject({ data: { suggestion: 'each' } });
    const broken = await walk(loop, { answer: fails('each[0].two', 'each[1].two') });
    expect(refusal(loop, broken, 'one')).toMatchObject({ data: { paths: ['each[0].one', 'each[1].one'] } });
    expect(paths(await again(loop, broken, 'each[0].one')).sort()).toEqual([
      'each[0].one',
      'each[0].two',
      'each[1].two',
    ]);
  });
});

describe('what was undone', () => {
  const plan = planOf([tool('a'), tool('pay', { compensate: undo() }), tool('b'), tool('c')]);

  test('is done anew with all that came after it, under another key, and can be undone again', async () => {
    const first = await walk(plan, { answer: fails('c') });
    expect(paths(first)).toContain('pay.compensate');
    const second = await again(plan, first, undefined, { answer: fails('c') });
    expect(keys(second)).toEqual([
      'execution/pay~1#1',
      'execution/b#1',
      'execution/c#1',
      'execution/pay.compensate~1#1',
    ]);
    expect(keys(await again(plan, second))[0]).toBe('execution/pay~2#1');
  });

  test('stands when its compensation failed, and is undone when the rerun fails too', async () => {
    const first = await walk(plan, { answer: fails('c', 'pay.compensate') });
    const second = await again(plan, first, undefined, { answer: fails('c') });
    expect(keys(second)).toEqual(['execution/c#1', 'execution/pay.compensate#1']);
  });

  test('is left alone where it lost a race that is decided', async () => {
    const branches = [
      { name: 'quick', single: true, steps: [tool('quick')] },
      { name: 'slow', single: false, steps: [tool('hold', { compensate: undo() }), tool('slow')] },
    ];
    const race = planOf([{ kind: 'parallel', name: 'race', branches, join: 1 }, tool('after')]);
    const answer = (request: CallRequest) =>
      request.path === 'race.quick' ? answered(request, 1, 15) : fails('after')(request);
    const first = await walk(race, { answer });
    expect(paths(first)).toContain('race.slow.hold.compensate');
    expect(paths(await again(race, first))).toEqual(['after']);
  });
});

describe('a tool that must not be called twice', () => {
  const plan = planOf([tool('a'), tool('pay', { idempotent: 'none' }), tool('b')]);
  const lost = (request: CallRequest) => (request.path === 'pay' ? failing(request, 'outcome-unknown') : echo(request));

  test('is called again only by whoever names its step', async () => {
    const first = await walk(plan, { answer: lost });
    expect(refusal(plan, first)).toMatchObject({ type: 'conflict', step: 'pay' });
    expect(refusal(plan, first, 'a')).toMatchObject({ type: 'conflict', step: 'pay' });
    expect(paths(await again(plan, first, 'pay'))).toEqual(['pay', 'b']);
  });
});

test('children that completed are reused; others are new executions with the keys of the first', async () => {
  const child = (name: string): Step => ({
    kind: 'workflow',
    name,
    workflow: name,
    input: object({}),
    await: true,
  });
  const plan = planOf([child('one'), child('two')]);
  const seen: [string, string | undefined][] = [];
  const options = (bad: string): WalkOptions => ({
    child: ({ executionId, workflow, parent }) => {
      seen.push([executionId, parent.origin]);
      const usage = { inputTokens: 0, outputTokens: 0, costUsd: 0, durationMs: 0 };
      if (workflow !== bad) return { afterMs: 1, outcome: { status: 'completed', output: workflow, usage } };
      const error = { type: 'tool-error', title: '', status: 502, detail: 'no' } as const;
      return { afterMs: 1, outcome: { status: 'failed', error, usage } };
    },
  });
  const first = await walk(plan, options('two'));
  const second = await again(plan, first, undefined, options(''));
  expect(seen).toEqual([
    ['execution.one', 'execution.one'],
    ['execution.two', 'execution.two'],
    ['rerun.two', 'execution.two'],
  ]);
  expect(second.state.records.get('one')).toMatchObject({ childExecutionId: 'execution.one', reused: true });
  expect(second.output).toBe('two');
});

/** A sketch of a step; names are given when it is built. */
type Sketch =
  | { kind: 'tool' | 'set' }
  | { kind: 'steps' | 'forEach' | 'repeat' | 'switch'; inner: Sketch[] }
  | { kind: 'parallel'; branches: Sketch[][] };

const { sketches } = fc.letrec<{ sketch: Sketch; sketches: Sketch[] }>((tie) => ({
  sketches: fc.array(tie('sketch'), { minLength: 1, maxLength: 3 }),
  sketch: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constantFrom('tool' as const, 'tool' as const, 'set' as const) }),
    fc.record({
      kind: fc.constantFrom('steps' as const, 'forEach' as const, 'repeat' as const, 'switch' as const),
      inner: tie('sketches'),
    }),
    fc.record({
      kind: fc.constant('parallel' as const),
      branches: fc.array(tie('sketches'), { minLength: 1, maxLength: 3 }),
    }),
  ),
}));

function build(list: readonly Sketch[]): Plan {
  let count = 0;
  const step = (sketch: Sketch): Step => {
    const name = `s${(count += 1)}`;
    switch (sketch.kind) {
      case 'tool':
        return tool(name, { input: object({ id: expression('uuid()') }), chain: [candidate('p')] });
      case 'set':
        return { kind: 'set', name, values: { [name]: expression(`vars.?${name}.orValue(0) + 1`) } };
      case 'steps':
        return { kind: 'steps', name, steps: sketch.inner.map(step) };
      case 'switch':
        return { kind: 'switch', name, cases: [{ when: 'false', steps: [] }, { steps: sketch.inner.map(step) }] };
      case 'repeat':
        return { kind: 'repeat', name, max: 2, steps: sketch.inner.map(step) };
      case 'forEach':
        return {
          kind: 'forEach',
          name,
          list: '[1, 2, 3]',
          as: `item_${name}`,
          concurrency: 2,
          steps: sketch.inner.map(step),
          join: 'all',
          onItemError: 'fail',
        };
      case 'parallel':
        return {
          kind: 'parallel',
          name,
          join: 'all',
          branches: sketch.branches.map((inner, i) => ({ name: `b${i}`, single: false, steps: inner.map(step) })),
        };
    }
  };
  return planOf(list.map(step), { output: object({ vars: expression('vars') }) });
}

test('an execution that was cut off anywhere and run again does what an undisturbed one does, each call once', async () => {
  await fc.assert(
    fc.asyncProperty(sketches, fc.nat(20), fc.boolean(), async (list, at, cancelled) => {
      const plan = build(list);
      const whole = await walk(plan);
      const victim = whole.calls[at % Math.max(1, whole.calls.length)]?.path;
      if (victim === undefined) return;
      const first = await walk(plan, cancelled ? { cancelAfterMs: 5 + 10 * at } : { answer: fails(victim) });
      if (first.state.ended?.error === undefined) return;
      const done = new Set([...first.calls].filter(({ path }) => path !== victim || cancelled).map(({ key }) => key));
      for (const { status, path } of first.state.records.values())
        if (status !== 'completed') done.delete(`execution/${path}#1`);
      const second = await again(plan, first);
      expect(second.state.ended?.error).toBeUndefined();
      expect(second.output).toEqual(whole.output);
      expect(keys(second).filter((key) => done.has(key))).toEqual([]);
      expect(new Set([...done, ...keys(second)])).toEqual(new Set(keys(whole)));
      const inputs = new Map(whole.calls.map(({ key, input }) => [key, input]));
      for (const { key, input } of second.calls) expect(input).toEqual(inputs.get(key));
    }),
    { numRuns: 400 },
  );
});
