/** `omni test --engine temporal`: the same files, on a real server, come to the same. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { builtInRegistry, readingConfig } from '../../src/cli/registry';
import { runProgram } from '../../src/cli/program';
import { runFile } from '../../src/cli/scenario-run';
import { loadConfig } from '../../src/config';
import type { TemporalScenarios } from '../../src/library/scenario-engine';
import { openScenarioEngine } from '../../src/library/scenario-engine';
import type { ScenarioResult } from '../../src/scenarios/result';
import { freePort } from '../../src/store/port';
import { rememberedTerminal } from '../cli/terminal';
import { testBundlePath, testTemporalAddress } from '../servers';
import { play } from './support';

const root = path.resolve(__dirname, '../..');
let temporal: TemporalScenarios;

beforeAll(async () => {
  const config = loadConfig({ NODE_ENV: 'development', TEMPORAL_ADDRESS: await testTemporalAddress() });
  temporal = await openScenarioEngine({ config, bundlePath: await testBundlePath(), log: () => undefined });
}, 60_000);
afterAll(() => temporal.close());

/** What must not depend on the engine: all but real times and the execution's id. */
function told(result: ScenarioResult): unknown {
  const { name, passed, differences, error, steps, virtualDuration, filled, madeUp } = result;
  const seen = { name, passed, differences, error, steps, virtualDuration, filled, madeUp };
  const told = JSON.stringify(seen, (key, value: unknown) => (key === 'executionId' ? undefined : value));
  return JSON.parse(told.replaceAll(/scenario-[0-9a-f-]{36}/g, 'scenario'));
}

test('all scenarios of the bilingual coach pass, with the same steps, outputs, costs and virtual times as in memory', async () => {
  const config = readingConfig({});
  const parts = { cwd: root, config, registry: await builtInRegistry(config), now: Date.now };
  const file = 'definitions/bilingual-coach.scenarios.yaml';
  const virtual = await runFile(file, parts);
  const real = await runFile(file, { ...parts, engine: temporal.engine });
  expect(real.results.filter(({ passed }) => !passed)).toEqual([]);
  expect(real.results.length).toBeGreaterThanOrEqual(18);
  expect(real.results.map(told)).toEqual(virtual.results.map(told));
  expect(new Set(real.results.map(({ engine }) => engine))).toEqual(new Set(['temporal']));
}, 180_000);

const APPROVAL = `
name: Approval
version: 1.0.0
steps:
  - name: approve
    waitFor:
      signal: approved
      from: [manager]
      form: { ok: boolean }
      timeout: 24h
      reminders:
        - { after: 4h, steps: [{ name: nudge, tool: mt.translate, provider: first, input: { text: Please, sourceLanguage: en, targetLanguage: pt } }] }
        - { after: 8h, to: [director] }
      onTimeout: [{ name: give_up, set: { late: true } }]
output: { ok: "\${steps.approve.?output.?ok}", by: "\${steps.approve.?output.?by}", late: "\${vars.?late}" }
`;

const approval = (messages: string, expected: string) => `
name: approval
mocks: [{ tool: mt.translate, provider: first, output: { text: Por favor }, delay: 2s }]
steps: [{ action: execute_workflow, input: { workflowName: approval } }]
messages: ${messages}
expect: ${expected}
`;
const director = (at: string, rest = '') =>
  `{ at: ${at}, answer: approve, data: { ok: true }, by: bo, roles: [director]${rest} }`;

const TRIP = `
name: Trip
version: 1.0.0
trigger: { payload: { cities: 'string[]' } }
guards: { budget: { maxCost: 1 } }
steps:
  - name: book
    forEach: "\${trigger.payload.cities}"
    as: city
    concurrency: 2
    steps:
      - name: room
        tool: mt.translate
        provider: first | second
        input: { text: "\${city}", sourceLanguage: en, targetLanguage: pt }
        compensate: { tool: mt.translate, input: { text: undone, sourceLanguage: en, targetLanguage: pt } }
  - { name: rest, wait: 90m }
  - name: pay
    workflow: payment
    input: { rooms: "\${size(steps.book.output)}" }
    output: { paid: integer }
  - { name: tell, emit: { type: trip.booked, data: { paid: "\${steps.pay.output.paid}" } } }
  - { name: stop, fail: { type: policy, detail: Not today. }, if: "size(trigger.payload.cities) > 2" }
finally:
  - { name: note, set: { noted: true } }
output: { paid: "\${steps.pay.output.paid}", rooms: "\${steps.book.output}" }
`;
const PAYMENT = `
name: Payment
version: 1.0.0
trigger: { payload: { rooms: integer } }
steps:
  - { name: think, wait: 10m }
  - { name: receipt, tool: mt.translate, provider: first, input: { text: Receipt, sourceLanguage: en, targetLanguage: pt } }
output: { paid: "\${trigger.payload.rooms}" }
`;

