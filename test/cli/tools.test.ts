/** `omni tools approve`. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { runProgram } from '../../src/cli/program';
import { readLock, writeLock } from '../../src/providers/mcp/lock';
import { EVERYTHING } from '../providers/mcp/everything';
import { rememberedTerminal } from './terminal';

const folder = mkdtempSync(path.join(tmpdir(), 'omni-tools-'));
afterAll(() => rmSync(folder, { recursive: true }));

const settings = path.join(folder, 'settings.json');
const lock = path.join(folder, 'tools.lock.json');
writeFileSync(
  settings,
  JSON.stringify({
    mcp: { commands: ['node'] },
    tools: [
      { mcp: 'everything', command: 'node', args: [EVERYTHING, 'stdio'] },
      { mcp: 'broken', command: 'node', args: ['no-such-server.js'] },
    ],
  }),
);

async function omni(...args: readonly string[]) {
  const terminal = rememberedTerminal({ env: { CONFIG_PATH: settings }, cwd: folder });
  const status = await runProgram(['tools', ...args], terminal);
  return { status, stdout: terminal.stdout(), stderr: terminal.stderr() };
}

describe('omni tools approve', () => {
  test('shows what is not approved, agrees to it, and then has nothing to show', async () => {
    const before = await omni('approve', 'everything', '--check');
    expect([before.status, before.stdout]).toEqual([1, expect.stringContaining('get-sum  new\n')]);
    expect(readLock(lock)).toEqual({});
    expect((await omni('approve', 'everything')).status).toBe(0);
    expect(Object.keys(readLock(lock)['everything'] ?? {})).toContain('get-sum');
    const after = await omni('approve', 'everything', '--check');
    expect([after.status, after.stdout]).toEqual([0, '']);
  });

  test('says which parts of a tool have changed, and agrees to single tools', async () => {
    const approved = readLock(lock);
    const { echo, 'get-sum': sum } = approved['everything'] ?? {};
    if (echo === undefined || sum === undefined) throw new Error('the server has changed');
    const old = { ...approved['everything'], echo: { ...echo, description: 'Old.' }, vanished: sum };
    writeLock(lock, { ...approved, everything: old });
    const { stdout } = await omni('approve', 'everything', 'echo', '--json');
    expect(JSON.parse(stdout)).toEqual({
      server: 'everything',
      changes: [{ tool: 'echo', kind: 'changed', parts: ['description'], description: echo.description }],
    });
    expect(readLock(lock)['everything']).toEqual({ ...approved['everything'], vanished: sum });
    expect((await omni('approve', 'everything')).stdout).toContain('vanished  gone');
    expect(readLock(lock)).toEqual(approved);
  });

  test('shows what a server says that cannot be started, and names those there are', async () => {
    const { status, stderr } = await omni('approve', 'broken');
    expect([status, stderr]).toEqual([1, expect.stringContaining('Cannot find module')]);
    expect((await omni('approve', 'nobody')).stderr).toContain('There are: everything, broken.');
    expect((await omni('approve', 'everything', 'fly')).stderr).toContain('has no tool fly');
  });
});
