/** `omni validate` and `omni schema` before the tools of a definition exist. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Ajv2020 from 'ajv/dist/2020';
import { parse } from 'yaml';
import { runProgram } from '../../src/cli/program';
import { rememberedTerminal } from './terminal';

const folder = mkdtempSync(path.join(os.tmpdir(), 'omni-checking-'));
const TRIP = `
name: Trip
version: 1.0.0
trigger: { payload: { city: string } }
steps:
  - { name: book, tool: flight.book, provider: air, input: { to: "\${trigger.payload.city}", seats: 2 } }
output: { price: "\${steps.book.output.price}" }
guards: { budget: { maxCost: 1 } }
`;
const TOOLS = `
tools:
  flight.book: { input: { to: string, seats: integer }, output: { price: number }, idempotent: none, provider: air, price: 0.2 }
`;

beforeAll(() => {
  mkdirSync(path.join(folder, 'definitions'));
  const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);
  write('trip.yaml', TRIP);
  write('typo.yaml', TRIP.replace('seats: 2', 'seats: two').replace('output.price', 'output.cost'));
  write('tools.yaml', TOOLS);
  write('broken-tools.yaml', TOOLS.replace('integer', 'integr'));
  write('no-tools.yaml', 'mocks: []\n');
  write('person.json', '{ "type": "object", "properties": { "name": { "type": "string" } }, "required": ["name"] }');
  write(
    'greet.yaml',
    'name: G\nversion: 1.0.0\ntrigger: { payload: { who: { $schema: person.json } } }\nsteps: [{ name: s, return: "${trigger.payload.who.name}" }]\n',
  );
  write('trip.scenarios.yaml', 'name: t\nsteps: [{ action: execute_workflw, input: {} }]\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function omni(...args: readonly string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const terminal = rememberedTerminal({ cwd: folder, env: { OMNI_DEFINITIONS_DIR: path.join(folder, 'definitions') } });
  const status = await runProgram(args, terminal);
  return { status, stdout: terminal.stdout(), stderr: terminal.stderr() };
}

const found = (text: string): readonly string[] =>
  (JSON.parse(text) as { file: string; code: string; line: number }[]).map(
    ({ file, code, line }) => `${file} ${code}@${line}`,
  );

describe('omni validate', () => {
  test('finds no tool that does not exist yet, and finds it where a file declares it', async () => {
    const bare = await omni('validate', 'trip.yaml', '--json');
    expect([bare.status, found(bare.stdout)]).toEqual([1, ['trip.yaml unknown-tool@6']]);
    const declared = await omni('validate', 'trip.yaml', '--json', '--tools', 'tools.yaml');
    expect([declared.status, found(declared.stdout)]).toEqual([0, []]);
  });

  test('holds a definition to the declared contract', async () => {
    const { status, stdout } = await omni('validate', 'typo.yaml', '--json', '--tools', 'tools.yaml');
    expect([status, found(stdout)]).toEqual([1, ['typo.yaml type-mismatch@6', 'typo.yaml unknown-field@7']]);
  });

  test('tells what is wrong with the file of tools too', async () => {
    const broken = await omni('validate', 'trip.yaml', '--json', '--tools', 'broken-tools.yaml');
    expect([broken.status, found(broken.stdout)]).toEqual([
      1,
      ['broken-tools.yaml unknown-type@3', 'trip.yaml unknown-tool@6'],
    ]);
    const empty = await omni('validate', 'trip.yaml', '--json', '--tools', 'no-tools.yaml');
    expect(found(empty.stdout)).toContain('no-tools.yaml missing-key@1');
    expect(await omni('validate', 'trip.yaml', '--tools', 'missing.yaml')).toMatchObject({ status: 2, stdout: '' });
  });

  test('has exactly the members that scripts rely on', async () => {
    const { stdout } = await omni('validate', 'typo.yaml', '--json');
    expect(JSON.parse(stdout)).toEqual([
      { file: 'typo.yaml', code: 'unknown-tool', severity: 'error', line: 6, column: 25, message: expect.any(String) },
    ]);
  });

  test('finds the schemas that lie beside a definition', async () => {
    expect(await omni('validate', 'greet.yaml', '--json')).toMatchObject({ status: 0, stdout: '[]\n' });
  });

  test('checks scenarios too', async () => {
    expect(found((await omni('validate', 'trip.scenarios.yaml', '--json')).stdout)).toEqual([
      'trip.scenarios.yaml unknown-word@2',
    ]);
  });
});

describe('omni schema', () => {
  const accepts = (schema: string, text: string): boolean =>
    new Ajv2020({ strict: false, validateFormats: false }).compile(JSON.parse(schema) as object)(parse(text));

  test('prints a schema that knows declared tools', async () => {
    const { status, stdout } = await omni('schema', '--tools', 'tools.yaml');
    expect(status).toBe(0);
    expect(accepts(stdout, TRIP)).toBe(true);
    expect(accepts(stdout, TRIP.replace('seats: 2', 'seats: two'))).toBe(false);
    expect(accepts((await omni('schema')).stdout, TRIP.replace('seats: 2', 'seats: two'))).toBe(true);
  });

  test('writes that of scenarios to a file', async () => {
    expect(await omni('schema', 'scenarios', '-o', 'scenarios.schema.json')).toMatchObject({ status: 0, stdout: '' });
    const schema = readFileSync(path.join(folder, 'scenarios.schema.json'), 'utf8');
    const step = 'steps: [{ action: execute_workflow, input: { workflowName: x } }]\n';
    expect(accepts(schema, `name: t\n${step}`)).toBe(true);
    expect(accepts(schema, `nam: t\n${step}`)).toBe(false);
  });

  test('says what it can describe', async () => {
    expect(await omni('schema', 'plans')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('definition, scenarios'),
    });
  });
});
