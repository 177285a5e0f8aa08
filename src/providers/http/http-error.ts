/** What a vendor's refusal or a broken connection means to us: one table, and texts without anything of the vendor's. */
import type { z } from 'zod';
import { OmniError, type BuiltInProblemType, type ProblemOptions } from '../../plan/problem';
import { ADDRESS_REFUSED } from './door';

/** Who is called, in the words of error texts. */
export interface FarSide {
  /** The provider's name, such as `openrouter`. */
  readonly provider: string;
  /** Environment variable with the key, for advice. */
  readonly keyVariable: string;
  /** Environment variable with the base URL, for advice. */
  readonly baseUrlVariable: string;
}

/** What happened and what to do, for the text of an error. */
export interface Words {
  readonly says: string;
  /** A sentence. */
  readonly advice: string;
}

interface Meaning {
  readonly type: BuiltInProblemType;
  readonly says: string;
  readonly advice: (far: FarSide) => string;
  /** Overrides what the type says. */
  readonly retryable?: false;
}

const LATER = (): string => 'It can be tried again.';
const INPUT = (): string => "Check the step's input and config.";
const KEY = ({ keyVariable }: FarSide): string => `Check ${keyVariable}.`;

/** HTTP status codes (https://www.rfc-editor.org/rfc/rfc9110#section-15) as vendors of model APIs use them. */
const BY_STATUS: Readonly<Record<number, Meaning>> = {
  400: { type: 'validation', says: 'it refuses the request', advice: INPUT },
  401: { type: 'authentication', says: 'it does not accept the key', advice: KEY },
  402: {
    type: 'tool-error',
    says: 'the account has no credit left',
    advice: ({ keyVariable }) => `Top up the account that ${keyVariable} belongs to.`,
    retryable: false,
  },
  403: { type: 'authorization', says: 'it forbids the request', advice: KEY },
  404: {
    type: 'not-found',
    says: 'it knows no such address, thing or model',
    advice: ({ baseUrlVariable }) => `Check the step's input, config.model and ${baseUrlVariable}.`,
    retryable: false,
  },
  405: {
    type: 'method-not-allowed',
    says: 'it does not take this request here',
    advice: ({ baseUrlVariable }) => `Check ${baseUrlVariable}.`,
    retryable: false,
  },
  408: { type: 'timeout', says: 'it ran out of time', advice: LATER },
  409: { type: 'conflict', says: 'the request collides with another', advice: LATER },
  413: { type: 'too-large', says: 'the request is too large for it', advice: () => 'Send less.' },
  415: { type: 'unsupported-media-type', says: 'it does not take this format', advice: INPUT, retryable: false },
  422: { type: 'validation', says: 'it refuses the request', advice: INPUT },
  425: { type: 'rate-limited', says: 'it asks to come later', advice: LATER },
  429: { type: 'rate-limited', says: 'too many requests', advice: LATER },
};

const FAILING: Meaning = { type: 'provider-unavailable', says: 'it fails', advice: LATER };
const REFUSING: Meaning = { type: 'tool-error', says: 'it refuses the request', advice: INPUT, retryable: false };

/**
 * The error for a status, whether it stood in the status line or inside a body. With `retryAfterMs` even a refusal may be tried
 * again: OpenRouter sends 402 with `Retry-After` while a spending window is full
 * (https://openrouter.ai/docs/api/reference/errors-and-debugging).
 */
export function statusError(
  far: FarSide,
  status: number,
  where: string,
  { words, ...options }: ProblemOptions & { readonly words?: Words } = {},
): OmniError {
  const meaning = BY_STATUS[status] ?? (status >= 500 ? FAILING : REFUSING);
  const waits = status === 402 && options.retryAfterMs !== undefined;
  const retryable = waits ? true : meaning.retryable;
  const { says, advice } = words ?? { says: meaning.says, advice: meaning.advice(far) };
  const detail = `${far.provider} answered ${status} to ${where}: ${says}. ${advice}`;
  return new OmniError(meaning.type, detail, {
    ...(retryable === undefined ? {} : { retryable }),
    undone: status < 500 && status !== 408,
    ...options,
    provider: far.provider,
  });
}

/** An answer that cannot be used although it says success; another attempt may get a better one. */
export function garbage(far: FarSide, where: string, fault: string, options: ProblemOptions = {}): OmniError {
  const detail = `${far.provider} gave an answer to ${where} that cannot be used: ${fault}. It can be tried again.`;
  return new OmniError('tool-error', detail, { ...options, provider: far.provider });
}

/** An answer of another shape than the vendor documents; the faults are named by pointer, without a word of the answer. */
export function misfit(far: FarSide, where: string, error: z.ZodError, options: ProblemOptions = {}): OmniError {
  const errors = error.issues.slice(0, 20).map((issue) => ({
    pointer: issue.path.map((key) => `/${String(key)}`).join(''),
    // zod would quote the names that the far side made up.
    detail: issue.code === 'unrecognized_keys' ? 'has members that were not asked for' : issue.message,
  }));
  return garbage(far, where, 'it has another shape than it should', { ...options, errors });
}

/** Codes of Node and undici after which nothing of a request has left. */
const NOT_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_.*|ERR_TLS_.*|.*SELF_SIGNED_CERT.*|UNABLE_TO_(GET_ISSUER|VERIFY).*)$/;

/** Whatever `fetch` or the body threw, by Node's error code; the cause's own text may quote the far side and stays out. */
export function networkError(far: FarSide, where: string, thrown: unknown): OmniError {
  const code = codeOf(thrown);
  const options = { provider: far.provider, undone: NOT_SENT.test(code) };
  if (code === ADDRESS_REFUSED)
    return new OmniError(
      'policy',
      `${far.provider} was not called for ${where}: its address is not public. Allow it by OMNI_OUTGOING_ALLOW if it is meant.`,
      options,
    );
  if (/^Z_|^ERR__ERROR|BROTLI/.test(code)) return garbage(far, where, `its compression is broken (${code})`);
  if (/^UND_ERR_.*TIMEOUT$|^ETIMEDOUT$/.test(code))
    return new OmniError(
      'timeout',
      `${far.provider} did not answer ${where} in time (${code}). It can be tried again.`,
      options,
    );
  const detail = `${far.provider} could not be reached for ${where} (${code}). Check the network and ${far.baseUrlVariable}.`;
  return new OmniError('provider-unavailable', detail, options);
}

/** The nearest Node or undici code in a chain of causes; by shape, since errors of `fetch` may come from another realm. */
export function codeOf(thrown: unknown): string {
  for (let at = thrown, depth = 0; typeof at === 'object' && at !== null && depth < 5; depth += 1) {
    if ('code' in at && typeof at.code === 'string') return at.code;
    at = 'cause' in at ? at.cause : undefined;
  }
  return 'connection lost';
}
