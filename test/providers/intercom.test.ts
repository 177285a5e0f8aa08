/** Intercom against its stub: the contract suite, and what is its own. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { INTERCOM } from '../../src/providers/intercom';
import { messageSend } from '../../src/tools/message-send';
import type { Provider } from '../../src/tools/tool';
import { callTool, describeProvider, failureOf, providerOf, type VendorToolCase } from '../contracts/provider';
import { startIntercomStub } from '../stubs/intercom';
import type { Stub } from '../stubs/stub';

const MESSAGE: VendorToolCase = {
  tool: 'message.send',
  input: { channel: 'inapp', from: '7', to: 'u1', body: 'Your lesson is ready.' },
  check: (output) => expect(output).toEqual({ id: '1', conversation: 'c1' }),
  refuses: [
    {
      why: 'an email without a subject',
      input: { channel: 'email', from: '7', to: 'u1', body: 'x' },
      type: 'validation',
    },
    {
      why: 'a sender who is no number',
      input: { channel: 'inapp', from: 'ana', to: 'u1', body: 'x' },
      type: 'validation',
    },
  ],
};

describeProvider({ provider: INTERCOM, stub: startIntercomStub, calls: [MESSAGE] });

describe('intercom', () => {
  let stub: Stub;
  let provider: Provider;
  beforeEach(async () => {
    stub = await startIntercomStub();
    provider = providerOf({ provider: INTERCOM }, { key: stub.key, baseUrl: stub.baseUrl });
  });
  afterEach(() => stub.close());

  test('an email has no conversation yet', async () => {
    const input = { channel: 'email', from: '7', to: 'l1', toKind: 'lead', subject: 'Lesson', body: '<p>Hi</p>' };
    expect((await callTool(provider, { ...MESSAGE, input })).output).toEqual({ id: '1' });
  });

  test('a limit says by the clock when it ends', async () => {
    const headers = { 'x-ratelimit-reset': String(Math.round(Date.now() / 1000) + 9) };
    stub.next({ kind: 'status', status: 429, headers });
    const { retryAfterMs } = await failureOf(callTool(provider, MESSAGE));
    expect(Math.abs((retryAfterMs ?? 0) - 9000)).toBeLessThan(2000);
  });

  test('messages are tried once, since none could be found again', () => {
    expect(messageSend.idempotent).toBe('none');
  });
});
