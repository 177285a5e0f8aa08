/** The one error shape of the platform: an RFC 9457 problem with a closed set of types. */
import type { Json } from './json';

/** Every error type, with the HTTP status and the title that go with it (https://www.rfc-editor.org/rfc/rfc9457). */
export const PROBLEMS = {
  validation: { status: 400, title: 'Invalid input' },
  authentication: { status: 401, title: 'Not authenticated' },
  authorization: { status: 403, title: 'Not allowed' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  conflict: { status: 409, title: 'Conflict' },
  'too-large': { status: 413, title: 'Too large' },
  'unsupported-media-type': { status: 415, title: 'Unsupported media type' },
  'rate-limited': { status: 429, title: 'Rate limited' },
  timeout: { status: 504, title: 'Timed out' },
  'provider-unavailable': { status: 503, title: 'Provider unavailable' },
  'tool-error': { status: 502, title: 'Tool failed' },
  'outcome-unknown': { status: 502, title: 'Outcome unknown' },
  expression: { status: 422, title: 'Expression failed' },
  'budget-exceeded': { status: 402, title: 'Budget exceeded' },
  policy: { status: 403, title: 'Refused by policy' },
  'no-agent': { status: 503, title: 'No agent available' },
  cancelled: { status: 409, title: 'Cancelled' },
  internal: { status: 500, title: 'Internal error' },
} as const satisfies Record<string, { status: number; title: string }>;

export type BuiltInProblemType = keyof typeof PROBLEMS;

/** A built-in type, or `app/<name>` raised by a definition's own `fail` step. */
export type ProblemType = BuiltInProblemType | `app/${string}`;

/** Errors that no second attempt can mend; everything else is retried under the step's policy. */
const FINAL: ReadonlySet<string> = new Set([
  'validation',
  'authentication',
  'authorization',
  'policy',
  'budget-exceeded',
  'expression',
  'cancelled',
  'outcome-unknown',
  'too-large',
]);

/** Answers that mean that the far side has not done what it was asked, unless the error says otherwise. */
const REFUSALS: ReadonlySet<string> = new Set([
  'validation',
  'authentication',
  'authorization',
  'not-found',
  'method-not-allowed',
  'conflict',
  'unsupported-media-type',
  'rate-limited',
  'expression',
  'budget-exceeded',
  'policy',
  'no-agent',
]);

/** One fault in a request or value. `pointer` is a JSON Pointer (RFC 6901) from the root of the body. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

/** What crosses every boundary: HTTP bodies, Temporal failures, step records, the `error` root of expressions. */
export interface Problem {
  readonly type: ProblemType;
  readonly title: string;
  readonly status: number;
  /** What happened, where, and what to do next. Never holds a secret or personal data. */
  readonly detail: string;
  /** The execution or request it happened in. */
  readonly instance?: string;
  /** Path of the step. */
  readonly step?: string;
  readonly provider?: string;
  readonly attempt?: number;
  readonly data?: Json;
  readonly errors?: readonly Fault[];
}

export interface ProblemOptions {
  readonly title?: string;
  /** The HTTP status, where it differs from the type's own (a reused idempotency key is 422). */
  readonly status?: number;
  readonly instance?: string;
  readonly step?: string;
  readonly provider?: string;
  readonly attempt?: number;
  readonly data?: Json;
  readonly errors?: readonly Fault[];
  /** What the far side asked us to wait before the next attempt, in milliseconds (`Retry-After`). */
  readonly retryAfterMs?: number;
  /** Overrides what the type says about a second attempt. */
  readonly retryable?: boolean;
  /** The far side was never reached, or says that it did nothing; overrides what the type says about that. */
  readonly undone?: boolean;
  readonly cause?: unknown;
}

/** The same in every copy of this package: a plugin may throw the error of another one. */
const OURS = Symbol.for('omni-mcp.error');

/** The one error class. Throw it wherever something of ours refuses or fails; `activities/` and `workflows/` turn it into Temporal's. */
export class OmniError extends Error {
  override readonly name = 'OmniError';
  readonly problem: Problem;
  readonly retryAfterMs: number | undefined;
  readonly retryable: boolean;
  /** Whether what was asked of the far side has surely had no effect. */
  readonly undone: boolean;

  constructor(type: ProblemType, detail: string, options: ProblemOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.problem = problemOf(type, detail, options);
    this.retryAfterMs = options.retryAfterMs;
    this.retryable = options.retryable ?? !isFinal(type);
    this.undone = options.undone ?? REFUSALS.has(type);
  }

  get [OURS](): true {
    return true;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && OURS in value;
  }
}

export function isFinal(type: string): boolean {
  return FINAL.has(type);
}

/** A problem with the status and title of its type; members that are absent are left out. */
export function problemOf(type: ProblemType, detail: string, options: ProblemOptions = {}): Problem {
  const known = Object.hasOwn(PROBLEMS, type) ? PROBLEMS[type as BuiltInProblemType] : { status: 422, title: type };
  const { title, status, instance, step, provider, attempt, data, errors } = options;
  return {
    type,
    title: title ?? known.title,
    status: status ?? known.status,
    detail,
    ...(instance === undefined ? {} : { instance }),
    ...(step === undefined ? {} : { step }),
    ...(provider === undefined ? {} : { provider }),
    ...(attempt === undefined ? {} : { attempt }),
    ...(data === undefined ? {} : { data }),
    ...(errors === undefined ? {} : { errors }),
  };
}

/** Any thrown value as a problem: ours keeps its type, a stranger becomes `internal`. */
export function toProblem(error: unknown): Problem {
  if (error instanceof OmniError) return error.problem;
  return problemOf('internal', error instanceof Error ? `${error.name}: ${error.message}` : String(error));
}

/** The error that carries a problem onwards, unchanged. */
export function asError(problem: Problem): OmniError {
  return new OmniError(problem.type, problem.detail, problem);
}
