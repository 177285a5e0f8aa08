/** The listening socket: its time limits, and its orderly end. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { OmniError } from '../src/plan/problem';
import type { Api } from './app';
import { answerBrokenRequests } from './broken-request';
import { LARGE_BODY_LIMIT_BYTES, tooLarge } from './body';

/** Headers must be complete within this time. */
const HEADERS_MS = 10_000;

/** So often that is looked at. */
const CHECK_MS = 2_000;

/** A request with its body must be complete within this time. */
const REQUEST_MS = 120_000;

/** Longer than proxies keep a quiet connection: they must be the first to let go, or a request that is on its way is lost. */
const KEEP_ALIVE_MS = 75_000;

/** Running requests get this long to finish when the server stops. */
const DRAIN_MS = 20_000;

export interface ListenOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Files with a certificate chain and its key, PEM: then it speaks HTTPS. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  /** Milliseconds; default 20 s. */
  readonly drainMs?: number;
}

export interface Listening {
  readonly url: string;
  /** Stops accepting, lets running requests finish, then closes; asking twice waits for the same end. */
  close(): Promise<void>;
}

/** Throws `conflict` naming the port and the setting when the port is taken. */
export async function listen(api: Api, { host, port, tls, drainMs = DRAIN_MS }: ListenOptions): Promise<Listening> {
  const limits = {
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: CHECK_MS,
    maxHeaderSize: 16 * 1024,
    // Missed by a handler of ours, which says so as a problem.
    requireHostHeader: false,
  };
  const server =
    tls === undefined
      ? createServer(limits, api.handler)
      : createSecureServer({ ...limits, ...certificate(tls) }, api.handler);
  answerBrokenRequests(server);
  // A client that asks before sending a body is told no before it sends it.
  server.on('checkContinue', (request: IncomingMessage, response) => {
    if (!tooLarge(request, LARGE_BODY_LIMIT_BYTES)) response.writeContinue();
    api.handler(request, response);
  });
  await bind(server, host, port);
  const { address, port: bound, family } = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  return {
    url: `http${tls === undefined ? '' : 's'}://${family === 'IPv6' ? `[${address}]` : address}:${bound}`,
    close: () => (closing ??= drain(server, api, drainMs)),
  };
}

function certificate({ certFile, keyFile }: NonNullable<ListenOptions['tls']>): { cert: Buffer; key: Buffer } {
  try {
    return { cert: readFileSync(certFile), key: readFileSync(keyFile) };
  } catch (cause) {
    throw new OmniError('validation', 'TLS_CERT_FILE or TLS_KEY_FILE cannot be read.', { cause });
  }
}

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(
        taken ? new OmniError('conflict', `Port ${port} is in use. Set PORT to another one.`, { cause: error }) : error,
      );
    });
    server.listen(port, host, resolve);
  });
}

async function drain(server: Server, api: Api, drainMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  api.drain();
  // Connections that wait for a next request would keep the server open.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const late = setTimeout(() => server.closeAllConnections(), drainMs);
  server.closeIdleConnections();
  await closed;
  clearInterval(idle);
  clearTimeout(late);
}
