/** A defect of the interpreter is a failure of the execution like any other: typed, located, never thrown further. */
import { expect, test } from '@jest/globals';
import { RUNNERS } from '../../src/interpreter/run-plan';
import { literal, planOf, tool, walk } from './walk';

const broken = {
  ...RUNNERS,
  set: () => {
    throw new TypeError('x is not a function');
  },
};

test('a runner that throws fails its step as internal', async () => {
  const plan = planOf([{ kind: 'set', name: 'one', values: { a: literal(1) } }, tool('two')]);
  const { state, calls } = await walk(plan, { runners: broken });
  expect(state.ended?.error).toMatchObject({ type: 'internal', step: 'one', detail: 'TypeError: x is not a function' });
  expect(calls).toHaveLength(0);
});

test('a handler can take it', async () => {
  const plan = planOf([{ kind: 'set', name: 'one', values: {}, onError: [{ continue: true }] }, tool('two')]);
  const { status } = await walk(plan, { runners: broken });
  expect([status('one'), status('two')]).toEqual(['failed', 'completed']);
});
