/** Whose tests the suites add to: of jest, vitest or mocha, which put theirs into the global scope, or else of Node itself. */
import * as own from 'node:test';

interface Runner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, body: () => void | Promise<void>) => unknown;
  readonly beforeEach: (body: () => void | Promise<void>) => unknown;
  readonly afterEach: (body: () => void | Promise<void>) => unknown;
}

const runner: Runner = 'describe' in globalThis ? (globalThis as unknown as Runner) : own;

export const { describe, it: test, beforeEach, afterEach } = runner;
