/** The clocks of one outgoing exchange, and why it was ended. */
import { OmniError } from '../../plan/problem';
import type { FarSide } from './http-error';

const IDLE_MS = 15_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface Bounds {
  /** The caller's: cancels. */
  readonly signal: AbortSignal;
  /** Of the whole exchange. */
  readonly timeoutMs: number;
  /** Of silence in the middle of a body; 15 seconds unless told. */
  readonly idleMs?: number;
}

/** Ends one exchange: when its caller cancels, when its time is over, when its body falls silent. */
export class Watch {
  readonly #ends = new AbortController();
  readonly #idleMs: number;
  readonly #timeoutMs: number;
  readonly #caller: AbortSignal;
  readonly #total: NodeJS.Timeout;
  readonly signal: AbortSignal = this.#ends.signal;
  #silence: NodeJS.Timeout | undefined;
  #done = false;
  #over: 'total' | 'idle' | undefined;

  constructor({ signal, timeoutMs, idleMs }: Bounds) {
    this.#caller = signal;
    this.#idleMs = idleMs ?? IDLE_MS;
    this.#timeoutMs = timeoutMs;
    this.#total = setTimeout(() => this.#end('total'), Math.min(timeoutMs, LONGEST_TIMER_MS));
    signal.addEventListener('abort', this.#cancelled);
    if (signal.aborted) this.#ends.abort();
  }

  /** Begins or renews the allowed silence. */
  idle(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#end('idle'), this.#idleMs);
  }

  /** Why the exchange was ended from here, if it was. */
  ended(far: FarSide, where: string): OmniError | undefined {
    const provider = { provider: far.provider };
    if (this.#over !== undefined) {
      const fault =
        this.#over === 'idle'
          ? `fell silent for ${this.#idleMs} ms in the middle of`
          : `took more than ${this.#timeoutMs} ms for`;
      return new OmniError(
        'timeout',
        `${far.provider} ${fault} its answer to ${where}. It can be tried again.`,
        provider,
      );
    }
    if (!this.#caller.aborted) return undefined;
    const reason: unknown = this.#caller.reason;
    if (typeof reason === 'object' && reason !== null && 'name' in reason && reason.name === 'TimeoutError')
      return new OmniError(
        'timeout',
        `${far.provider} did not answer ${where} in time. It can be tried again.`,
        provider,
      );
    return new OmniError('cancelled', `The call of ${far.provider} (${where}) was cancelled.`, provider);
  }

  /** The answer is read to its end: its connection may serve the next request. */
  done(): void {
    this.#done = true;
  }

  /** Stops the clocks; a connection whose answer was not read to its end is closed, not left to hold its socket. */
  close(): void {
    clearTimeout(this.#total);
    clearTimeout(this.#silence);
    this.#caller.removeEventListener('abort', this.#cancelled);
    if (!this.#done) this.#ends.abort();
  }

  readonly #cancelled = (): void => this.#ends.abort();

  #end(why: 'total' | 'idle'): void {
    this.#over ??= why;
    this.#ends.abort();
  }
}
