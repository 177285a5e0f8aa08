import { expect, test } from '@jest/globals';
import { personalByName } from '../../src/plan/personal';
import type { Step } from '../../src/plan/plan';
import { expression, object, planOf, tool, walk } from './walk';

const guards = (piiRedaction: boolean) => ({ guards: { budget: {}, security: { piiRedaction, encryption: false } } });
const marked = { type: 'string', 'x-pii': 'name' };
const input = {
  type: 'object',
  properties: { people: { type: 'array', items: { $ref: '#/$defs/p' } } },
  $defs: { p: marked },
};
const steps: readonly Step[] = [
  tool('a', { input: object({ who: expression("'Bo'") }), output: { type: 'object', properties: { who: marked } } }),
  tool('b'),
  tool('c'),
];
const payload = { people: ['Ana', 'Li'] };

test('every call takes the marked values along, of the payload and of steps before it, also after continuing as new', async () => {
  const personal = async (continueEvery?: number) =>
    (
      await walk(planOf(steps, { input, ...guards(true) }), { payload, ...(continueEvery && { continueEvery }) })
    ).calls.map(({ redact }) => redact);
  const of = (...values: string[]) => ({
    origin: 'execution',
    personal: values.map((value) => ({ kind: 'name', value })),
  });
  const all = [of('Ana', 'Li'), of('Ana', 'Li', 'Bo'), of('Ana', 'Li', 'Bo')];
  expect(await personal()).toEqual(all);
  expect(await personal(1)).toEqual(all);
});

test('a list that was stored goes along with what its schema says of it', async () => {
  const list = { $blob: 'h'.repeat(64), bytes: 70_000, mediaType: 'application/json' };
  const { calls } = await walk(planOf([tool('b')], { input, ...guards(true) }), { payload: { people: list } });
  expect(calls[0]?.redact?.personal).toEqual([{ within: expect.objectContaining({ type: 'array' }), value: list }]);
});

test('what a context says of a person by the names of its members is known too', () => {
  const context = {
    channel: { name: 'web' },
    user: { id: 'u1', name: 'Ana', contact: { email: 'ana@example.com', phoneNumber: '555' } },
    people: [{ firstName: 'Li' }],
  };
  expect(personalByName(context)).toEqual([
    { kind: 'name', value: 'Ana' },
    { kind: 'email', value: 'ana@example.com' },
    { kind: 'phone', value: '555' },
    { kind: 'name', value: 'Li' },
  ]);
});

test('a step that fails with a marked value in its words says what stood there, and without the guard the value', async () => {
  const fail: Step = {
    kind: 'fail',
    name: 'stop',
    type: 'app/unknown',
    detail: expression("'No account of ' + trigger.payload.people[0]"),
    data: object({ list: expression('trigger.payload.people') }),
  };
  const failure = async (guard: boolean) =>
    (await walk(planOf([fail], { input, ...guards(guard) }), { payload: { people: ['Ana', 'Lisa'] } })).state.ended
      ?.error;
  expect(await failure(true)).toMatchObject({ detail: 'No account of [name]', data: { list: ['[name]', '[name]'] } });
  expect(await failure(false)).toMatchObject({ detail: 'No account of Ana', data: { list: ['Ana', 'Lisa'] } });
});

test('a definition without the guard sends nothing more', async () => {
  const { calls } = await walk(planOf(steps, { input, ...guards(false) }), { payload });
  expect(calls.every((call) => !('redact' in call))).toBe(true);
});
