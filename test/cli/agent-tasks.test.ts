/** `omni agents tasks` against a server. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runProgram } from '../../src/cli/program';
import type { Door } from '../api/door';
import { openDoor } from '../api/door';
import { rememberedTerminal } from './terminal';

let door: Door;
beforeAll(async () => {
  door = await openDoor({ providers: [], definitions: {} });
});
afterAll(() => door.close());

async function omni(...args: readonly string[]) {
  const terminal = rememberedTerminal({ env: door.env });
  const status = await runProgram(['agents', 'tasks', ...args], terminal);
  return { status, stdout: terminal.stdout(), stderr: terminal.stderr() };
}

test('a task is asked for, listed, shown with why nobody has it, and cancelled', async () => {
  const made = await omni('create', 'paint', '--payload', '{"n":1}', '--priority', 'low', '--description', 'a fence');
  expect(made.status).toBe(0);
  const id = made.stdout.trim();
  const listed = await omni('list', '--capability', 'paint');
  expect(listed.stdout + listed.stderr).toContain(`${id}  paint  submitted  low`);
  const shown = async (): Promise<string> => (await omni('show', id)).stdout;
  while (!(await shown()).includes('chosen: No agent')) await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await shown()).toContain('a fence');
  expect((await omni('cancel', id, '--reason', 'no paint')).status).toBe(0);
  while (!(await shown()).includes('canceled (cancel_requested)'))
    await new Promise((resolve) => setTimeout(resolve, 100));
  expect((await omni('show', 'nobody')).status).toBe(1);
  expect((await omni('create', 'paint', '--payload', '{n')).status).toBe(2);
}, 40_000);
