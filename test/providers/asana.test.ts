/** Asana against its stub: the contract suite, and what is its own. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ASANA } from '../../src/providers/asana';
import type { Provider } from '../../src/tools/tool';
import { callTool, describeProvider, failureOf, providerOf, type VendorToolCase } from '../contracts/provider';
import { startAsanaStub } from '../stubs/asana';
import type { Stub } from '../stubs/stub';

const TASK: VendorToolCase = {
  tool: 'task.create',
  requests: 2,
  findsAgain: true,
  input: { project: '77', name: 'Call Ana', notes: 'About the lesson.', assignee: 'me', dueOn: '2026-11-30' },
  check: (output) => expect(output).toEqual({ id: '1200000', url: 'https://app.asana.com/0/77/1200000' }),
};

describeProvider({ provider: ASANA, stub: startAsanaStub, calls: [TASK] });

describe('asana', () => {
  let stub: Stub;
  let provider: Provider;
  beforeEach(async () => {
    stub = await startAsanaStub({ pageSize: 1 });
    provider = providerOf({ provider: ASANA }, { key: stub.key, baseUrl: stub.baseUrl });
  });
  afterEach(() => stub.close());

  const posts = (): number => stub.calls.filter(({ method }) => method === 'POST').length;

  test('a second attempt finds the task whose answer was lost, on whatever page it is', async () => {
    for (const idempotencyKey of ['a', 'b', 'c']) await callTool(provider, TASK, { idempotencyKey });
    stub.next(undefined, undefined, undefined, { kind: 'cut', after: 'half' });
    await failureOf(callTool(provider, TASK));
    expect(posts()).toBe(4);
    expect((await callTool(provider, TASK)).output).toMatchObject({ id: '1200003' });
    expect(posts()).toBe(4);
  });

  test('nothing is made before all that may be the one was looked at', async () => {
    for (let nth = 0; nth < 10; nth += 1) await callTool(provider, TASK, { idempotencyKey: String(nth) });
    await callTool(provider, TASK, { idempotencyKey: 'eleventh' });
    const error = await failureOf(callTool(provider, TASK, { idempotencyKey: 'twelfth' }));
    expect(error.problem).toMatchObject({
      type: 'tool-error',
      detail: expect.stringContaining('changed within a day'),
    });
    expect(posts()).toBe(11);
  });
});
