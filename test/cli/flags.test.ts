import { randomUUID } from 'node:crypto';
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

async function omni(...args: readonly string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const terminal = rememberedTerminal({ env: door.env });
  const status = await runProgram(['flags', ...args], terminal);
  return { status, stdout: terminal.stdout(), stderr: terminal.stderr() };
}

test('a flag is made, rolled out, listed, switched off, and taken back step by step', async () => {
  const name = `F-${randomUUID()}`;
  const made = await omni('set', name, 'on', '--rollout', '25');
  expect(made).toMatchObject({ status: 0, stdout: '' });
  expect(made.stderr).toContain(`${name}  on for 25 %, from database, by somebody`);
  expect((await omni('list')).stdout).toContain(`${name}  on for 25 %`);
  expect(JSON.parse((await omni('set', name, 'off', '--json')).stdout)).toMatchObject({ rolloutPercentage: 25 });
  expect((await omni('undo', name)).stderr).toContain(`${name}  on for 25 %`);
  const other = `F-${randomUUID()}`;
  await omni('set', other, 'off');
  expect((await omni('undo', other)).stderr).toContain(`${other} is gone`);
});

test('wrong usage ends with 2, an unknown flag with 1', async () => {
  expect((await omni('set', 'X', 'perhaps')).status).toBe(2);
  expect((await omni('set', 'X', 'on', '--rollout', '101')).status).toBe(2);
  const unknown = await omni('undo', 'LM_COACH_REASONING_MODELL');
  expect(unknown.status).toBe(1);
  expect(unknown.stderr).toContain('LM_COACH_REASONING_MODEL?');
});
