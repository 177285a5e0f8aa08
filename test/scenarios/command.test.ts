/** `omni test`: what it prints, what it writes, and how it ends. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runProgram } from '../../src/cli/program';
import { rememberedTerminal } from '../cli/terminal';

const folder = mkdtempSync(path.join(tmpdir(), 'omni-test-'));
const env = { OMNI_DEFINITIONS_DIR: folder };
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const scenarios = (status: string): string => `
mocks: [{ tool: mt.translate, provider: local, delay: 90s }]
scenarios:
  - name: it <waits> & ends
    steps: [{ action: execute_workflow, input: { workflowName: hello, payload: { text: Hi } } }]
    expect: { status: ${status} }
  - name: never fails
    steps: [{ action: check_feature_flag, input: { name: LM_COACH_REASONING_MODEL } }]
`;

beforeAll(() => {
  writeFileSync(
    path.join(folder, 'hello.yaml'),
    'name: Hello\nversion: 1.0.0\ntrigger: { payload: { text: string } }\nsteps:\n  - name: say\n    tool: mt.translate\n    provider: local\n    timeout: 2m\n    input: { text: "${trigger.payload.text}", sourceLanguage: en, targetLanguage: pt }\n',
  );
});

async function omni(...args: readonly string[]) {
  const terminal = rememberedTerminal({ cwd: folder, env });
  const status = await runProgram(['test', ...args], terminal);
  return { status, out: terminal.stdout(), err: terminal.stderr() };
}

function write(text: string): void {
  writeFileSync(path.join(folder, 'hello.scenarios.yaml'), text);
}

test('all passed: 0, with both times', async () => {
  write(scenarios('completed'));
  const { status, out, err } = await omni();
  expect(status).toBe(0);
  expect(out).toMatch(/✔ it <waits> & ends {2}\d+ ms, 90 s virtual/);
  expect(err).toContain('2 scenarios: 2 passed, 0 failed');
});

test('one failed: 1, with the place, what was expected and what came', async () => {
  write(scenarios('failed'));
  const { status, out } = await omni('hello');
  expect(status).toBe(1);
  expect(out).toMatch(/✘ it <waits>[^\n]*\n +expect\.status\n +expected {2}"failed"\n +got {7}"completed"/);
});

test('--json prints the results and nothing else; --junit and --html write them', async () => {
  write(scenarios('failed'));
  const { status, out } = await omni('hello.scenarios.yaml', '--json', '--junit', 'out.xml', '--html', 'out.html');
  expect(status).toBe(1);
  expect(JSON.parse(out)).toMatchObject([{ passed: false, file: 'hello.scenarios.yaml' }, { passed: true }]);
  const xml = readFileSync(path.join(folder, 'out.xml'), 'utf8');
  expect(xml).toMatch(/<testsuites tests="2" failures="1" errors="0" time="\d+\.\d{3}">/);
  expect(xml).toContain('name="it &lt;waits&gt; &amp; ends"');
  expect(xml).toContain('<failure message="1 difference, the first at expect.status">');
  const html = readFileSync(path.join(folder, 'out.html'), 'utf8');
  expect(html).toContain('1 passed');
  expect(html).toContain('it &lt;waits&gt; &amp; ends');
});

test('a file with errors is 1, and shows them as definitions show theirs', async () => {
  write('scenarios:\n  - name: a\n    stpes: []\n');
  const { status, out, err } = await omni();
  expect(status).toBe(1);
  expect(out).toContain('hello.scenarios.yaml:3:5 error unknown-key');
  expect(out).toContain('suggestion: steps');
  expect(err).toContain('1 file with errors');
});

test('a file that is not there is wrong usage, as is an engine that is not there', async () => {
  expect(await omni('nowhere')).toMatchObject({ status: 2, err: expect.stringContaining('nowhere') });
  expect((await omni('--engine', 'steam')).status).toBe(2);
});

test('no scenario at all is no success', async () => {
  rmSync(path.join(folder, 'hello.scenarios.yaml'));
  expect(await omni()).toMatchObject({ status: 1, err: expect.stringContaining('no scenario') });
});

test('--watch runs again when a file changes, until it is interrupted', async () => {
  write(scenarios('completed'));
  const terminal = rememberedTerminal({ cwd: folder, env });
  const ended = runProgram(['test', '--watch'], terminal);
  const until = async (seen: () => boolean): Promise<void> => {
    for (let i = 0; i < 200 && !seen(); i += 1) await sleep(50);
    expect(seen()).toBe(true);
  };
  await until(() => terminal.stderr().includes('Watching'));
  expect(terminal.stderr()).toContain('2 passed');
  write(scenarios('failed'));
  await until(() => terminal.stderr().includes('1 failed'));
  terminal.interrupt();
  expect(await ended).toBe(130);
});
