/** Every kind of assertion passes where it should and fails where it should. */
import { describe, expect, test } from '@jest/globals';
import { places, play } from './support';

const TOOLS = `
tools:
  flight.book:
    input: { to: string, seats: integer, name?: string }
    output: { id: string, price: number }
    price: 0.2
  flight.cancel:
    input: { id: string }
    output: { done: boolean }
  hotel.book:
    input: { city: string }
    output: { id: string }
`;

const TRIP = `
name: Trip
version: 1.0.0
trigger:
  payload: { city: string, traveller?: string }
steps:
  - name: flight
    tool: flight.book
    provider: air
    input: { to: "\${trigger.payload.city}", seats: 2, name: "\${trigger.payload.?traveller}" }
    compensate:
      tool: flight.cancel
      input: { id: "\${steps.flight.output.id}" }
  - name: hotel
    tool: hotel.book
    provider: inn
    input: { city: "\${trigger.payload.city}" }
output: { flight: "\${steps.flight.output.id}", hotel: "\${steps.hotel.output.id}" }
guards: { budget: { maxCost: 5 } }
`;

const MOCKS = `
mocks:
  - { tool: flight.book, provider: air, output: { id: F1, price: 80 }, delay: 2s, usage: { inputTokens: 30, outputTokens: 12 } }
  - { tool: flight.cancel, provider: air }
  - { tool: hotel.book, provider: inn, output: { id: H1 }, delay: 1s }
`;

const FULL = `
mocks:
  - { tool: flight.book, provider: air, output: { id: F1, price: 80 }, delay: 2s }
  - { tool: flight.cancel, provider: air }
  - { tool: hotel.book, provider: inn, error: validation }
`;

function trip(expectation: string, mocks = MOCKS) {
  const steps =
    '[{ action: execute_workflow, input: { workflowName: trip, payload: { city: Lisbon, traveller: Ada } } }]';
  return play(`name: test\n${TOOLS}${mocks}steps: ${steps}\nexpect: ${expectation}\n`, { trip: TRIP });
}

describe('an assertion holds, and its opposite is reported at its place', () => {
  test.each([
    ['status', '{ status: completed }', '{ status: failed }', ['expect.status'], MOCKS],
    ['path', '{ path: [flight: completed, hotel] }', '{ path: [flight: skipped, hotel] }', ['expect.path[0]'], MOCKS],
    ['path, complete', '{ path: [flight, hotel] }', '{ path: [flight] }', ['expect.path[1]'], MOCKS],
    [
      'outputs',
      '{ outputs: { flight: { id: F1 } } }',
      '{ outputs: { flight: { id: F2, price: 80 } } }',
      ['expect.outputs.flight.id'],
      MOCKS,
    ],
    ['output', '{ output: { hotel: H1 } }', '{ output: { hotel: H2 } }', ['expect.output.hotel'], MOCKS],
    ['error by type', '{ error: validation }', '{ error: timeout }', ['expect.error.type'], FULL],
    ['error in part', '{ error: { step: hotel } }', '{ error: { step: flight } }', ['expect.error.step'], FULL],
    [
      'calls: provider',
      '{ calls: [{ tool: hotel.book, provider: inn }] }',
      '{ calls: [{ tool: hotel.book, provider: air }] }',
      ['expect.calls[0]'],
      MOCKS,
    ],
    [
      'calls: count',
      '{ calls: [{ tool: flight.book, count: 1 }, { tool: flight.cancel, count: 0 }] }',
      '{ calls: [{ tool: flight.book, count: 2 }] }',
      ['expect.calls[0].count'],
      MOCKS,
    ],
    [
      'calls: input',
      '{ calls: [{ tool: flight.book, input: { to: Lisbon } }] }',
      '{ calls: [{ tool: flight.book, input: { to: Porto } }] }',
      ['expect.calls[0]'],
      MOCKS,
    ],
    [
      'calls: order',
      '{ calls: [{ tool: flight.book }, { tool: hotel.book }] }',
      '{ calls: [{ tool: hotel.book }, { tool: flight.book }] }',
      ['expect.calls[1]'],
      MOCKS,
    ],
    ['cost', '{ cost: 0.2 }', '{ cost: 0.1 }', ['expect.cost'], MOCKS],
    ['tokens', '{ tokens: 42 }', '{ tokens: 41 }', ['expect.tokens'], MOCKS],
    ['elapsed, exactly', '{ elapsed: 3s }', '{ elapsed: 2s }', ['expect.elapsed'], MOCKS],
    ['elapsed, at least', '{ elapsed: { atLeast: 3s } }', '{ elapsed: { atLeast: 4s } }', ['expect.elapsed'], MOCKS],
    ['elapsed, at most', '{ elapsed: { atMost: 3s } }', '{ elapsed: { atMost: 2s } }', ['expect.elapsed'], MOCKS],
    ['compensations', '{ compensations: [flight] }', '{ compensations: [hotel] }', ['expect.compensations[0]'], FULL],
    [
      'no compensations',
      '{ compensations: [] }',
      '{ compensations: [flight] }',
      ['expect.compensations.length'],
      MOCKS,
    ],
    ['withheld', '{ withheld: [Grace] }', '{ withheld: [Grace, Ada] }', ['expect.withheld[1]'], MOCKS],
  ])('%s', async (_, right, wrong, where, mocks) => {
    const held = await trip(right, mocks);
    expect([held.error, held.differences, held.passed]).toEqual([undefined, [], true]);
    const broken = await trip(wrong, mocks);
    expect(broken.passed).toBe(false);
    expect(places(broken)).toEqual(where);
  });

  test('expectedOutput and timeout', async () => {
    const step = (rest: string) =>
      play(
        `name: t\n${TOOLS}${MOCKS}steps: [{ action: execute_workflow, input: { workflowName: trip, payload: { city: Lisbon } }, ${rest} }]\n`,
        { trip: TRIP },
      );
    expect((await step('expectedOutput: { status: completed, output: { hotel: H1 } }, timeout: 3s')).passed).toBe(true);
    expect(places(await step('expectedOutput: { status: failed }'))).toEqual(['steps[0].expectedOutput.status']);
    expect(places(await step('timeout: 2s'))).toEqual(['steps[0].timeout']);
  });

  test('a flag is what the scenario set, else what is live, else not there', async () => {
    const flag = (name: string, enabled: boolean) =>
      play(
        `name: t\nsetup: [set_feature_flag NEW false]\nsteps: [{ action: check_feature_flag, input: { name: ${name} }, expectedOutput: { enabled: ${String(enabled)} } }]\n`,
        {},
      );
    expect((await flag('NEW', false)).passed).toBe(true);
    expect((await flag('OLD', true)).passed).toBe(true);
    expect(places(await flag('NEW', true))).toEqual(['steps[0].expectedOutput.enabled']);
    expect(places(await flag('NONE', true))).toEqual(['steps[0].input.name']);
  });
});

test('a difference says what was expected, what came, and why', async () => {
  const { differences } = await trip('{ status: completed }', FULL);
  expect(differences).toEqual([
    expect.objectContaining({ expected: 'completed', got: 'failed', note: expect.stringContaining('hotel') }),
  ]);
});
