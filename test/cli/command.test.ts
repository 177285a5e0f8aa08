/** The command `omni` as a process of its own, from the build. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freePort } from '../../src/store/port';

const ROOT = path.resolve(__dirname, '../..');
const BUILT = path.join(ROOT, 'dist/src/cli/main.js');
const folder = mkdtempSync(path.join(os.tmpdir(), 'omni-cli-'));
const definitions = path.join(folder, 'definitions');
/** Everything that a private run leaves or takes is looked for here. */
const tmp = path.join(folder, 'tmp');
let environment: NodeJS.ProcessEnv;

const ANALYSIS = `
name: Analysis
version: 1.0.0
trigger:
  payload: { text: string }
steps:
  - name: analyze
    tool: nlu.analyze
    provider: local
    input: { text: "\${trigger.payload.text}", language: en }
output: { words: "\${size(trigger.payload.text)}", sentiment: "\${steps.analyze.output.sentiment}" }
`;

beforeAll(async () => {
  const built = spawnSync(process.execPath, ['scripts/run.mjs', 'src/cli/main.js', '--version'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (built.status !== 0) throw new Error(built.stderr);
  for (const each of [definitions, tmp]) mkdirSync(each);
  // As root the database runs under another account, which must be able to enter.
  spawnSync('chmod', ['711', folder, tmp]);
  writeFileSync(path.join(definitions, 'analysis.yaml'), ANALYSIS);
  writeFileSync(path.join(folder, 'broken.yaml'), 'name: Broken\nversion: 1.0.0\nstepz: []\n');
  environment = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    TMPDIR: tmp,
    OMNI_CACHE_DIR: path.join(ROOT, '.cache'),
    OMNI_DEFINITIONS_DIR: definitions,
    PORT: String(await freePort()),
  };
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function omni(...args: readonly string[]): Ended {
  return spawnSync(process.execPath, [BUILT, ...args], { cwd: folder, env: environment, encoding: 'utf8' });
}

describe('omni', () => {
  test('knows its version and explains itself', () => {
    expect(omni('--version')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    const { status, stdout } = omni('--help');
    expect(status).toBe(0);
    for (const command of ['init', 'start', 'validate', 'run', 'graph', 'schema', 'tasks', 'replay', 'doctor'])
      expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
  });

  test.each([
    ['a command', ['valdate'], /unknown command 'valdate'.*Did you mean validate\?/s],
    ['an option', ['validate', '--jsn'], /unknown option '--jsn'.*Did you mean --json\?/s],
    ['a file', ['validate', 'missing.yaml'], /Cannot read .*missing\.yaml/],
    ['a definition', ['graph', 'missing'], /no file missing, and no definition of that id/],
    ['a payload', ['run', 'analysis', '--payload', 'text'], /key=value/],
    ['an address', ['run', 'analysis', '--no-wait'], /needs a server that goes on running/],
  ])('that is given %s it cannot use says so and ends with 2', (_, args, message) => {
    const { status, stdout, stderr } = omni(...args);
    expect(stderr).toMatch(message);
    expect([status, stdout]).toEqual([2, '']);
  });

  test('writes no colours where nobody watches, and obeys FORCE_COLOR and NO_COLOR', () => {
    const plain = spawnSync(process.execPath, [BUILT, 'validate'], { cwd: folder, env: environment, encoding: 'utf8' });
    const forced = spawnSync(process.execPath, [BUILT, 'validate'], {
      cwd: folder,
      env: { ...environment, FORCE_COLOR: '1' },
      encoding: 'utf8',
    });
    const refused = spawnSync(process.execPath, [BUILT, 'validate'], {
      cwd: folder,
      env: { ...environment, FORCE_COLOR: '1', NO_COLOR: '1' },
      encoding: 'utf8',
    });
    expect([plain, forced, refused].map(({ stderr }) => stderr.includes('\x1b['))).toEqual([false, true, false]);
  });
});

describe('omni validate', () => {
  test('checks the whole folder when no file is named', () => {
    expect(omni('validate')).toMatchObject({ status: 0, stderr: expect.stringContaining('1 definition: 0 errors') });
  });

  test('needs no servers, in production neither', () => {
    const env = { ...environment, NODE_ENV: 'production' };
    expect(spawnSync(process.execPath, [BUILT, 'validate'], { cwd: folder, env }).status).toBe(0);
  });

  test('shows each error with its place, a caret and what was meant, and ends with 1', () => {
    const { status, stdout } = omni('validate', 'broken.yaml');
    expect(status).toBe(1);
    expect(stdout).toMatch(/^broken\.yaml:3:1 error unknown-key: /m);
    expect(stdout).toMatch(/ 3 \| stepz: \[\]\n +\| \^{5}\n.*suggestion: steps/);
  });

  test('with --json prints the diagnostics and nothing else', () => {
    const { status, stdout } = omni('validate', 'broken.yaml', '--json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toContainEqual({
      file: 'broken.yaml',
      code: 'unknown-key',
      severity: 'error',
      line: 3,
      column: 1,
      message: expect.any(String),
      suggestion: 'steps',
    });
  });
});

test('omni graph draws a definition by its id and by its file', () => {
  expect(omni('graph', 'analysis').stdout).toMatch(/^flowchart TD\n[^]*nlu\.analyze/);
  expect(JSON.parse(omni('graph', 'definitions/analysis.yaml', '--json').stdout)).toMatchObject({
    id: 'analysis',
    version: '1.0.0',
    mermaid: omni('graph', 'analysis').stdout,
  });
  expect(omni('graph', 'broken.yaml')).toMatchObject({
    status: 1,
    stdout: '',
    stderr: expect.stringContaining('unknown-key'),
  });
});

describe('omni doctor', () => {
  test('prints one finding per thing that it looked at', () => {
    const { status, stdout } = omni('doctor', '--json');
    const findings = JSON.parse(stdout) as readonly { name: string; status: string }[];
    expect(findings.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'Version',
        'Node.js',
        'Configuration',
        'API',
        'Temporal',
        'PostgreSQL',
        'Provider local',
        'Provider openrouter',
        'Models',
        'Definitions',
        'API address',
        'Authentication',
        'Encryption',
        'Audit log',
        'For production',
      ]),
    );
    expect(status).toBe(findings.some((finding) => finding.status === 'wrong') ? 1 : 0);
  });

  test('ends with 1 and names every wrong setting', () => {
    const args = [BUILT, 'doctor'];
    const { status, stdout } = spawnSync(process.execPath, args, {
      env: { ...environment, PORT: 'three', NODE_ENV: 'production' },
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    for (const name of ['PORT', 'DATABASE_URL', 'TEMPORAL_ADDRESS', 'AUDIT_KEY']) expect(stdout).toContain(name);
  });
});

describe('omni run, with no server running', () => {
  test('starts a private one, prints only the execution on standard output, and leaves nothing behind', () => {
    const { status, stdout, stderr } = omni('run', 'analysis', '--payload', 'text=I like dogs', '--json');
    expect([status, stderr]).toEqual([0, expect.stringContaining('starting a private one')]);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'completed',
      output: { words: 11 },
      steps: [{ path: 'analyze', provider: 'local' }],
    });
    expect(stderr).toMatch(/✔ analyze {2}local {2}/);
    expect(started()).toEqual([]);
  }, 120_000);

  test('refuses a payload that does not fit, pointing at each fault, and ends with 1', () => {
    const { status, stdout, stderr } = omni('run', 'analysis', '--json');
    expect(status).toBe(1);
    expect(stderr).toMatch(/✖ Invalid input\n[^]*\/payload\/text[^]*docs\/problems\.md#validation/);
    expect(JSON.parse(stdout)).toMatchObject({ error: { type: 'validation', errors: [{ pointer: '/payload/text' }] } });
  }, 120_000);

  test.each([0, 400, 1500])(
    'stops all that it started when it is interrupted %d ms into the start',
    async (delayMs) => {
      const child = spawn(process.execPath, [BUILT, 'run', 'analysis', '--payload', 'text=I like dogs'], {
        cwd: folder,
        env: environment,
        stdio: 'ignore',
      });
      const ended = once(child, 'exit');
      while (started().length === 0) await sleep(20);
      const [data] = started();
      await sleep(delayMs);
      child.kill('SIGINT');
      await ended;
      expect([child.exitCode, started()]).toEqual([130, []]);
      expect(spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).stdout).not.toContain(data);
    },
    120_000,
  );
});

/** Data folders of private runs. */
function started(): readonly string[] {
  return readdirSync(tmp).filter((name) => name.startsWith('omni-run-'));
}
