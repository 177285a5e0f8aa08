/** Reads request bodies: bounded in bytes and time before anything is kept, in depth and keys before anything is parsed. */
import type { IncomingMessage } from 'node:http';
import { OmniError } from '../src/plan/problem';
import { faultPosition } from './json-fault';
import { measureJson } from './json-limits';

/** Bodies of most routes. */
export const BODY_LIMIT_BYTES = 1024 * 1024;

/** Bodies that may hold one value of 25 MB in base64. */
export const LARGE_BODY_LIMIT_BYTES = 34 * 1024 * 1024;

const MAX_DEPTH = 64;

/** Keys in a body of `BODY_LIMIT_BYTES`; where more may be sent, as many more. */
const MAX_KEYS = 10_000;

/** A body must be complete within this time, a large one within the time that a whole request has. */
const BODY_MS = 30_000;
const LARGE_BODY_MS = 120_000;

export interface BodyRules {
  readonly limitBytes: number;
  /** Media types that the route takes; `application/json` also stands for `application/<x>+json`. */
  readonly mediaTypes: readonly string[];
  /** Without a body `null` stands for it. */
  readonly optional?: true;
  /** The bytes as they came, for routes that must see them before anything else does. */
  readonly raw?: true;
  /** Milliseconds for the body to arrive; without it half a minute, for large bodies two minutes. */
  readonly withinMs?: number;
}

/** The declared length when it is beyond the limit: known before a byte of the body is read. */
export function tooLarge(request: IncomingMessage, limitBytes: number): boolean {
  return Number(request.headers['content-length'] ?? 0) > limitBytes;
}

/**
 * The body: data for JSON, a string for every other media type, a `Buffer` where the rules say raw, `undefined` when there is none.
 * Throws `too-large`, `unsupported-media-type`, `validation`, `timeout` (408) and, when the client goes away, `cancelled`.
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
  const bytes = await collect(request, rules);
  if (rules.raw) return bytes;
  if (mediaType !== 'application/json') return decode(bytes);
  return parseJson(bytes, rules.limitBytes);
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

function collect(request: IncomingMessage, { limitBytes, withinMs }: BodyRules): Promise<Buffer> {
  const boundMs = withinMs ?? (limitBytes > BODY_LIMIT_BYTES ? LARGE_BODY_MS : BODY_MS);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const late = setTimeout(() => {
      const words = `The body was not complete within ${boundMs / 1000} s. Send it again on a faster line, or less of it.`;
      stop(() => reject(new OmniError('timeout', words, { status: 408, title: 'Request timeout' })));
    }, boundMs);
    const stop = (settle: () => void): void => {
      clearTimeout(late);
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
export function parseJson(bytes: Buffer, limitBytes: number): unknown {
  const { depth, keys } = measureJson(bytes);
  if (depth > MAX_DEPTH) throw new OmniError('validation', `The body is nested deeper than ${MAX_DEPTH} levels.`);
  const maxKeys = (MAX_KEYS * limitBytes) / BODY_LIMIT_BYTES;
  if (keys > maxKeys)
    throw new OmniError('too-large', `The body holds ${keys} keys; this address takes at most ${maxKeys}. Send less.`);
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
