/** Asks the API: JSON both ways, and refusals as the problem that the API says, with the id that its log has of the request. */
import type { Problem } from './shapes';

export class Refusal extends Error {
  constructor(
    readonly problem: Problem,
    readonly requestId?: string,
  ) {
    super(problem.detail);
  }
}

export interface Asking {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Sent as JSON; a text as YAML. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Said of whoever is not signed in any more. */
export const SIGNED_OUT = 'console:signed-out';

export function noAnswer(): Refusal {
  return new Refusal({
    type: 'provider-unavailable',
    title: 'No answer',
    status: 503,
    detail: 'The server does not answer. It may be restarting; this page asks again.',
  });
}

/** Throws `Refusal`, also when nobody answers. */
export async function ask<T>(path: string, { method = 'GET', body, headers = {}, signal }: Asking = {}): Promise<T> {
  const type = typeof body === 'string' ? 'application/yaml' : 'application/json';
  const response = await fetch(path, {
    method,
    headers: { Accept: 'application/json', ...(body === undefined ? {} : { 'Content-Type': type }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    if (signal?.aborted === true) throw error;
    throw noAnswer();
  });
  const requestId = response.headers.get('X-Request-Id') ?? undefined;
  const text = await response.text();
  if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as T;
  if (response.status === 401 && headers['Authorization'] === undefined) dispatchEvent(new Event(SIGNED_OUT));
  throw new Refusal(problemIn(text, response), requestId);
}

function problemIn(text: string, { status, statusText }: Response): Problem {
  try {
    const parsed = JSON.parse(text) as Partial<Problem>;
    if (typeof parsed.detail === 'string' && typeof parsed.title === 'string') return parsed as Problem;
  } catch {
    // Something between us and the API answered; its status is all there is.
  }
  return { type: 'internal', title: statusText || 'Refused', status, detail: `The server answered ${status}.` };
}

/** Whatever was thrown, as something to show. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new Refusal({ type: 'internal', title: 'The console failed', status: 500, detail });
}

/** A new key for `Idempotency-Key`; `crypto.randomUUID` is not there without TLS. */
export function freshKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
