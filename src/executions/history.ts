/** Temporal's history of an execution as JSON: payloads decoded, times and durations readable. */
import { createHash } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import type { Json, JsonObject } from '../plan/json';
import { isObject } from '../plan/json';
import { OmniError } from '../plan/problem';
import type { HistoryEvent } from './execution';
import { asked } from './failure';

export interface HistoryPage {
  readonly events: readonly HistoryEvent[];
  /** Hand it in again for the page after this one. */
  readonly next?: string;
}

export interface Page {
  /** At most this many, 1 to 1000. */
  readonly limit: number;
  readonly cursor?: string;
  /** Newest first. */
  readonly backwards?: boolean;
}

/** One page of the newest run's history. Throws `not-found`, `validation` for a cursor that is not ours. */
export async function readHistory(client: Client, executionId: string, page: Page): Promise<HistoryPage> {
  const request = {
    namespace: client.options.namespace,
    execution: { workflowId: executionId },
    maximumPageSize: page.limit,
    ...(page.cursor === undefined ? {} : { nextPageToken: fromCursor(page.cursor) }),
  };
  const answer = await asked(executionId, () =>
    page.backwards === true
      ? client.workflowService.getWorkflowExecutionHistoryReverse(request)
      : client.workflowService.getWorkflowExecutionHistory(request),
  );
  const events = await Promise.all((answer.history?.events ?? []).map((event) => decodeEvent(client, event)));
  const token = answer.nextPageToken;
  return { events, ...(token === undefined || token === null || token.length === 0 ? {} : { next: toCursor(token) }) };
}

/** The whole history, oldest first, at most `limit` events. */
export async function readAllHistory(
  client: Client,
  executionId: string,
  limit = 20_000,
): Promise<readonly HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  let cursor: string | undefined;
  do {
    const page = await readHistory(client, executionId, { limit: 1000, ...(cursor === undefined ? {} : { cursor }) });
    events.push(...page.events);
    cursor = page.next;
  } while (cursor !== undefined && events.length < limit);
  return events;
}

/** With a checksum, because to Temporal a token that it has never given is an error of its own. */
export function toCursor(token: Uint8Array): string {
  return Buffer.concat([checksum(token), token]).toString('base64url');
}

export function fromCursor(cursor: string): Buffer {
  const bytes = Buffer.from(/^[\w-]{1,4096}$/.test(cursor) ? cursor : '', 'base64url');
  const token = bytes.subarray(CHECKSUM_BYTES);
  if (token.length === 0 || !checksum(token).equals(bytes.subarray(0, CHECKSUM_BYTES)))
    throw new OmniError('validation', 'The cursor is not one that was handed out. Begin without one.');
  return token;
}

const CHECKSUM_BYTES = 6;

function checksum(token: Uint8Array): Buffer {
  return createHash('sha256').update(token).digest().subarray(0, CHECKSUM_BYTES);
}

/** protobufjs messages tell their plain form through `toJSON`: bytes as base64, enumerations as words, longs as text. */
async function decodeEvent(client: Client, event: object): Promise<HistoryEvent> {
  const plain = JSON.parse(JSON.stringify(event)) as JsonObject;
  const attributes = Object.entries(plain).find(([key]) => key.endsWith('EventAttributes'))?.[1];
  const metadata = plain['userMetadata'];
  const summary = isObject(metadata) ? await decode(client, 'summary', metadata['summary'] ?? null) : null;
  return {
    id: Number(plain['eventId']),
    time: text(await decode(client, 'eventTime', plain['eventTime'] ?? null)),
    type: typeName(text(plain['eventType'])),
    ...(summary === null ? {} : { summary }),
    attributes: (await decode(client, '', attributes ?? {})) as JsonObject,
  };
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** `EVENT_TYPE_ACTIVITY_TASK_SCHEDULED` becomes `ActivityTaskScheduled`. */
function typeName(constant: string): string {
  const words = constant.replace(/^EVENT_TYPE_/, '').split('_');
  return words.map((word) => word.charAt(0) + word.slice(1).toLowerCase()).join('');
}

async function decode(client: Client, key: string, value: Json): Promise<Json> {
  if (Array.isArray(value)) return Promise.all(value.map((item: Json) => decode(client, key, item)));
  if (typeof value === 'string')
    return /(EventId|taskId|Bytes)$/.test(key) && /^\d{1,15}$/.test(value) ? Number(value) : value;
  if (!isObject(value)) return value;
  if (isPayload(value)) return decodePayload(client, value);
  if (Array.isArray(value['payloads']) && Object.keys(value).length === 1)
    return decode(client, key, value['payloads'] as Json);
  if (Object.keys(value).length > 0 && Object.keys(value).every((name) => name === 'seconds' || name === 'nanos'))
    return timeOf(key, value);
  const entries = Object.entries(value).map(
    async ([name, field]) => [name, await decode(client, name, field)] as const,
  );
  const { encodedAttributes, ...rest }: JsonObject = Object.fromEntries(await Promise.all(entries));
  return encodedAttributes === undefined ? rest : { ...rest, ...said(encodedAttributes) };
}

/** Message and stack trace of a failure, which travel in a payload. */
function said(attributes: Json): JsonObject {
  const { message, stack_trace: stackTrace } = isObject(attributes) ? attributes : {};
  return { ...(message === undefined ? {} : { message }), ...(stackTrace === undefined ? {} : { stackTrace }) };
}

/** A point in time under a key such as `eventTime`, else a duration in milliseconds. */
function timeOf(key: string, value: JsonObject): Json {
  const ms = Number(value['seconds'] ?? 0) * 1000 + Math.round(Number(value['nanos'] ?? 0) / 1e6);
  return /time(stamp)?$/i.test(key) ? new Date(ms).toISOString() : ms;
}

function isPayload(value: JsonObject): boolean {
  return isObject(value['metadata']) && typeof value['metadata']['encoding'] === 'string';
}

async function decodePayload(client: Client, value: JsonObject): Promise<Json> {
  const { payloadConverter, payloadCodecs } = client.options.loadedDataConverter;
  const bytes = (text: Json | undefined): Uint8Array => Buffer.from(typeof text === 'string' ? text : '', 'base64');
  const metadata = Object.fromEntries(
    Object.entries(value['metadata'] as JsonObject).map(([name, text]) => [name, bytes(text)]),
  );
  let payloads: Payload[] = [{ metadata, data: bytes(value['data']) }];
  try {
    for (const codec of [...payloadCodecs].reverse()) payloads = await codec.decode(payloads);
    return payloads[0] === undefined ? null : (payloadConverter.fromPayload<Json | undefined>(payloads[0]) ?? null);
  } catch {
    return { undecodable: Buffer.from(metadata['encoding'] ?? []).toString() };
  }
}
