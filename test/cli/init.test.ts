/** `omni init` makes a project that works, and leaves alone what is there. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import Ajv2020 from 'ajv/dist/2020';
import { parse } from 'yaml';
import { projectEnvironment } from '../../src/cli/project';
import { runProgram } from '../../src/cli/program';
import { rememberedTerminal } from './terminal';

const folder = mkdtempSync(path.join(os.tmpdir(), 'omni-init-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const project = path.join(folder, 'desk');
const read = (name: string): string => readFileSync(path.join(project, name), 'utf8');

async function omni(
  cwd: string,
  ...args: readonly string[]
): Promise<{ status: number; stdout: string; stderr: string }> {
  const terminal = rememberedTerminal({ cwd });
  const status = await runProgram(args, terminal);
  return { status, stdout: terminal.stdout(), stderr: terminal.stderr() };
}

describe('a new project', () => {
  test('is written, and says what to do next', async () => {
    const { status, stdout, stderr } = await omni(folder, 'init', 'desk', '--id', 'letters');
    expect(status).toBe(0);
    expect(stdout.match(/^✔ /gm)).toHaveLength(9);
    expect(stderr).toBe('Next: cd desk && omni test\n');
  });

  test('is valid, without a warning', async () => {
    expect(await omni(project, 'validate', '--json')).toMatchObject({ status: 0, stdout: '[]\n' });
    expect(await omni(project, 'validate', 'definitions/letters.scenarios.yaml')).toMatchObject({
      status: 0,
      stdout: '',
    });
  });

  test('passes its own scenarios', async () => {
    const { status, stdout, stderr } = await omni(project, 'test');
    expect([status, stdout.match(/^✔ /gm)?.length]).toEqual([0, 4]);
    expect(stderr).toContain('4 scenarios: 4 passed, 0 failed');
  });

  test('has schemas that its files name and fit', () => {
    for (const [name, schema] of [
      ['letters.yaml', 'definition'],
      ['letters.scenarios.yaml', 'scenarios'],
    ] as const) {
      const text = read(`definitions/${name}`);
      expect(text.split('\n')[0]).toBe(`# yaml-language-server: $schema=../.omni/${schema}.schema.json`);
      const check = new Ajv2020({ strict: false, validateFormats: false }).compile(
        JSON.parse(read(`.omni/${schema}.schema.json`)) as object,
      );
      check(parse(text));
      expect(check.errors ?? []).toEqual([]);
    }
  });

  test('names each key that a provider reads', () => {
    expect(read('.env.example')).toMatch(/^# OPENROUTER_API_KEY=$/m);
    expect(read('.gitignore')).toBe('.env\n');
  });
});

test('what is there is kept, to the byte', async () => {
  const kept = path.join(folder, 'kept');
  mkdirSync(kept);
  writeFileSync(path.join(kept, 'README.md'), 'mine');
  expect((await omni(kept, 'init')).stdout).toContain('= README.md  kept as it is');
  expect(readFileSync(path.join(kept, 'README.md'), 'utf8')).toBe('mine');
  const again = await omni(kept, 'init');
  expect([again.status, again.stdout.includes('✔')]).toEqual([0, false]);
});

test('an id that is none is refused before anything is written', async () => {
  expect(await omni(folder, 'init', 'other', '--id', 'My Desk')).toMatchObject({ status: 2, stdout: '' });
  expect(existsSync(path.join(folder, 'other'))).toBe(false);
});

describe('the environment of a project', () => {
  test('has its definitions and its .env, and the shell wins', () => {
    writeFileSync(path.join(project, '.env'), 'OPENROUTER_API_KEY=from-file\nLOG_LEVEL=warn\n');
    expect(projectEnvironment({ cwd: project, env: { LOG_LEVEL: 'debug' } })).toEqual({
      OMNI_DEFINITIONS_DIR: path.join(project, 'definitions'),
      OPENROUTER_API_KEY: 'from-file',
      LOG_LEVEL: 'debug',
    });
  });

  test('of any other folder is what the shell says', () => {
    writeFileSync(path.join(folder, '.env'), 'LOG_LEVEL=warn\n');
    const env = { PATH: '/bin' };
    expect(projectEnvironment({ cwd: folder, env })).toBe(env);
  });
});
