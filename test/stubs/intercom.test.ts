/** The stub is what it says it is: Intercom's own client takes it for the real thing. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { IntercomClient } from 'intercom-client';
import { startIntercomStub } from './intercom';
import type { Stub } from './stub';

describe("the stub under Intercom's client", () => {
  let stub: Stub;
  const clientOf = (token: string): IntercomClient =>
    new IntercomClient({ token, environment: stub.baseUrl, maxRetries: 0 });
  beforeEach(async () => {
    stub = await startIntercomStub();
  });
  afterEach(() => stub.close());

  const message = {
    message_type: 'inapp' as const,
    body: 'Hello',
    from: { type: 'admin' as const, id: 7 },
    to: { type: 'user' as const, id: 'u1' },
  };

  test('a message is sent', async () => {
    expect(await clientOf(stub.key).messages.create(message)).toMatchObject({
      type: 'admin_message',
      id: '1',
      conversation_id: 'c1',
    });
  });

  test("a wrong key and a scripted fault are the client's errors", async () => {
    await expect(clientOf('nope').messages.create(message)).rejects.toMatchObject({ statusCode: 401 });
    stub.next({ kind: 'status', status: 422 });
    await expect(clientOf(stub.key).messages.create(message)).rejects.toMatchObject({ statusCode: 422 });
  });
});