const trip = (cities: string, rest: string) => `
name: trip
mocks:
  - { tool: mt.translate, provider: first, responses: [{ input: { text: Rome }, error: provider-unavailable, delay: 5s }], defaultDelay: 9s, defaultResponse: { text: ok } }
  - { tool: mt.translate, provider: second, output: { text: other }, delay: 6s, usage: { costUsd: 0.01 } }
steps: [{ action: execute_workflow, input: { workflowName: trip, payload: { cities: ${cities} } } }]
${rest}
`;

describe('the same on both engines, with the same times', () => {
  const definitions = { approval: APPROVAL, trip: TRIP, payment: PAYMENT };
  test.each([
    [
      'nobody answers for a day, after a reminder and an escalation',
      approval('[]', '{ output: { late: true }, elapsed: 24h }'),
    ],
    [
      'a director is refused before the escalation, and answers after it',
      approval(
        `[${director('7h', ', refused: authorization')}, ${director('9h')}]`,
        '{ output: { ok: true, by: bo }, elapsed: 9h, calls: [{ tool: mt.translate, count: 1 }] }',
      ),
    ],
    [
      'an answer between start and reminder',
      approval(
        '[{ at: 10s, answer: approve, data: { ok: false }, by: ada, roles: [manager] }]',
        '{ output: { ok: false }, elapsed: 10s }',
      ),
    ],
    ['cancelled while it waits', approval('[{ at: 5h, cancel: true }]', '{ status: cancelled, elapsed: 5h }')],
    [
      'a message after the end, and one that is not refused as it should be, are differences',
      approval(`[${director('9h', ', refused: authorization')}, { at: 10h, signal: late }]`, '{ elapsed: 9h }'),
    ],
    [
      'a loop with a fallback, a wait, another execution and an event',
      trip(
        '[Lisbon, Rome]',
        'expect: { status: completed, output: { paid: 2 }, events: [{ type: trip.booked, data: { paid: 2 } }], cost: 0.01 }',
      ),
    ],
    [
      'a failure that undoes what was done',
      trip('[Lisbon, Rome, Faro]', 'expect: { status: failed, error: { type: policy } }'),
    ],
  ])(
    '%s',
    async (name, scenario) => {
      const virtual = await play(scenario, definitions);
      expect(virtual.error).toBeUndefined();
      const real = await play(scenario, definitions, temporal.engine);
      expect(told(real)).toEqual(told(virtual));
      if (!name.includes('differences')) expect(real.differences).toEqual([]);
    },
    60_000,
  );
});

test('a command of its own: a private server that comes and goes, and reports that name the engine', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'omni-temporal-'));
  try {
    writeFileSync(path.join(folder, 'approval.yaml'), APPROVAL);
    writeFileSync(path.join(folder, 'approval.scenarios.yaml'), approval('[]', '{ elapsed: 24h }'));
    const env = { OMNI_DEFINITIONS_DIR: folder, TEMPORAL_PORT: String(await freePort()) };
    const terminal = rememberedTerminal({ cwd: folder, env });
    const status = await runProgram(
      ['test', '--engine', 'temporal', '--junit', 'out.xml', '--html', 'out.html'],
      terminal,
    );
    expect({ status, err: terminal.stderr() }).toEqual({
      status: 0,
      err: expect.stringContaining('a server of its own'),
    });
    expect(terminal.stdout()).toMatch(/✔ approval {2}\d+ ms on Temporal, 24 h virtual/);
    expect(readFileSync(path.join(folder, 'out.xml'), 'utf8')).toContain('<property name="engine" value="temporal"/>');
    expect(readFileSync(path.join(folder, 'out.html'), 'utf8')).toContain('on Temporal');
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 90_000);

const TEAM = `
name: Team
version: 1.0.0
steps:
  - { name: code, agent: engineer, capability: code_generation, output: { lines: integer } }
  - { name: check, agent: tester, capability: review, onError: continue }
  - { name: tell, emit: { type: team.done, data: { lines: "\${steps.code.output.lines}" } } }
output: { lines: "\${steps.code.output.lines}", checked: "\${steps.check.status}" }
`;
const TEAM_SCENARIO = `
name: a team
agents:
  - { id: engineer-001, responses: [ { messageType: code_generation, response: { lines: 7 }, delay: 2h, usage: { costUsd: 0.5 } } ] }
  - { id: tester-001, responses: [ { messageType: review, error: no-agent, delay: 1m } ] }
steps:
  - { action: execute_workflow, input: { workflowName: team } }
expect:
  output: { lines: 7, checked: failed }
  elapsed: 121m
  cost: 0.5
  agents: [ { agent: engineer, count: 1 }, { agent: tester, count: 1 } ]
  events: [ { type: team.done, data: { lines: 7 } } ]
`;

test('mock agents answer and events are noted as they are in memory', async () => {
  const virtual = await play(TEAM_SCENARIO, { team: TEAM });
  expect(virtual.differences).toEqual([]);
  const real = await play(TEAM_SCENARIO, { team: TEAM }, temporal.engine);
  expect(told(real)).toEqual(told(virtual));
}, 60_000);
