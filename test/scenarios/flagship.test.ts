/** The scenarios of the definitions that come along, run as `omni test` runs them. */
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { runProgram } from '../../src/cli/program';
import { rememberedTerminal } from '../cli/terminal';

test.each([
  ['bilingual-coach', 12],
  ['agent-review', 7],
])('every scenario of %s passes, without a key, a server or a network', async (id, count) => {
  const terminal = rememberedTerminal({ cwd: path.resolve(__dirname, '../..') });
  const status = await runProgram(['test', id, '--json'], terminal);
  const results = JSON.parse(terminal.stdout()) as readonly { name: string; passed: boolean; differences: unknown }[];
  expect(results.filter(({ passed }) => !passed)).toEqual([]);
  expect(results.length).toBeGreaterThanOrEqual(count);
  expect(status).toBe(0);
});
