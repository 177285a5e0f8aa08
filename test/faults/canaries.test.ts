/** Nothing that is secret or personal is kept or told in the clear: canaries are driven through everything, and then looked for in everything. */
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import { createKeyRing } from '../../src/encryption/key-ring';
import { parseKey } from '../../src/encryption/key-source';
import { runningPostgresUrl } from '../../src/store/local-postgres';
import { clientCodec } from '../../src/temporal/payload-codec';
import type { Collector } from '../stubs/collector';
import { startCollector } from '../stubs/collector';
import { startOpenAiStub } from '../stubs/openai-shaped';
import type { Stub } from '../stubs/stub';
import type { Hit } from './canary';
import { makeCanaries, searchFor } from './canary';
import type { Driven } from './canary-drive';
import { drive } from './canary-drive';
import type { CanaryGround } from './canary-ground';
import { openCanaryGround } from './canary-ground';
import type { Found } from './canary-places';
import { databaseRows, filesBelow, rawExecutions } from './canary-places';
import { build } from './worker';

const canaries = makeCanaries();
const search = searchFor(Object.values(canaries));
const { providerKey, webhookSecret, ...data } = canaries;
const searchOwn = searchFor([providerKey, webhookSecret]);

let stub: Stub;
let collector: Collector;
let ground: CanaryGround;
let driven: Driven;
let executions: readonly Found[];
let payloads: readonly Payload[];
let rows: readonly Found[];
let files: readonly Found[];

beforeAll(async () => {
  build();
  stub = await startOpenAiStub({ key: providerKey.text });
  collector = await startCollector();
  ground = await openCanaryGround(stub, {
    CANARY_HOOK_SECRET: webhookSecret.text,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  });
  driven = await drive(ground, stub, canaries);
  const { dataDir, ports } = ground;
  const raw = await rawExecutions(`127.0.0.1:${ports['TEMPORAL_PORT']}`);
  executions = raw.found;
  payloads = raw.payloads;
  rows = await databaseRows(runningPostgresUrl({ dataDir, port: Number(ports['OMNI_POSTGRES_PORT']) }) ?? '');
  // Killed, so that nothing is tidied away; what the process would still have said is not lost by it.
  await ground.stop();
  files = filesBelow(
    dataDir,
    new Set(['admin.key', 'reviewer.key', 'encryption.key', 'audit.key', 'postgres.password']),
  );
}, 600_000);
afterAll(async () => {
  await ground?.stop();
  await stub?.close();
  await collector?.close();
  ground?.remove();
});

const hitsIn = (places: readonly Found[], look = search): readonly Hit[] =>
  places.flatMap(({ bytes, where }) => look(bytes, where));

/** At most a few of each kind, so that what leaks can be read. */
const first = (hits: readonly Hit[]): readonly Hit[] =>
  hits
    .filter(
      (hit, index) => hits.findIndex((other) => other.canary === hit.canary && other.where === hit.where) === index,
    )
    .slice(0, 40);

test('the search finds a canary however it is written', () => {
  const [mark = ''] = canaries.thrown.marks;
  const written = [mark, `x${mark}`, `xy${mark}`, `xyz${mark}`].map((text) =>
    Buffer.from(`..${Buffer.from(text).toString('base64')}..`),
  );
  written.push(Buffer.from(`a${mark}`), Buffer.from(mark, 'utf16le'), Buffer.from(Buffer.from(mark).toString('hex')));
  expect(written.map((bytes) => search(bytes, '').map(({ canary }) => canary))).toEqual(
    written.map(() => ['thrown error']),
  );
  expect(search(Buffer.from('nothing is here'), '')).toEqual([]);
});

test('all of it was driven through: whoever has the key reads every canary that was data, and none of the platform’s own keys', async () => {
  const key = parseKey('encryption.key', ground.keyIn('encryption.key'));
  const codec = clientCodec({ keys: createKeyRing({ keys: [key] }), namespace: 'default' });
  const opened = await codec.decode([...payloads]);
  const found = new Set(opened.flatMap(({ data }) => search(data ?? new Uint8Array(), '')).map(({ canary }) => canary));
  // The platform's own keys are not among them: encrypted or not, no execution has them.
  expect([...found].sort()).toEqual(
    Object.values(data)
      .map(({ name }) => name)
      .sort(),
  );
  expect(driven.ends).toMatchObject({
    'every kind': 'completed',
    throw: 'failed',
    cancelled: 'cancelled',
    terminated: 'terminated',
  });
  expect(driven.answers.some(({ status }) => status === 500)).toBe(false);
  expect(files.map(({ where }) => path.basename(where))).toEqual(
    expect.arrayContaining(['temporal.db', 'audit-heads.jsonl']),
  );
});

test('Temporal’s histories, lists and descriptions hold none, as they are read without a key', () => {
  expect(executions.length).toBeGreaterThan(200);
  expect(first(hitsIn(executions))).toEqual([]);
});

test('the database holds none: no table, in texts and in bytes', () => {
  expect(rows.length).toBeGreaterThan(100);
  expect(first(hitsIn(rows))).toEqual([]);
});

test('no span holds one: what requests, executions, steps and calls leave in the database and send to a collector', () => {
  const kept = rows.filter(({ where }) => where === 'table spans').map(({ bytes }) => Buffer.from(bytes).toString());
  const sent = Buffer.concat(collector.bodies).toString();
  for (const name of ['POST /workflows/{name}/execute', 'workflow_execution', 'step ', 'execute_tool '])
    expect([name, kept.some((row) => row.includes(name)), sent.includes(`"name":"${name}`)]).toEqual([
      name,
      true,
      true,
    ]);
  expect(first(hitsIn(collector.bodies.map((bytes) => ({ where: 'collector', bytes }))))).toEqual([]);
});

test('no file of the data directory holds one: Temporal’s database, PostgreSQL’s, their logs', () => {
  expect(first(hitsIn(files))).toEqual([]);
});

test('no process logs one, at debug level', () => {
  const output = ground.output();
  expect(output).toContain('"level":"debug"');
  expect(first(hitsIn([{ where: 'output', bytes: Buffer.from(output) }]))).toEqual([]);
});

test('metrics, the audit log, and answers to those who may not see data tell none', () => {
  expect(driven.others.length).toBeGreaterThan(50);
  const hits = hitsIn(driven.others.map(({ request, bytes }) => ({ where: request, bytes })));
  // What members are called is the shape of a value, as long as it is a word.
  expect(first(hits.filter(({ canary }) => canary !== canaries.jsonKey.name))).toEqual([]);
});

test('no answer to anybody holds a key of the platform', () => {
  const places = driven.answers.map(({ request, bytes }) => ({ where: request, bytes }));
  expect(first(hitsIn(places, searchOwn))).toEqual([]);
});
