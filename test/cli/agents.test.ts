/** `omni agents` against a server. */
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

async function omni(...args: readonly string[]) {
  const terminal = rememberedTerminal({ env: door.env });
  const status = await runProgram(['agents', ...args], terminal);
  return { status, stdout: terminal.stdout(), stderr: terminal.stderr() };
}

test('an agent is registered, listed, told that it is busy, and shown', async () => {
  const terms = ['--type', 'engineer', '--capability', 'code_review', '--capability', 'scaffold', '--concurrency', '5'];
  const made = await omni('register', 'engineer-001', ...terms, '--metadata', '{"version":"1.0.0"}', '--json');
  expect([made.status, JSON.parse(made.stdout)]).toEqual([
    0,
    expect.objectContaining({ name: 'engineer-001', maxConcurrency: 5, metadata: { version: '1.0.0' } }),
  ]);
  expect(made.stderr).toContain('engineer-001  engineer, offline, 0 of 5 slots, code_review scaffold');
  await door.agents.registry.pulse('engineer-001', {
    owner: randomUUID(),
    build: '1.0.0',
    inFlight: 1,
    draining: false,
  });
  const busy = await omni('status', 'engineer-001', 'busy', '--metadata', '{"currentTask":"x"}', '--for', '2h');
  expect([busy.status, busy.stderr]).toEqual([
    0,
    expect.stringMatching(/busy \(by itself working\), set to busy by somebody until \S+, 1 of 5 slots/),
  ]);
  const listed = await omni('list', '--type', 'engineer', '--status', 'busy', '--json');
  expect(JSON.parse(listed.stdout)).toMatchObject({
    agents: [{ id: 'engineer-001', override: { metadata: { currentTask: 'x' } } }],
  });
  expect((await omni('list', '--status', 'idle')).stderr).toBe('0 agents\n');
  const shown = await omni('show', 'engineer-001');
  expect(shown.stdout).toContain('engineer-001, priority normal');
  expect(shown.stdout).toMatch(/heard of at \S+, build 1.0.0/);
  expect(shown.stdout).toContain('last 24 hours: 0 completed, 0 failed\n');
  expect((await omni('status', 'engineer-001', 'idle')).stderr).toContain('engineer-001  engineer, working,');
});

test('what is wrong is wrong usage where the command sees it, and refused with the reason where the server does', async () => {
  for (const args of [
    ['register', 'x', '--type', 'engineer'],
    ['register', 'x', '--type', 'engineer', '--capability', 'a', '--concurrency', 'many'],
    ['register', 'x', '--type', 'engineer', '--capability', 'a', '--config', '[1]'],
    ['status', 'x', 'asleep'],
  ])
    expect([args, (await omni(...args)).status]).toEqual([args, 2]);
  const shown = await omni('show', 'nobody');
  expect([shown.status, shown.stderr]).toEqual([1, expect.stringContaining('There is no agent nobody.')]);
  const long = await omni('status', 'engineer-001', 'busy', '--for', '2d');
  expect([long.status, long.stderr]).toEqual([1, expect.stringContaining('/expiresIn')]);
});
