/** The codec: bound to the execution, tolerant of what a schedule does to its id, and never throwing at a worker. */
import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import type { Payload, SerializationContext } from '@temporalio/common';
import { defaultPayloadConverter } from '@temporalio/common';
import { createKeyRing } from '../../src/encryption/key-ring';
import { PLAIN_MARK, UNOPENED_MARK } from '../../src/plan/payload-mark';
import { clientCodec, workerCodec } from '../../src/temporal/payload-codec';

const keys = createKeyRing({ keys: [randomBytes(32)] });
const options = { keys, namespace: 'default' };
const client = clientCodec(options);
const worker = workerCodec({ ...options, plaintextUntil: 5 });
const of = (workflowId: string): SerializationContext => ({ type: 'workflow', namespace: 'default', workflowId });
const payload = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const valueOf = (one: Payload | undefined): unknown => one && defaultPayloadConverter.fromPayload(one);
const mark = (one: Payload | undefined, name: string): string => Buffer.from(one?.metadata?.[name] ?? []).toString();

test('what one encrypts the other opens, metadata and all', async () => {
  const encrypted = await client.encode([payload({ said: 'hello' }), payload(undefined)], of('a'));
  expect(JSON.stringify(encrypted)).not.toContain('said');
  expect(mark(encrypted[0], 'encoding')).toBe('binary/encrypted');
  expect((await worker.decode(encrypted, of('a'))).map(valueOf)).toEqual([{ said: 'hello' }, undefined]);
});

test('a payload without bytes, as the SDK makes it of nothing, is encrypted too', async () => {
  const nothing = { ...payload(undefined), data: [] as unknown as Uint8Array };
  expect((await worker.decode(await worker.encode([nothing], of('a')), of('a'))).map(valueOf)).toEqual([undefined]);
});

test('a value of another execution is refused, and one of another namespace too', async () => {
  const encrypted = await client.encode([payload(1)], of('a'));
  await expect(client.decode(encrypted, of('b'))).rejects.toThrow('belongs to another execution');
  await expect(clientCodec({ keys, namespace: 'other' }).decode(encrypted, of('a'))).rejects.toThrow('is not used');
  const [marked] = await worker.decode(encrypted, of('b'));
  expect(mark(marked, UNOPENED_MARK)).toBe('1');
  expect(valueOf(marked)).toMatchObject({ type: 'policy', detail: expect.stringContaining('another execution') });
});

test('whoever changes the binding does not open it either', async () => {
  const [encrypted] = await client.encode([payload(1)], of('a'));
  const moved = { ...encrypted, metadata: { ...encrypted?.metadata, 'omni-binding': Buffer.from('b') } };
  await expect(client.decode([moved], of('b'))).rejects.toThrow('is not used');
});

test('what a schedule keeps is opened by the execution that it starts', async () => {
  const encrypted = await client.encode([payload('nightly')], of('coach-schedule'));
  expect((await worker.decode(encrypted, of('coach-schedule-2026-11-23T02:00:00Z'))).map(valueOf)).toEqual(['nightly']);
});

test('what nobody encrypted is read by clients, and marked for workers whatever it says of itself', async () => {
  const forged = { ...payload('x'), metadata: { ...payload('x').metadata, [PLAIN_MARK]: Buffer.from('9'.repeat(15)) } };
  expect((await client.decode([forged], of('a'))).map(valueOf)).toEqual(['x']);
  const [marked] = await worker.decode([forged], of('a'));
  expect([mark(marked, PLAIN_MARK), valueOf(marked)]).toEqual(['5', 'x']);
});

test('what the codec server encrypted for no execution counts as plaintext of today', async () => {
  const encrypted = await client.encode([payload('x')]);
  const [marked] = await worker.decode(encrypted, of('a'));
  expect([mark(marked, PLAIN_MARK), valueOf(marked)]).toEqual(['0', 'x']);
  expect((await client.decode(encrypted)).map(valueOf)).toEqual(['x']);
});
