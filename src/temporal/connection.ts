/** Connections to Temporal: one for clients, one for workers. */
import { Client, Connection } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import { NativeConnection } from '@temporalio/worker';
import { OmniError } from '../plan/problem';
import { FAILURE_CONVERTER } from './sandbox-code';
import { TRACE_STARTS } from './trace-header';

export interface TemporalAddress {
  /** `host:port`. */
  readonly address: string;
  readonly namespace: string;
  /** Of a Temporal Cloud namespace; switches TLS on. */
  readonly apiKey?: string;
  /** Encrypts what is sent and opens what comes; absent: nothing is encrypted. */
  readonly codec?: PayloadCodec;
}

export interface TemporalClient {
  readonly client: Client;
  readonly connection: Connection;
  close(): Promise<void>;
}

/** Connects a client; throws `provider-unavailable` naming the address when nothing answers within ten seconds. */
export async function connect(target: TemporalAddress): Promise<TemporalClient> {
  const connection = await reach(target, () => Connection.connect({ ...credentials(target), connectTimeout: '10s' }));
  return {
    connection,
    client: new Client({
      connection,
      namespace: target.namespace,
      interceptors: { workflow: [TRACE_STARTS] },
      dataConverter: {
        failureConverterPath: FAILURE_CONVERTER,
        ...(target.codec && { payloadCodecs: [target.codec] }),
      },
    }),
    close: () => connection.close(),
  };
}

/** The same for a worker. The API in the worker's process may use it too, which lets Temporal start executions eagerly. */
export function connectWorker(target: TemporalAddress): Promise<NativeConnection> {
  return reach(target, () => NativeConnection.connect(credentials(target)));
}

function credentials({ address, apiKey }: TemporalAddress) {
  return { address, ...(apiKey === undefined ? {} : { apiKey, tls: true }) };
}

async function reach<T>({ address }: TemporalAddress, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    throw new OmniError(
      'provider-unavailable',
      `No Temporal server answers at ${address}. Start it, or set TEMPORAL_ADDRESS; without TEMPORAL_ADDRESS npm start runs one of its own.`,
      { cause: error },
    );
  }
}
