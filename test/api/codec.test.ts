/** The codec server over HTTP: what Temporal's Web UI and CLI ask of it. */
import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { defaultPayloadConverter } from '@temporalio/common';
import express from 'express';
import { identifyCaller } from '../../api/authenticate';
import { codecForUi } from '../../api/codec-ui';
import type { ApiDependencies, CodecServer } from '../../api/dependencies';
import { problemHandler } from '../../api/problem';
import { mount } from '../../api/route';
import { codecRoutes } from '../../api/routes/codec';
import { loadConfig } from '../../src/config';
import { createKeyRing } from '../../src/encryption/key-ring';
import { connect } from '../../src/temporal/connection';
import { findTemporalBinary } from '../../src/temporal/find-binary';
import { clientCodec } from '../../src/temporal/payload-codec';
import type { AuditEvent, AuditLog } from '../../src/security/audit';
import { createSecurity } from '../../src/security/security';
import { quiet, testTemporalAddress } from '../support';

const KEY = 'the-key-of-an-admin-which-is-long-enough';
const UI = 'http://127.0.0.1:8233';
const codec = clientCodec({ keys: createKeyRing({ keys: [randomBytes(32)] }), namespace: 'default' });
const audited: AuditEvent[] = [];
let url: string;
let close: () => void;

beforeAll(async () => {
  const server: CodecServer = {
    codec,
    namespace: 'default',
    uiOrigins: [UI],
    uiPass: 'pass-of-this-start',
  };
  const deps = { codec: server } as unknown as ApiDependencies;
  const app = express();
  app.use(codecForUi(deps));
  app.use(identifyCaller(createSecurity({ store: {} as never, now: Date.now, adminKey: KEY })));
  mount(app, codecRoutes(deps), {
    stopping: new AbortController().signal,
    audit: { record: (event: AuditEvent) => Promise.resolve(void audited.push(event)) } as AuditLog,
    logger: quiet,
  });
  app.use(problemHandler(quiet));
  const listening = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => listening.once('listening', resolve));
  const address = listening.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  close = () => listening.close();
});
afterAll(() => close());

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

async function encrypted(value: unknown) {
  const [payload] = await codec.encode([defaultPayloadConverter.toPayload(value)], {
    type: 'workflow',
    namespace: 'default',
    workflowId: 'a',
  });
  const metadata = Object.entries(payload?.metadata ?? {}).map(([name, bytes]) => [name, base64(bytes)]);
  return {
    metadata: Object.fromEntries(metadata) as Record<string, string>,
    data: base64(payload?.data ?? Buffer.from('')),
  };
}

async function ask(path: string, payloads: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'X-Namespace': 'default',
      Authorization: `Bearer ${KEY}`,
      ...headers,
    },
    body: JSON.stringify({ payloads }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as { payloads: Awaited<ReturnType<typeof encrypted>>[] },
  };
}

test('opens payloads, leaves as it is what it cannot open, and says beforehand that it does', async () => {
  const strange = { ...(await encrypted(1)), data: base64(randomBytes(50)) };
  const { status, body } = await ask('/codec/decode', [await encrypted({ said: 'hello' }), strange]);
  expect(status).toBe(200);
  expect(Buffer.from(body.payloads[0]?.data ?? '', 'base64').toString()).toBe('{"said":"hello"}');
  expect(body.payloads[1]).toEqual(strange);
  expect(audited).toContainEqual(
    expect.objectContaining({
      action: 'payload:decode',
      outcome: 'allowed',
      actor: expect.objectContaining({ id: 'admin' }),
    }),
  );
  expect((await ask('/codec/decode', [strange], { Authorization: '' })).status).toBe(401);
});

test('encrypts what the Web UI and the CLI start with, and gives it back', async () => {
  const plain = { metadata: { encoding: base64(Buffer.from('json/plain')) }, data: base64(Buffer.from('"x"')) };
  const { body } = await ask('/codec/encode', [plain]);
  expect(body.payloads[0]?.metadata['encoding']).toBe(base64(Buffer.from('binary/encrypted')));
  expect((await ask('/codec/decode?preserveStorageRefs=true', body.payloads)).body.payloads).toEqual([plain]);
});

test('another namespace and what are no payloads are refused', async () => {
  expect((await ask('/codec/decode', [], { 'X-Namespace': 'other' })).status).toBe(400);
  expect((await ask('/codec/decode', [{ data: 'not base64!' }])).status).toBe(400);
});

test('the pages of the Web UI may ask, those of any other site may not', async () => {
  const preflight = await fetch(`${url}/codec/decode`, { method: 'OPTIONS', headers: { Origin: UI } });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-origin')).toBe(UI);
  expect(preflight.headers.get('access-control-allow-headers')).toContain('X-Namespace');
  const before = audited.length;
  const foreign = await ask('/codec/decode', [await encrypted(1)], { Origin: 'http://evil.example' });
  expect(foreign.status).toBe(403);
  expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
  expect(audited.length).toBe(before);
});

test('the address that the local Web UI was given leads to the same place, and one with a wrong pass nowhere', async () => {
  expect(
    (await ask('/codec/pass-of-this-start/decode', [await encrypted(1)], { Origin: UI, Authorization: '' })).status,
  ).toBe(200);
  expect((await fetch(`${url}/codec/another-pass/decode`, { method: 'POST', headers: { Origin: UI } })).status).toBe(
    404,
  );
});

test('Temporal’s own CLI shows a history in plain to an admin’s key, and to nobody without one', async () => {
  const address = await testTemporalAddress();
  const temporal = await connect({ address, namespace: 'default', codec });
  const workflowId = `shown-${randomUUID()}`;
  const handle = await temporal.client.workflow.start('nobody-runs-it', {
    taskQueue: workflowId,
    workflowId,
    args: [{ note: 'purple brothers' }],
  });
  const { cacheDir, temporal: place } = loadConfig();
  const cliPath = place.cliPath === undefined ? {} : { cliPath: place.cliPath };
  const binary = findTemporalBinary({ ...cliPath, cacheDir, searchPath: process.env['PATH'] ?? '' });
  const show = (...options: readonly string[]): Promise<{ readonly failed: boolean; readonly text: string }> =>
    new Promise((resolve) => {
      const given = ['workflow', 'show', '--detailed', '--address', address, '--workflow-id', workflowId, ...options];
      execFile(binary, given, (error, stdout, stderr) => resolve({ failed: error !== null, text: stdout + stderr }));
    });
  const endpoint = ['--codec-endpoint', `${url}/codec`];
  expect(await show()).toMatchObject({ failed: false, text: expect.stringContaining('encryption-key-id') });
  expect((await show()).text).not.toContain('purple');
  expect(await show(...endpoint, '--codec-header', `Authorization=Bearer ${KEY}`)).toMatchObject({
    failed: false,
    text: expect.stringContaining('purple brothers'),
  });
  // The CLI asks again and again until its time is over.
  const refused = await show(...endpoint, '--command-timeout', '2s');
  expect(refused.failed).toBe(true);
  expect(refused.text).not.toContain('purple');
  await handle.terminate();
  await temporal.close();
}, 60_000);
