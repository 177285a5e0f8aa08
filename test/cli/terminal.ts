/** A terminal that remembers what was written to it. */
import type { Terminal } from '../../src/cli/terminal';

export interface RememberedTerminal extends Terminal {
  stdout(): string;
  stderr(): string;
  /** What Ctrl-C does. */
  interrupt(): void;
}

export function rememberedTerminal(given: Partial<Terminal> & { readonly input?: string } = {}): RememberedTerminal {
  const written = { out: '', err: '' };
  const interrupts = new Set<(signal: NodeJS.Signals) => void>();
  return {
    out: (text) => void (written.out += text),
    err: (text) => void (written.err += text),
    live: false,
    columns: 100,
    color: false,
    paint: (_, text) => text,
    env: {},
    cwd: process.cwd(),
    now: Date.now,
    readInput: () => Promise.resolve(given.input ?? ''),
    onInterrupt(callback) {
      interrupts.add(callback);
      return () => void interrupts.delete(callback);
    },
    ...given,
    stdout: () => written.out,
    stderr: () => written.err,
    interrupt: () => interrupts.forEach((callback) => callback('SIGINT')),
  };
}
