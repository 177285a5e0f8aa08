/** The gate before every call: once continuing as new is due it lets no call begin, and tells when the running ones have ended. */

export class Gate {
  #running = 0;
  #closed = false;
  #open: () => void = () => undefined;
  /** Resolves when the gate is closed and no call runs. */
  readonly drained: Promise<void>;

  constructor(private readonly due: () => boolean) {
    this.drained = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  /**
   * Does the work, or, when the gate is closed, never settles: the walk stops there and the next round comes past again.
   * The work must have written its record before it resolves.
   */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed || this.due()) {
      this.#closed = true;
      this.#settle();
      return new Promise<never>(() => undefined);
    }
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
      this.#settle();
    }
  }

  #settle(): void {
    if (this.#closed && this.#running === 0) this.#open();
  }
}
