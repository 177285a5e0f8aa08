/** All that the interpreter asks of the world. Temporal implements it in `workflows/`, virtual time in `src/scenarios`. */
import type { CallOutcome, CallRequest } from '../plan/call';
import type { CancelToken } from './cancel-token';

export interface CallOptions {
  readonly placement: 'local' | 'remote';
  /** What a person sees beside the call: `speech_to_text · openrouter`. */
  readonly summary: string;
}

export interface Effects {
  /** Milliseconds since 1970; the same on every replay. */
  now(): number;
  /** A random string that is the same on every replay; drawn once per execution. */
  seed(): string;
  /** Calls one provider of the chain. Never rejects; a cancelled call resolves at once as `cancelled`. */
  call(request: CallRequest, options: CallOptions, cancel: CancelToken): Promise<CallOutcome>;
  /** Resolves after so many milliseconds, or at once when cancelled. */
  sleep(ms: number, cancel: CancelToken): Promise<void>;
  /** True once the history is long enough to continue as new before the next call. */
  continueDue(): boolean;
}
