import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, Door } from './door';
import { openDoor } from './door';
import type { EchoProvider } from './echo-tools';
import { DEFINITIONS, ECHO_CONTRACTS, echoProvider, keyless } from './echo-tools';

let door: Door;
let echo: EchoProvider;
beforeAll(async () => {
  echo = echoProvider();
  door = await openDoor({ providers: [echo, keyless], contracts: ECHO_CONTRACTS, definitions: DEFINITIONS });
});
afterAll(() => door.close());

const greet = (headers?: Record<string, string>, text = 'hello'): Promise<Answer> =>
  door.ask(
    'POST',
    '/workflows/greeter/execute',
    { payload: { userId: 'u1', text }, context: { userId: 'u1' } },
    headers,
  );
const nap = (ms: number, headers?: Record<string, string>): Promise<Answer> =>
  door.ask('POST', '/workflows/sleeper/execute', { payload: { ms } }, headers);

async function until(id: string, settled: (body: Answer['body']) => boolean): Promise<Answer['body']> {
  for (let look = 0; look < 100; look += 1) {
    const { body } = await door.ask('GET', `/executions/${id}`);
    if (settled(body)) return body;
    await pause(100);
  }
  throw new Error(`${id} never got there`);
}

describe('starting', () => {
  test('is 202 with the address of the execution', async () => {
    const { status, headers, body } = await greet();
    expect(status).toBe(202);
    expect(body).toEqual({
      executionId: expect.stringMatching(/^greeter-[0-9a-f-]{36}$/),
      runId: expect.any(String),
      status: 'running',
      links: expect.objectContaining({ self: `/executions/${body.executionId}` }),
    });
    expect(headers.get('location')).toBe(`/executions/${body.executionId}`);
    expect(headers.get('cache-control')).toBe('no-store');
    const { body: ended } = await door.ask('GET', headers.get('location') ?? '');
    expect(ended.workflow).toBe('greeter');
    await until(body.executionId, ({ status: now }) => now === 'completed');
  });

  test('with Prefer: wait it is 200 with outcome, steps and usage', async () => {
    const { status, headers, body } = await greet({ Prefer: 'respond-async, wait=30' });
    expect(status).toBe(200);
    expect(headers.get('preference-applied')).toBe('wait=30');
    expect(headers.get('location')).toBe(`/executions/${body.executionId}`);
    expect(body).toMatchObject({
      status: 'completed',
      output: { said: 'hello', length: 5 },
      version: '1.0.0',
      source: 'state',
    });
    expect(body.usage).toMatchObject({ inputTokens: 3, costUsd: 0.01 });
    expect(body.duration).toBeGreaterThan(0);
    expect(body.steps).toHaveLength(1);
    expect(body.steps[0]).toMatchObject({
      path: 'say',
      kind: 'tool',
      status: 'completed',
      provider: 'echo',
      attempts: 1,
      output: { text: 'hello', length: 5 },
    });
    expect(body.steps[0].waitMs + body.steps[0].runMs).toBe(
      Date.parse(body.steps[0].endedAt) - Date.parse(body.steps[0].startedAt),
    );
  });

  test('with a wait that is too short it is 202 and goes on', async () => {
    const { status, headers, body } = await nap(3000, { Prefer: 'wait=1' });
    expect([status, headers.get('preference-applied')]).toEqual([202, 'wait=1']);
    const ended = await until(body.executionId, ({ status: now }) => now !== 'running');
    expect(ended).toMatchObject({ status: 'completed', output: { slept: true } });
  });

  test('a failed execution is 200 with its problem: the request itself was fine', async () => {
    const { status, body } = await door.ask(
      'POST',
      '/workflows/breaker/execute',
      { payload: {} },
      { Prefer: 'wait=30' },
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'failed', error: { type: 'tool-error', provider: 'echo' } });
    expect(body.error.detail).toContain('The echo is broken');
    expect(body.steps[0]).toMatchObject({ status: 'failed', attempts: 1 });
  });

  test("curl's own media type is taken for JSON, so that examples need no header", async () => {
    const { status } = await door.ask(
      'POST',
      '/workflows/greeter/execute',
      { payload: { userId: 'u', text: 't' } },
      { 'Content-Type': 'application/x-www-form-urlencoded' },
    );
    expect(status).toBe(202);
  });
});

describe('Idempotency-Key', () => {
  test('the same key and body are the same execution, while it runs and after', async () => {
    const key = { 'Idempotency-Key': randomUUID() };
    const [first, second] = await Promise.all([greet(key, 'once'), greet(key, 'once')]);
    await until(first.body.executionId, ({ status }) => status === 'completed');
    const third = await greet({ ...key, Prefer: 'wait=10' }, 'once');
    expect([first.status, second.status, third.status]).toEqual([202, 202, 200]);
    expect(second.body.executionId).toBe(first.body.executionId);
    expect(third.body).toMatchObject({ executionId: first.body.executionId, output: { said: 'once' } });
    const { executionId } = first.body as { executionId: string };
    expect(echo.calls.filter((call) => call.startsWith(`${executionId}/`))).toHaveLength(1);
  });

  test('the same key with another body is 422', async () => {
    const key = { 'Idempotency-Key': randomUUID() };
    await greet(key, 'one');
    const { status, body } = await greet(key, 'two');
    expect([status, body.type]).toEqual([422, 'conflict']);
  });

  test('a key is not used up by a request that was refused', async () => {
    const key = { 'Idempotency-Key': randomUUID() };
    expect((await door.ask('POST', '/workflows/greeter/execute', { payload: {} }, key)).status).toBe(400);
    expect((await greet(key)).status).toBe(202);
  });
});

