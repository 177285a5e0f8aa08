/** The gate before every call: it lets so many run at once, lets none begin once continuing as new is due, and tells when all have ended. */

/** Temporal bears 2,000 pending activities; ten times less keeps histories and restarts small. */
const MAX_RUNNING = 200;

export class Gate {
  #running = 0;
  #closed = false;
  #passed = 0;
  readonly #queue: (() => void)[] = [];

  /** `due`: the execution is to continue as new; `paused`: no call may begin for now; `drained`: the gate is closed and no call runs. */
  constructor(
    private readonly due: () => boolean,
    private readonly paused: () => boolean,
    private readonly drained: () => void,
  ) {}

  /** Calls and waits so far: a loop that adds none goes round for nothing. */
  get passed(): number {
    return this.#passed;
  }

  /**
   * To be passed before a call: undefined when it may begin, else what to wait for first; when the gate is closed that never settles:
   * the walk stops there and the next round comes past again. After it `leave` is owed, once the call's record is written.
   */
  enter(): Promise<void> | undefined {
    const closed = this.wait();
    if (closed !== undefined) return closed;
    if (this.#running >= MAX_RUNNING || this.paused()) return this.#queued();
    this.#running += 1;
    return undefined;
  }

  async #queued(): Promise<void> {
    while (this.#running >= MAX_RUNNING || this.paused())
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    if (this.#closed) return never();
    this.#running += 1;
  }

  leave(): void {
    this.#running -= 1;
    if (!this.paused()) this.#queue.shift()?.();
    this.#settle();
  }

  /** To be called when a pause is over: those that were held look again, in their order. */
  reopen(): void {
    for (const look of this.#queue.splice(0)) look();
  }

  /**
   * To be passed before a wait: waits are dropped when the execution continues as new, and begin again after it.
   * Undefined when the wait may begin, else a promise that never settles. The way through makes none: in the sandbox each costs a stack trace.
   */
  wait(): Promise<never> | undefined {
    this.#passed += 1;
    if (!this.#closed && !this.due()) return undefined;
    this.#closed = true;
    this.#settle();
    return never();
  }

  #settle(): void {
    if (this.#closed && this.#running === 0) this.drained();
  }
}

function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}
