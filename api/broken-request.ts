/** Answers what is no request at all: what the parser of HTTP refuses is told as a problem, and the connection is closed. */
import { randomUUID } from 'node:crypto';
import type { Server, ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { BuiltInProblemType } from '../src/plan/problem';
import { problemOf } from '../src/plan/problem';
import { PROBLEM_MEDIA_TYPE } from './problem';

interface Refusal {
  readonly type: BuiltInProblemType;
  readonly status: number;
  readonly detail: string;
}

const BROKEN: Refusal = {
  type: 'validation',
  status: 400,
  detail: 'This is no request of HTTP/1.1, or one whose end different programs would see at different places.',
};

/** For `Allow`, where no address has been looked for yet. */
export const METHODS = 'GET, HEAD, POST, PUT, DELETE, OPTIONS';

/** For the answer to be read. */
const LINGER_MS = 1_000;

/** By the code of the parser's error. */
const REFUSALS: ReadonlyMap<string | undefined, Refusal> = new Map([
  [
    'HPE_HEADER_OVERFLOW',
    { type: 'too-large', status: 431, detail: 'The address and the headers are larger than 16 kB together.' },
  ],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', { type: 'too-large', status: 413, detail: 'The chunk extensions are too large.' }],
  ['ERR_HTTP_REQUEST_TIMEOUT', { type: 'timeout', status: 408, detail: 'The request was not complete in time.' }],
]);

/** TRACE and CONNECT have no place here; the latter never reaches a handler. */
export function answerBrokenRequests(server: Server): void {
  const answering = new WeakMap<Duplex, ServerResponse>();
  server.prependListener('request', ({ socket }, response) => answering.set(socket, response));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const response = answering.get(socket);
    const begun = response?.headersSent === true;
    // After the last answer of a connection nothing is to be said, and into the middle of one nothing can be.
    if (begun && response.writableFinished && !response.shouldKeepAlive) return;
    if (error.code === 'ECONNRESET' || !socket.writable || (begun && !response.writableFinished)) socket.destroy();
    else end(socket, REFUSALS.get(error.code) ?? BROKEN);
  });
  server.on('connect', (_request, socket) =>
    end(socket, { type: 'method-not-allowed', status: 405, detail: 'CONNECT is not served: this is no proxy.' }),
  );
}

function end(socket: Duplex, { type, status, detail }: Refusal): void {
  const title = STATUS_CODES[status] ?? '';
  const problem = { instance: `urn:uuid:${randomUUID()}`, ...problemOf(type, detail, { status, title }) };
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'Connection: close',
    ...(status === 405 ? [`Allow: ${METHODS}`] : []),
  ];
  socket.on('error', () => socket.destroy());
  // What still comes is let through to nowhere for a moment: a reset would take the answer from the sender.
  socket.resume();
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
