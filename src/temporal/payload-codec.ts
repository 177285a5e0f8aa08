/** Encrypts what Temporal keeps of an execution, and opens it again: the SDK's codec (https://docs.temporal.io/payload-codec). */
import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import type { KeyRing } from '../encryption/key-ring';
import type { Problem } from '../plan/problem';
import { OmniError, toProblem } from '../plan/problem';
import { PLAIN_MARK, UNOPENED_MARK } from '../plan/payload-mark';

export interface CodecOptions {
  readonly keys: KeyRing;
  readonly namespace: string;
}

export interface WorkerCodecOptions extends CodecOptions {
  /** Milliseconds since 1970: executions that began before may hold plaintext, since nothing was encrypted yet. */
  readonly plaintextUntil: number;
  /** Asked about a key that is not there, and which execution needs it. When it throws, the task is left to a worker that has the key. */
  readonly onMissingKey?: (keyId: string, executionId: string) => Promise<void>;
}

const ENCODING = 'binary/encrypted';
/** What an execution's id is compared with; empty: encrypted by the codec server, which knows no execution. */
const BINDING = 'omni-binding';
const KEY_ID = 'encryption-key-id';

/** For clients: what cannot be opened is thrown as `policy`; what was never encrypted is read as it is. */
export function clientCodec(options: CodecOptions): PayloadCodec {
  return {
    encode: (payloads, context) => Promise.resolve(payloads.map((payload) => encrypt(options, payload, context))),
    decode: async (payloads, context) => {
      await Promise.resolve();
      return payloads.map((payload) => (isEncrypted(payload) ? opened(options, payload, context).payload : payload));
    },
  };
}

/**
 * For workers. A codec that throws fails the workflow task, which Temporal retries for ever: so this one marks what cannot be opened and
 * what nobody encrypted. The sandbox and the activities decide what becomes of it.
 */
export function workerCodec(options: WorkerCodecOptions): PayloadCodec {
  return {
    encode: (payloads, context) => Promise.resolve(payloads.map((payload) => encrypt(options, payload, context))),
    async decode(payloads, context) {
      for (const keyId of new Set(payloads.filter(isEncrypted).map(keyOf)))
        if (!options.keys.ids.includes(keyId)) await options.onMissingKey?.(keyId, context?.workflowId ?? '');
      return payloads.map((payload) => marked(options, payload, context));
    },
  };
}

function marked(options: WorkerCodecOptions, payload: Payload, context: SerializationContext | undefined): Payload {
  if (!isEncrypted(payload)) return plain(payload, options.plaintextUntil);
  try {
    const { payload: inner, bound } = opened(options, payload, context);
    return bound || context?.workflowId === undefined ? inner : plain(inner, 0);
  } catch (error) {
    return unopened(toProblem(error));
  }
}

function plain(payload: Payload, until: number): Payload {
  return {
    ...payload,
    metadata: { ...payload.metadata, [PLAIN_MARK]: bytes(String(until)), [UNOPENED_MARK]: NOTHING },
  };
}

function unopened(problem: Problem): Payload {
  return {
    metadata: { encoding: bytes('json/plain'), [UNOPENED_MARK]: bytes('1') },
    data: bytes(JSON.stringify(problem)),
  };
}

function encrypt(
  { keys, namespace }: CodecOptions,
  payload: Payload,
  context: SerializationContext | undefined,
): Payload {
  if (keys.primary === undefined) return payload;
  const binding = bindingOf(context);
  const { keyId, bytes: data } = keys.seal('payload', framed(payload), about(namespace, binding));
  return {
    metadata: { encoding: bytes(ENCODING), [KEY_ID]: bytes(keyId), [BINDING]: bytes(binding) },
    data,
  };
}

function opened(
  { keys, namespace }: CodecOptions,
  { metadata, data }: Payload,
  context: SerializationContext | undefined,
): { readonly payload: Payload; readonly bound: boolean } {
  const binding = textOf(metadata?.[BINDING]);
  const expected = bindingOf(context);
  if (binding !== '' && expected !== '' && binding !== expected)
    throw new OmniError('policy', 'An encrypted value belongs to another execution, and is not used.');
  const sealed = { keyId: textOf(metadata?.[KEY_ID]), bytes: data ?? NOTHING };
  return { payload: unframed(keys.open('payload', sealed, about(namespace, binding))), bound: binding !== '' };
}

/** The execution's id; of one that a schedule starts what the schedule knows, which is the id without the time behind it. */
function bindingOf(context: SerializationContext | undefined): string {
  return (context?.workflowId ?? '').replace(/-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, '');
}

function about(namespace: string, binding: string): string {
  return `${namespace}\n${binding}`;
}

/** Length of the metadata (4 bytes), metadata as JSON, data. */
function framed({ metadata, data }: Payload): Uint8Array {
  const pairs = Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]);
  const head = bytes(JSON.stringify(Object.fromEntries(pairs)));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  // protobufjs gives an empty list where there are no bytes.
  return Buffer.concat([length, head, data?.length ? data : NOTHING]);
}

function unframed(frame: Uint8Array): Payload {
  const whole = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  const end = 4 + whole.readUInt32BE(0);
  const pairs = JSON.parse(whole.toString('utf8', 4, end)) as Readonly<Record<string, string>>;
  return {
    metadata: Object.fromEntries(Object.entries(pairs).map(([name, text]) => [name, Buffer.from(text, 'base64')])),
    data: whole.subarray(end),
  };
}

function keyOf({ metadata }: Payload): string {
  return textOf(metadata?.[KEY_ID]);
}

function isEncrypted({ metadata }: Payload): boolean {
  return textOf(metadata?.['encoding']) === ENCODING;
}

const NOTHING = new Uint8Array();

function bytes(text: string): Uint8Array {
  return Buffer.from(text);
}

function textOf(value: Uint8Array | null | undefined): string {
  return value == null ? '' : Buffer.from(value).toString();
}
