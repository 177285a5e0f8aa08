/** Calls of the library that have not settled: closing waits for them, because they still ask over what it closes. */

export interface UnderWay {
  /** Ends the waits of these calls. */
  readonly signal: AbortSignal;
  /** The same promise, waited for by `end`. */
  track<T>(call: Promise<T>): Promise<T>;
  /** Ends the waits, and resolves when every call has settled, however it did. */
  end(): Promise<void>;
}

export function createUnderWay(): UnderWay {
  const closing = new AbortController();
  const calls = new Set<Promise<unknown>>();
  return {
    signal: closing.signal,
    track(call) {
      calls.add(call);
      const settled = (): boolean => calls.delete(call);
      call.then(settled, settled);
      return call;
    },
    async end() {
      closing.abort();
      await Promise.allSettled(calls);
    },
  };
}
