/** Reads request bodies: bounded in bytes before anything is kept, in depth before anything is parsed. */
import type { IncomingMessage } from 'node:http';
import { OmniError } from '../src/plan/problem';
import { faultPosition } from './json-fault';

/** Bodies of most routes. */
export const BODY_LIMIT_BYTES = 1024 * 1024;

/** Bodies that may hold one value of 25 MB in base64. */
export const LARGE_BODY_LIMIT_BYTES = 34 * 1024 * 1024;

export const MAX_BODY_DEPTH = 64;

export interface BodyRules {
  readonly limitBytes: number;
  /** Media types that the route takes; `application/json` also stands for `application/<x>+json`. */
  readonly mediaTypes: readonly string[];
  /** Without a body `null` stands for it. */
  readonly optional?: true;
  /** The bytes as they came, for routes that must see them before anything else does. */
  readonly raw?: true;
}

/** The declared length when it is beyond the limit: known before a byte of the body is read. */
export function tooLarge(request: IncomingMessage, limitBytes: number): boolean {
  return Number(request.headers['content-length'] ?? 0) > limitBytes;
}

/**
 * The body: data for JSON, a string for every other media type, a `Buffer` where the rules say raw, `undefined` when there is none.
 * Throws `too-large`, `unsupported-media-type`, `validation` and, when the client goes away, `cancelled`.
 */
export async function readBody(request: IncomingMessage, rules: BodyRules): Promise<unknown> {
  if (tooLarge(request, rules.limitBytes)) throw oversize(rules.limitBytes);
  if (request.headers['transfer-encoding'] === undefined && Number(request.headers['content-length'] ?? 0) === 0)
    return rules.optional ? null : undefined;
  const mediaType = mediaTypeOf(request);
  if (!rules.mediaTypes.includes(mediaType)) {
    const taken = rules.mediaTypes.join(' or ');
    throw new OmniError(
      'unsupported-media-type',
      `This address takes ${taken}, not ${mediaType || 'a body without Content-Type'}.`,
    );
  }
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity')
    throw new OmniError('unsupported-media-type', `Send the body without Content-Encoding, not as ${encoding}.`);
  const bytes = await collect(request, rules.limitBytes);
  if (rules.raw) return bytes;
  if (mediaType !== 'application/json') return decode(bytes);
  return parseJson(bytes);
}

function oversize(limitBytes: number): OmniError {
  return new OmniError(
    'too-large',
    `The body is larger than ${limitBytes} bytes, the limit of this address. Send less.`,
  );
}

/** `application/json` for every JSON type; curl's default for `-d` is taken for JSON too, so that examples without headers work. */
function mediaTypeOf(request: IncomingMessage): string {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return /^application\/[\w.-]+\+json$/.test(type) || type === 'application/x-www-form-urlencoded'
    ? 'application/json'
    : type;
}

function collect(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const stop = (settle: () => void): void => {
      request.off('data', take).off('end', end).off('error', gone).off('close', gone);
      settle();
    };
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size <= limitBytes) chunks.push(chunk);
      else {
        // The rest is let through to nowhere, so that the answer can still be read by the sender.
        stop(() => reject(oversize(limitBytes)));
        request.resume();
      }
    };
    const end = (): void => stop(() => resolve(Buffer.concat(chunks)));
    const gone = (): void =>
      stop(() => reject(new OmniError('cancelled', 'The client went away before its body was complete.')));
    request.on('data', take).on('end', end).on('error', gone).on('close', gone);
  });
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new OmniError('validation', 'The body is not valid UTF-8.');
  }
}

/** Data of JSON text in UTF-8. Throws `validation` with the place where it stops being JSON. */
export function parseJson(bytes: Buffer): unknown {
  if (depthOf(bytes) > MAX_BODY_DEPTH)
    throw new OmniError('validation', `The body is nested deeper than ${MAX_BODY_DEPTH} levels.`);
  const text = decode(bytes);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new OmniError('validation', `The body is not JSON${placeOf(text)}. Check it with a JSON linter.`);
  }
}

/** Where JSON stops being JSON, without quoting it: the text may hold personal data. */
function placeOf(text: string): string {
  const position = faultPosition(text);
  if (position === text.length) return ': it ends too early';
  const lines = text.slice(0, position).split('\n');
  return `: it breaks at line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}

/** Deepest nesting of brackets outside strings; strings are skipped at the speed of a byte search. */
function depthOf(bytes: Buffer): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === 0x22) at = endOfString(bytes, at);
    else if (byte === 0x7b || byte === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (byte === 0x7d || byte === 0x5d) depth -= 1;
  }
  return deepest;
}

function endOfString(bytes: Buffer, start: number): number {
  for (let at = bytes.indexOf(0x22, start + 1); at !== -1; at = bytes.indexOf(0x22, at + 1)) {
    let backslashes = 0;
    while (bytes[at - 1 - backslashes] === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
  return bytes.length;
}
