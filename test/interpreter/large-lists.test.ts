/** Lists that outgrow an execution, in virtual time. */
import { describe, expect, test } from '@jest/globals';
import type { BlobReference } from '../../src/plan/blob';
import type { CallRequest } from '../../src/plan/call';
import type { Json } from '../../src/plan/json';
import type { ForEachStep } from '../../src/plan/plan';
import type { WalkOptions } from './walk';
import { answered, echo, expression, failing, object, planOf, tool, walk } from './walk';

const KILOBYTE = 'x'.repeat(1_000);

const forEach = (fields: Partial<ForEachStep> = {}): ForEachStep => ({
  kind: 'forEach',
  name: 'each',
  list: 'trigger.payload.items',
  as: 'item',
  concurrency: 10,
  steps: [tool('score', { input: object({ n: expression('item') }) })],
  collect: 'steps.score.output',
  join: 'all',
  onItemError: 'fail',
  ...fields,
});

const large = (request: CallRequest, afterMs = 10) =>
  answered(request, { n: request.input['n'] ?? null, text: KILOBYTE }, afterMs);
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const results = (count: number) => numbers(count).map((n) => ({ n, text: KILOBYTE }));

/** As if it never continued as new, and as if it did so often. */
const WAYS: readonly Partial<WalkOptions>[] = [{}, { continueEvery: 700 }];

describe.each(WAYS)('with %j', (way) => {
  test('a long list of results is stored, in the order of the items', async () => {
    const options = { answer: large, payload: { items: numbers(2_000) }, ...way };
    const { output, stored, calls } = await walk(planOf([forEach()]), options);
    expect(output).toMatchObject({ mediaType: 'application/json', bytes: expect.any(Number) });
    expect(stored(output as unknown as BlobReference)).toEqual(results(2_000));
    expect(calls).toHaveLength(2_000);
  });

  test('an item that takes longer than all others keeps its place', async () => {
    const answer = (request: CallRequest) => large(request, request.input['n'] === 3 ? 100_000 : 10);
    const options = { answer, payload: { items: numbers(2_000) }, ...way };
    const { output, stored, calls } = await walk(planOf([forEach()]), options);
    expect(stored(output as unknown as BlobReference)).toEqual(results(2_000));
    expect(calls).toHaveLength(2_000);
  });

  test('failed items and the first to complete keep their places too', async () => {
    const answer = (request: CallRequest) =>
      Number(request.input['n']) % 2 === 0 ? failing(request, 'tool-error') : large(request);
    const options = { answer, payload: { items: numbers(2_000) }, ...way };
    const all = await walk(planOf([forEach({ onItemError: 'continue' })]), options);
    const list = all.stored(all.output as unknown as BlobReference);
    expect(list).toHaveLength(2_000);
    expect(list.slice(1_998)).toMatchObject([{ error: { type: 'tool-error' } }, { n: 1_999 }]);
    const some = await walk(planOf([forEach({ join: 900 })]), options);
    expect(some.stored(some.output as unknown as BlobReference)).toEqual(results(1_800).filter(({ n }) => n % 2 === 1));
  });

  test('a stored list of several megabytes is gone over item by item, and its results again', async () => {
    const items: Json = numbers(5_000).map((n) => ({ n, text: KILOBYTE }));
    const reference = { $blob: 'list', bytes: 5_000_000, mediaType: 'application/json' };
    const plan = planOf([
      forEach({ collect: 'item' }),
      forEach({ name: 'again', list: 'steps.each.output', collect: 'item.n' }),
    ]);
    const { output, calls } = await walk(plan, { payload: { items: reference }, blobs: { list: items }, ...way });
    expect(output).toEqual(numbers(5_000));
    expect(calls).toHaveLength(10_000);
  });
});

test('a list of results stays at hand while it is short', async () => {
  const { output } = await walk(planOf([forEach()]), { answer: large, payload: { items: numbers(400) } });
  expect(output).toEqual(results(400));
});

test('a stored value that is no list is an error of the step', async () => {
  const items = { $blob: 'text', bytes: 100_000, mediaType: 'text/plain' };
  const { state } = await walk(planOf([forEach()]), { payload: { items }, blobs: { text: 'words' }, answer: echo });
  expect(state.ended?.error).toMatchObject({ type: 'expression', step: 'each' });
});

test('a list of results above the limit of a value is found out early: it is an error of the step', async () => {
  const answer = (request: CallRequest) => answered(request, 'x'.repeat(60_000));
  const options = { answer, payload: { items: numbers(1_000) }, continueEvery: 100 };
  const { state, calls } = await walk(planOf([forEach()]), options);
  expect(state.ended?.error).toMatchObject({ type: 'too-large', step: 'each' });
  // What can no longer be of use is not paid for.
  expect(calls.length).toBeLessThan(600);
});
