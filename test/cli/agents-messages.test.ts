/** `omni agents send` and `omni agents messages` against a server. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runProgram } from '../../src/cli/program';
import { DEFAULT_POOL } from '../../src/plan/agent';
import type { Door } from '../api/door';
import { openDoor } from '../api/door';
import { rememberedTerminal } from './terminal';

let door: Door;
beforeAll(async () => {
  door = await openDoor({ providers: [], definitions: {} });
  // Nobody works for it: its mail waits.
  await door.harness.agents.registry.register({
    id: 'clerk-001',
    name: 'Clerk',
    type: 'clerk',
    pool: DEFAULT_POOL,
    capabilities: ['file'],
    maxConcurrency: 1,
    priority: 'normal',
    config: {},
    metadata: {},
  });
});
afterAll(() => door.close());

async function omni(...args: readonly string[]) {
  const terminal = rememberedTerminal({ env: door.env });
  const status = await runProgram(['agents', ...args], terminal);
  return { status, stdout: terminal.stdout(), stderr: terminal.stderr() };
}

test('a message is sent once per key and stands in the ledger', async () => {
  const words = [
    'send',
    'clerk-001',
    'file',
    '--data',
    '{"form":7}',
    '--priority',
    'high',
    '--key',
    'form-7',
    '--json',
  ];
  const sent = await omni(...words);
  expect([sent.status, JSON.parse(sent.stdout)]).toMatchObject([0, { state: 'accepted', payload: { form: 7 } }]);
  const { id } = JSON.parse(sent.stdout) as { id: string };
  expect((await omni(...words)).stderr).toContain(`${id} accepted`);
  const listed = await omni('messages', 'clerk-001', '--state', 'accepted');
  expect(listed.stdout).toMatch(new RegExp(`^${id}  file from somebody, high, \\S+, accepted\\n$`));
  expect(listed.stderr).toBe('1 message\n');
});

test('what is wrong is wrong usage where the command sees it, and refused with the reason where the server does', async () => {
  expect((await omni('send', 'clerk-001', 'file', '--data', '{')).status).toBe(2);
  expect((await omni('send', 'clerk-001', 'file', '--wait', 'long')).status).toBe(2);
  const refused = await omni('send', 'clerk-001', 'fly');
  expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('It can do file')]);
  expect((await omni('messages', 'clerk-002')).stderr).toContain('clerk-002');
});
