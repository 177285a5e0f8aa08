/** What a model writes is seen while it writes, through a real Temporal server and PostgreSQL, and stands in no history. */
import { randomBytes } from 'node:crypto';
import type { Payload } from '@temporalio/common';
import { createKeyRing } from '../../src/encryption/key-ring';
import { clientCodec } from '../../src/temporal/payload-codec';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { OPENROUTER } from '../../src/providers/openrouter';
import { EventReader } from '../../src/providers/http/event-reader';
import type { PartialPiece } from '../../src/store/partial-channel';
import { providerOf } from '../contracts/provider';
import type { Fault } from '../stubs/faults';
import { startOpenAiStub } from '../stubs/openai-shaped';
import type { Stub } from '../stubs/stub';
import type { Door } from './door';
import { openDoor } from './door';

const DEFINITION = `
name: Teller
version: 1.0.0
steps:
  - name: go
    waitFor: { signal: go, timeout: 1m }
  - name: tell
    tool: llm.chat
    provider: openrouter
    config: { stream: true, timeout: 50s }
    retry: { maxAttempts: 2, initialInterval: 50ms }
    input: { prompt: one two three four five six seven eight }
output: "\${steps.tell.output.text}"
`;

let stub: Stub;
const keys = createKeyRing({ keys: [randomBytes(32)] });
let door: Door;
beforeAll(async () => {
  stub = await startOpenAiStub();
  door = await openDoor({
    keys,
    providers: [providerOf({ provider: OPENROUTER }, stub)],
    definitions: { 'teller.yaml': DEFINITION },
  });
}, 60_000);
afterAll(async () => {
  await door.close();
  await stub.close();
});

/** An answer of which the stub sends half, and the rest or nothing more when told. */
function held(): { readonly fault: Fault; readonly end: (how: 'rest' | 'cut') => void } {
  let end: (how: 'rest' | 'cut') => void = () => undefined;
  return { fault: { kind: 'held', until: new Promise((resolve) => (end = resolve)) }, end: (how) => end(how) };
}

/** The stream of an execution, listened to for sure when this resolves. */
async function follow(executionId: string) {
  const response = await fetch(`${door.url}/executions/${executionId}/events`, { headers: door.authorization });
  const reader = new EventReader(1_000_000);
  const pieces: PartialPiece[] = [];
  const others: unknown[] = [];
  const read = (async () => {
    for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>)
      for (const data of reader.read(bytes)) {
        const event = JSON.parse(data) as object;
        if ('seq' in event) pieces.push(event as PartialPiece);
        else others.push(event);
      }
  })();
  const probe: PartialPiece = { path: 'probe', call: 1, attempt: 1, provider: 'p', seq: 0, text: '' };
  await until(async () => {
    await door.harness.store.partials.publish([{ executionId, piece: probe }]);
    return pieces.length > 0;
  });
  const told = (): readonly PartialPiece[] => pieces.filter(({ path }) => path === 'tell');
  return {
    told,
    /** What somebody sees who looks on. */
    shown: () => told().reduce((text, piece) => (piece.reset === true ? piece.text : text + piece.text), ''),
    others,
    ended: read,
  };
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 20)))
    if (await holds()) return;
  throw new Error(`still not: ${holds.toString()}`);
}

/** All of Temporal's history, and what it keeps of the attempts that run. */
async function recorded(executionId: string): Promise<string> {
  const handle = door.harness.client.workflow.getHandle(executionId);
  const payloads: Payload[] = [];
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
    if ('metadata' in value && 'data' in value) payloads.push(value as Payload);
    else Object.values(value).forEach(look);
  };
  look([(await handle.fetchHistory()).events, (await handle.describe()).raw]);
  const opened = await clientCodec({ keys, namespace: 'default' }).decode(payloads);
  return opened.map(({ data }) => Buffer.from(data ?? []).toString()).join('\n');
}

test('text is seen before its step ends, an attempt that breaks is taken back, and no history holds it', async () => {
  const [first, second] = [held(), held()];
  stub.next(first.fault, second.fault);
  const { body } = await door.ask('POST', '/workflows/teller/execute', {});
  const executionId = body.executionId as string;
  const stream = await follow(executionId);
  await door.ask('POST', `/executions/${executionId}/signals/go`, {});

  await until(() => stream.shown() !== '');
  const half = stream.shown();
  expect('You said: one two three four five six seven eight').toMatch(new RegExp(`^${half}.+`));
  expect(stream.told()[0]).toMatchObject({ path: 'tell', call: 1, attempt: 1, provider: 'openrouter', reset: true });
  expect(await recorded(executionId)).toContain('one two three');
  expect(await recorded(executionId)).not.toContain('You said');

  first.end('cut');
  await until(() => stream.told().some(({ attempt }) => attempt === 2) && stream.shown() === half);
  const again = stream.told().filter(({ attempt }) => attempt === 2);
  expect(again[0]).toMatchObject({ seq: 0, reset: true });
  expect(await recorded(executionId)).not.toContain('You said');

  second.end('rest');
  await stream.ended;
  const whole = 'You said: one two three four five six seven eight';
  expect(stream.others.at(-1)).toMatchObject({ status: 'completed', output: whole });
  const { body: step } = await door.ask('GET', `/executions/${executionId}/steps/tell`);
  expect(step).toMatchObject({ attempts: 2, output: { text: whole } });
  // The result of the call and that of the execution: whole, and no piece of either attempt.
  expect((await recorded(executionId)).split('You said').length).toBe(
    (await recorded(executionId)).split(whole).length,
  );
});
