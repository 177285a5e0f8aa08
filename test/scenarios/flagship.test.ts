/** The flagship's scenarios, run as `omni test` runs them. */
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { runProgram } from '../../src/cli/program';
import { rememberedTerminal } from '../cli/terminal';

test('every scenario of the bilingual coach passes, without a key, a server or a network', async () => {
  const terminal = rememberedTerminal({ cwd: path.resolve(__dirname, '../..') });
  const status = await runProgram(['test', 'bilingual-coach', '--json'], terminal);
  const results = JSON.parse(terminal.stdout()) as readonly { name: string; passed: boolean; differences: unknown }[];
  expect(results.filter(({ passed }) => !passed)).toEqual([]);
  expect(results.length).toBeGreaterThanOrEqual(12);
  expect(status).toBe(0);
});