describe('looking', () => {
  let id: string;
  beforeAll(async () => {
    id = (await greet({ Prefer: 'wait=30' }, 'look')).body.executionId as string;
  });

  test('a step shows its input and output', async () => {
    const { body } = await door.ask('GET', `/executions/${id}/steps/say`);
    expect(body).toMatchObject({ path: 'say', input: { text: 'look' }, output: { text: 'look', length: 4 } });
  });

  test('an unknown step is 404 and names those there are', async () => {
    const { status, body } = await door.ask('GET', `/executions/${id}/steps/sai`);
    expect(status).toBe(404);
    expect(body.detail).toContain('say');
  });

  test('the history is decoded and paged', async () => {
    const first = await door.ask('GET', `/executions/${id}/history?limit=5`);
    expect(first.body.next).toEqual(expect.any(String));
    expect(first.body.events[0]).toMatchObject({ id: 1, type: 'WorkflowExecutionStarted', summary: 'Greeter 1.0.0' });
    expect(first.body.events[0].attributes.input[0].payload).toEqual({ userId: 'u1', text: 'look' });
    const seen = [...first.body.events];
    let next: string | undefined = first.body.next;
    while (next !== undefined) {
      const page: Answer = await door.ask('GET', `/executions/${id}/history?limit=5&cursor=${next}`);
      seen.push(...page.body.events);
      next = page.body.next;
    }
    expect(seen.map((event) => event.id)).toEqual(seen.map((_, index) => index + 1));
    expect(seen.at(-1)).toMatchObject({
      type: 'WorkflowExecutionCompleted',
      attributes: { result: [{ said: 'look', length: 4 }] },
    });
    const scheduled = seen.find((event) => event.type === 'ActivityTaskScheduled');
    expect(scheduled).toMatchObject({
      summary: 'say · echo',
      attributes: { activityId: 'say#1', activityType: { name: 'echo.say' } },
    });
    expect(Number.isNaN(Date.parse(scheduled.time))).toBe(false);
  });

  test('a cursor that was never handed out is 400', async () => {
    expect((await door.ask('GET', `/executions/${id}/history?cursor=AAAA`)).status).toBe(400);
    expect((await door.ask('GET', '/executions?cursor=../x')).status).toBe(400);
  });

  test('an unknown execution is 404 everywhere', async () => {
    for (const path of ['', '/history', '/events', '/steps/say', `/blobs/${'0'.repeat(64)}`])
      expect((await door.ask('GET', `/executions/none${path}`)).status).toBe(404);
    for (const path of ['/cancel', '/signals/go'])
      expect((await door.ask('POST', `/executions/none${path}`, {})).status).toBe(404);
  });

  test('lists answer by workflow, status and time, newest first, in pages', async () => {
    const ids: string[] = [];
    for (let look = 0; look < 50 && !ids.includes(id); look += 1) {
      ids.length = 0;
      let next = '';
      do {
        const { body } = await door.ask('GET', `/executions?workflow=greeter&status=completed&limit=2${next}`);
        expect(body.executions.length).toBeLessThanOrEqual(2);
        for (const one of body.executions) {
          expect(one).toMatchObject({ workflow: 'greeter', status: 'completed', version: '1.0.0' });
          ids.push(one.executionId);
        }
        next = body.next === undefined ? '' : `&cursor=${body.next}`;
      } while (next !== '');
      await pause(100);
    }
    expect(ids).toContain(id);
    expect(new Set(ids).size).toBe(ids.length);
    const { body: none } = await door.ask('GET', `/executions?since=${new Date(Date.now() + 60_000).toISOString()}`);
    expect(none).toEqual({ executions: [] });
  });
});

describe('live progress', () => {
  test('tells each step as it changes and ends with the execution', async () => {
    const { body } = await nap(1500);
    const response = await fetch(`${door.url}/executions/${body.executionId}/events`, { headers: door.authorization });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const events = (await response.text()).split('\n\n').flatMap((block) => {
      const match = /^event: (\w+)\ndata: (.*)$/s.exec(block);
      return match === null ? [] : [{ event: match[1], data: JSON.parse(match[2] ?? '') }];
    });
    expect(events.filter(({ event }) => event === 'step').map(({ data }) => data.status)).toEqual([
      'running',
      'completed',
    ]);
    expect(events.at(-1)).toMatchObject({ event: 'end', data: { status: 'completed', output: { slept: true } } });
  });
});

describe('large values', () => {
  test('a payload of a few MB passes as a reference that leads to its content, for this execution alone', async () => {
    const text = 'ä'.repeat(1_500_000);
    const { status, body } = await greet({ Prefer: 'wait=30' }, text);
    expect(status).toBe(200);
    expect(body.output.length).toBe(text.length);
    const { said } = body.output;
    expect(said).toMatchObject({
      bytes: 3_000_000,
      mediaType: 'text/plain',
      href: `/executions/${body.executionId}/blobs/${said.$blob}`,
    });
    const blob = await door.ask('GET', said.href);
    expect(blob.text).toBe(text);
    expect(blob.headers.get('content-disposition')).toMatch(/^attachment; filename="[0-9a-f]{12}\.txt"$/);
    expect(blob.headers.get('x-content-type-options')).toBe('nosniff');
    const { body: history } = await door.ask('GET', `/executions/${body.executionId}/history?limit=1000`);
    expect(JSON.stringify(history).length).toBeLessThan(100_000);
    const other = (await greet({ Prefer: 'wait=30' })).body.executionId as string;
    expect((await door.ask('GET', `/executions/${other}/blobs/${said.$blob}`)).status).toBe(404);
  });
});
