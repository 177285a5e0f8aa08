/** A client that knows nothing but HTTP: starts, waits, repeats, follows, cancels, fetches audio, and reads refusals. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { freePort } from '../../src/store/port';
import { withPrivateServers } from '../private-servers';
import type { RunningServer } from './server';
import { startServer } from './server';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly executionId: string;
    readonly status: string | number;
    readonly links: { readonly self: string; readonly events: string; readonly cancel: string };
    readonly steps: readonly { readonly name: string; readonly status: string; readonly attempts: number }[];
    readonly output: {
      readonly corrected: string;
      readonly audio: { readonly href: string; readonly mediaType: string };
    };
    readonly type: string;
    readonly detail: string;
    readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
  };
}

/** What every request of this story has in common. */
type Client = (
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>;

function clientOf({ url, headers: own }: RunningServer): Client {
  return async (method, path, body, headers = {}) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { ...own, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    console.log(`${method} ${path.replace(/-[0-9a-f-]{32,}/, '-…')} → ${answer.status}`);
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Answer['body'] };
  };
}

async function startAndWait(request: Client, { url, headers: own }: RunningServer): Promise<void> {
  const { status, headers, body } = await request(
    'POST',
    '/workflows/say-it-right/execute',
    { payload: { text: 'Yesterday I go to the shop.' } },
    { prefer: 'wait=60' },
  );
  assert.equal(status, 200);
  assert.equal(body.status, 'completed');
  assert.equal(headers.get('location'), `/executions/${body.executionId}`);
  assert.equal(body.output.corrected, 'Yesterday I went to the shop.');
  console.log(`  ${body.output.corrected}`);

  // A value of 64 KiB or more is a reference; its address gives the bytes.
  const { audio } = body.output;
  const content = await fetch(`${url}${audio.href}`, { headers: own });
  const bytes = Buffer.from(await content.arrayBuffer());
  console.log(`  ${content.headers.get('content-type')}, begins with ${bytes.toString('latin1', 0, 4)}`);
  assert.equal(content.headers.get('content-type'), 'audio/wav');
  assert.equal(bytes.toString('latin1', 0, 4) + bytes.toString('latin1', 8, 12), 'RIFFWAVE');
}

async function startOnce(request: Client, { url, headers: own }: RunningServer): Promise<void> {
  const body = { payload: { text: 'He have two dogs.' } };
  const key = { 'idempotency-key': 'order-17' };
  const first = await request('POST', '/workflows/say-it-right/execute', body, key);
  assert.equal(first.status, 202);
  const again = await request('POST', '/workflows/say-it-right/execute', body, key);
  assert.equal(again.body.executionId, first.body.executionId);
  const other = await request('POST', '/workflows/say-it-right/execute', { payload: { text: 'Other.' } }, key);
  assert.equal(other.status, 422);
  console.log(`  ${other.body.detail}`);

  // Followed as server-sent events, until the event `end`.
  const stream = await (await fetch(`${url}${first.body.links.events}`, { headers: own })).text();
  const events = [...stream.matchAll(/^event: (\w+)$/gm)].map(([, event]) => event);
  console.log(`GET /executions/say-it-right-…/events → ${[...new Set(events)].sort().join(', ')}`);
  assert.equal(events.at(-1), 'end');
  const done = await request('GET', first.body.links.self);
  assert.equal(done.body.status, 'completed');
  assert.deepEqual(
    done.body.steps.map(({ name, status }) => [name, status]),
    [
      ['feedback', 'completed'],
      ['speech', 'completed'],
    ],
  );
  // What has ended by itself cannot be cancelled.
  assert.equal((await request('POST', done.body.links.cancel)).status, 409);
}

async function cancel(request: Client, { url, headers: own }: RunningServer): Promise<void> {
  // A wait that is too short for the execution is answered 202, and the execution goes on.
  const { status, body } = await request('POST', '/workflows/patient/execute', {}, { prefer: 'wait=1' });
  assert.equal(status, 202);
  const asked = await request('POST', body.links.cancel);
  assert.equal(asked.status, 202);
  await (await fetch(`${url}${body.links.events}`, { headers: own })).text();
  const { body: ended } = await request('GET', body.links.self);
  console.log(`  ${ended.status}`);
  assert.equal(ended.status, 'cancelled');
  assert.equal((await request('POST', body.links.cancel)).status, 202);
}

async function refusals(request: Client): Promise<void> {
  const wrong = await request('POST', '/workflows/say-it-right/execute', { payload: { text: '', txt: 'x' } });
  assert.equal(wrong.status, 400);
  assert.equal(wrong.headers.get('content-type')?.split(';')[0], 'application/problem+json');
  for (const { pointer, detail } of wrong.body.errors ?? []) console.log(`  ${pointer} ${detail}`);
  assert.deepEqual(wrong.body.errors?.map(({ pointer }) => pointer).sort(), ['/payload/text', '/payload/txt']);

  const unknown = await request('POST', '/workflows/say-it-rigth/execute', {});
  assert.equal(unknown.status, 404);
  console.log(`  ${unknown.body.detail}`);

  const broken = await request('POST', '/workflows/say-it-right/execute', '{ "payload": ');
  assert.equal(broken.status, 400);
  console.log(`  ${broken.body.detail}`);
}

void withPrivateServers({
  open: async (env) =>
    startServer({
      ...env,
      OMNI_DEFINITIONS_DIR: path.join(__dirname, 'definitions'),
      // A vendor whose address nobody answers, for the execution that is cancelled.
      OPENROUTER_API_KEY: 'none-is-needed-here',
      OPENROUTER_BASE_URL: `http://127.0.0.1:${await freePort()}/v1`,
    }),
  async tell(server) {
    const request = clientOf(server);
    await startAndWait(request, server);
    await startOnce(request, server);
    await cancel(request, server);
    await refusals(request);
  },
  async close(server) {
    assert.equal(await server.stop(), 0);
  },
});
