/** `omni tools list`, `docs` and `call`, against a server. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runProgram } from '../../src/cli/program';
import type { Terminal } from '../../src/cli/terminal';
import type { Door } from '../api/door';
import { openDoor } from '../api/door';
import { ECHO_CONTRACTS, echoProvider, keyless } from '../api/echo-tools';
import { rememberedTerminal } from './terminal';

const folder = mkdtempSync(path.join(tmpdir(), 'omni-call-'));
let door: Door;
beforeAll(async () => {
  door = await openDoor({ providers: [keyless, echoProvider()], contracts: ECHO_CONTRACTS, definitions: {} });
});
afterAll(async () => {
  await door.close();
  rmSync(folder, { recursive: true });
});

async function omni(args: readonly string[], given: Partial<Terminal> & { input?: string } = {}) {
  const terminal = rememberedTerminal({ env: door.env, ...given });
  const status = await runProgram(['tools', ...args], terminal);
  return { status, stdout: terminal.stdout(), stderr: terminal.stderr() };
}

describe('omni tools list', () => {
  test('is a line for each tool, narrowed by category and provider', async () => {
    const { status, stdout, stderr } = await omni(['list', '--category', 'echo']);
    expect([status, stderr]).toEqual([0, '3 tools; a provider in parentheses lacks its key\n']);
    expect(stdout.split('\n').slice(0, 2)).toEqual([
      'echo.say    echo.say    (keyless) echo',
      'echo.sleep  echo.sleep  echo',
    ]);
    const { stdout: json } = await omni(['list', '--provider', 'keyless', '--json']);
    expect(JSON.parse(json)).toMatchObject({ tools: [{ name: 'echo.say', providers: [{ name: 'keyless' }] }] });
  });

  test('is that of the checkout where no server runs', async () => {
    const { status, stdout, stderr } = await omni(['list'], { env: { PORT: '1' } });
    expect([status, stdout, stderr]).toEqual([
      0,
      expect.stringMatching(/^mt\.translate +Translate text +local/m),
      expect.stringContaining('these are the tools of this checkout'),
    ]);
  });
});

describe('omni tools docs', () => {
  test('shows fields with types, providers with prices and a step', async () => {
    const { stdout } = await omni(['docs', 'echo.say']);
    expect(stdout).toContain('Input\n  text: string\n\nOutput\n  text: string\n  length: number\n');
    expect(stdout).toContain('! keyless  Keyless: Set KEYLESS_KEY to its API key, $0.5 per call, small');
    expect(stdout).toContain('    tool: echo.say\n    provider: echo\n');
    const { stdout: translation } = await omni(['docs', 'tts.synthesize']);
    expect(translation).toContain('  voice?: string  A voice that the provider knows');
  });

  test('of an unknown tool name the nearest', async () => {
    const { status, stderr } = await omni(['docs', 'echo.sey']);
    expect([status, stderr]).toEqual([1, expect.stringContaining('Did you mean echo.say?')]);
    expect((await omni(['docs', 'echo'])).stderr).toContain('<category>.<action>');
  });
});

describe('omni tools call', () => {
  test('calls the first provider that has its key and shows what came out and what it cost', async () => {
    const { status, stdout, stderr } = await omni(['call', 'echo.say', '-i', '{"text":"hi"}']);
    expect([status, JSON.parse(stdout)]).toEqual([0, { text: 'hi', length: 2 }]);
    expect(stderr).toMatch(/✔ call {2}echo/);
    expect(stderr).toMatch(/completed in .*3 tokens, \$0\.0100/);
  });

  test('reads a file or standard input, and prints the answer of the API', async () => {
    const file = path.join(folder, 'input.json');
    writeFileSync(file, '{"text":"file"}');
    const one = await omni(['call', 'echo.say', '--provider', 'echo', '--input-file', file, '--json']);
    expect(JSON.parse(one.stdout)).toMatchObject({
      success: true,
      output: { text: 'file' },
      provider: 'echo',
      usage: { costUsd: 0.01 },
      executionId: expect.stringMatching(/^tool-call-/),
    });
    const two = await omni(['call', 'echo.say', '-i', '-'], { input: '{"text":"in"}' });
    expect(JSON.parse(two.stdout)).toEqual({ text: 'in', length: 2 });
  });

  test('that fails, is refused or is written wrongly says so by its exit status', async () => {
    const failed = await omni(['call', 'echo.break', '--json']);
    expect([failed.status, JSON.parse(failed.stdout)]).toMatchObject([1, { success: false, provider: 'echo' }]);
    expect(failed.stderr).toContain('The echo is broken.');
    const refused = await omni(['call', 'echo.say', '-i', '{"text":1}']);
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('/input/text')]);
    const stranger = await omni(['call', 'echo.say', '--provider', 'ecko', '-i', '{"text":"x"}']);
    expect([stranger.status, stranger.stderr]).toEqual([1, expect.stringContaining('Did you mean echo?')]);
    for (const input of ['{', '[]']) expect((await omni(['call', 'echo.say', '-i', input])).status).toBe(2);
    expect((await omni(['call', 'echo.say', '-i', '{}', '-f', 'x.json'])).status).toBe(2);
  });
});
