/** What can be wrong with an HTTP answer, and how a stub plays it on the wire. */
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

export type Fault =
  /** Refuses with this status and an error body of the vendor's shape. */
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** Takes the request and never answers. */
  | { readonly kind: 'hang' }
  /** Begins a body and then sends one blank per interval, for ever. */
  | { readonly kind: 'drip'; readonly everyMs: number }
  /** Begins a body and then falls silent. */
  | { readonly kind: 'stall' }
  /** Destroys the socket before any answer, or in the middle of the body. */
  | { readonly kind: 'cut'; readonly after: 'request' | 'half' }
  /** Sends half of the honest body, and when told the rest, or destroys the socket. */
  | { readonly kind: 'held'; readonly until: Promise<'rest' | 'cut'> }
  | { readonly kind: 'garbage' }
  | { readonly kind: 'truncated' }
  | { readonly kind: 'media-type' }
  | { readonly kind: 'bad-utf8' }
  | { readonly kind: 'broken-gzip' }
  /** 200, with the error in the body, or in the first choice of a completion. */
  | { readonly kind: 'error-inside'; readonly at: 'body' | 'choice'; readonly code: number }
  /** 200 and well formed, but not what was asked for. */
  | { readonly kind: 'misfit' }
  | { readonly kind: 'redirect'; readonly status: number; readonly location: string }
  /** This many bytes of JSON, streamed. */
  | { readonly kind: 'huge'; readonly bytes: number }
  /** A body of about a megabyte that unpacks to a gigabyte. */
  | { readonly kind: 'bomb' };

/** What a fault needs of the honest answer: its bytes and media type, and the vendor's words for an error. */
export interface Honest {
  /** 200 unless told. */
  readonly status?: number;
  readonly bytes: Buffer;
  readonly mediaType: string;
  readonly error: (status: number) => unknown;
  readonly errorInside: (at: 'body' | 'choice', code: number) => unknown;
  readonly misfit: unknown;
}

const BLANKS = Buffer.alloc(64 * 1024, ' ');
/** Gzip members may follow each other (https://www.rfc-editor.org/rfc/rfc1952#section-2.2): 64 of these unpack to a gigabyte. */
const MEMBER_BYTES = 16 * 1024 * 1024;
/** Packed once: it takes longer than a call. */
let bombMember: Buffer | undefined;

export async function play(fault: Fault, response: ServerResponse, honest: Honest): Promise<void> {
  const half = honest.bytes.subarray(0, Math.max(1, honest.bytes.length >> 1));
  const begin = (headers: Record<string, string | number> = {}): ServerResponse =>
    response.writeHead(200, { 'content-type': honest.mediaType, ...headers });
  switch (fault.kind) {
    case 'status':
      sendJson(response, fault.status, honest.error(fault.status), fault.headers);
      return;
    case 'hang':
      return;
    case 'drip': {
      begin().write(' ');
      const timer = setInterval(() => response.write(' '), fault.everyMs);
      response.once('close', () => clearInterval(timer));
      return;
    }
    case 'stall':
      begin().write(' ');
      return;
    case 'cut':
      if (fault.after === 'half')
        await new Promise((flushed) => begin({ 'content-length': honest.bytes.length }).write(half, flushed));
      response.destroy();
      return;
    case 'held':
      begin().write(half);
      if ((await fault.until) === 'cut') response.destroy();
      else response.end(honest.bytes.subarray(half.length));
      return;
    case 'garbage':
      begin().end('\u0000\u0001 ]{"]');
      return;
    case 'truncated':
      begin().end(half);
      return;
    case 'media-type':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Sign in to the network</body></html>');
      return;
    case 'bad-utf8':
      begin().end(Buffer.from([0x22, 0xff, 0xfe, 0x22]));
      return;
    case 'broken-gzip':
      begin({ 'content-encoding': 'gzip' }).end(honest.bytes);
      return;
    case 'error-inside':
      sendJson(response, 200, honest.errorInside(fault.at, fault.code));
      return;
    case 'misfit':
      sendJson(response, 200, honest.misfit);
      return;
    case 'redirect':
      response.writeHead(fault.status, { location: fault.location }).end();
      return;
    case 'huge':
      begin().write('{"');
      for (let sent = 0; sent < fault.bytes && !response.destroyed; sent += BLANKS.length)
        await written(response, BLANKS);
      response.end('"}');
      return;
    case 'bomb': {
      bombMember ??= gzipSync(Buffer.alloc(MEMBER_BYTES, ' '));
      begin({ 'content-encoding': 'gzip' });
      for (let count = 0; count < 64 && !response.destroyed; count += 1) await written(response, bombMember);
      response.end();
      return;
    }
  }
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** Resolves when there is room for more, or when the other side is gone. */
async function written(response: ServerResponse, chunk: Buffer): Promise<void> {
  if (response.destroyed || response.write(chunk)) return;
  await new Promise<void>((resolve) => {
    const go = (): void => {
      response.off('drain', go).off('close', go);
      resolve();
    };
    response.on('drain', go).on('close', go);
  });
}
