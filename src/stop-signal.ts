/** When a process that runs in the foreground is asked to stop. */

/** Signals this close together are one: a service manager, the terminal and npm may each pass on the same one. */
const SAME_MS = 500;

/**
 * Resolves at the first SIGINT, SIGTERM, SIGHUP or loss of the process that started this one. A later signal ends the process at
 * once, with status 130.
 */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    const take = (): void => {
      const now = performance.now();
      if (firstAt !== undefined && now - firstAt > SAME_MS) process.exit(130);
      firstAt ??= now;
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, take);
    process.once('disconnect', () => resolve());
  });
}
