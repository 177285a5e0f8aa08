/** Cancellation as a tree of tokens: cancelling one cancels all below it. */
import type { Problem } from '../plan/problem';

export class CancelToken {
  #reason: Problem | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #release: (() => void) | undefined;

  constructor(parent?: CancelToken) {
    this.#release = parent?.onCancel(() => this.cancel(parent.reason as Problem));
  }

  /** Why it was cancelled; undefined while it was not. */
  get reason(): Problem | undefined {
    return this.#reason;
  }

  /** The first reason stays. */
  cancel(reason: Problem): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    for (const listener of [...this.#listeners]) listener();
    this.#listeners.clear();
  }

  /** Calls back once, at once when it was cancelled already. Returns how to stop listening. */
  onCancel(listener: () => void): () => void {
    if (this.#reason !== undefined) {
      listener();
      return () => undefined;
    }
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  throwIfCancelled(): void {
    if (this.#reason !== undefined) throw new Cancelled(this.#reason);
  }

  /** Lets go of the parent; call it when what the token guards has ended. */
  release(): void {
    this.#release?.();
  }
}

/** Unwinds a cancelled branch. Not an error of the branch: handlers never see it. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
  constructor(readonly reason: Problem) {
    super(reason.detail);
  }
}
