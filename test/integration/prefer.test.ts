/** `config.prefer` with a real engine: the figures of its own calls decide, and stand in the history. */
import { afterEach, expect, test } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { OmniError } from '../../src/plan/problem';
import type { ExecutionState } from '../../src/plan/record';
import { candidate, planOf, tool } from '../interpreter/walk';
import type { Answer } from './engine';
import { provider, testEngine } from './engine';

let engine: Awaited<ReturnType<typeof testEngine>> | undefined;
afterEach(async () => engine?.close());

const after =
  (ms: number): Answer =>
  (input) =>
    new Promise((resolve) => setTimeout(() => resolve(input), ms));
const chain = ['tardy', 'brisk'].map((name) => candidate(name));

async function run(prefer: 'latency' | 'health'): Promise<{ readonly by: string[]; readonly handle: WorkflowHandle }> {
  if (engine === undefined) throw new Error('There is no engine.');
  const handle = await engine.start(planOf([tool('call', { chain, prefer })]));
  await handle.result();
  const { steps } = await handle.query<ExecutionState>('state');
  return { by: steps.flatMap(({ calls = [] }) => calls.map((call) => call.provider)), handle };
}

test('latency: each is called once, then the faster one, as long as it is', async () => {
  const delays = { tardy: 400, brisk: 1 };
  const named = (name: keyof typeof delays) => provider(name, (input, call) => after(delays[name])(input, call));
  engine = await testEngine({ providers: [named('tardy'), named('brisk')] });
  const by = [];
  for (let count = 0; count < 4; count += 1) by.push(...(await run('latency')).by);
  expect(by).toEqual(['tardy', 'brisk', 'brisk', 'brisk']);

  const { handle } = await run('latency');
  const { events } = await handle.fetchHistory();
  const marker = events?.find(
    ({ markerRecordedEventAttributes: marker }) => marker?.markerName === 'core_local_activity',
  );
  const said = marker?.markerRecordedEventAttributes?.details?.['result']?.payloads?.[0]?.data;
  expect(JSON.parse(Buffer.from(said ?? []).toString())).toEqual({
    order: [1, 0],
    figures: [expect.any(Number), expect.any(Number)],
  });
  const { steps } = await handle.query<ExecutionState>('state');
  expect(steps[0]).toMatchObject({ provider: 'brisk', order: [1, 0] });
}, 60_000);

test('health: who fails less is called; who is down is called again when its breaker lets a call try', async () => {
  let down = true;
  const shaky: Answer = (input) =>
    down ? Promise.reject(new OmniError('provider-unavailable', 'It is down.')) : Promise.resolve(input);
  engine = await testEngine({
    providers: [provider('tardy', shaky, { limits: { failures: 1, openMs: 1_500 } }), provider('brisk', after(1))],
  });
  expect((await run('health')).by).toEqual(['tardy', 'brisk']);
  expect((await run('health')).by).toEqual(['brisk']);
  down = false;
  await new Promise((resolve) => setTimeout(resolve, 1_600));
  expect((await run('health')).by).toEqual(['tardy']);
  // Of its two calls one has failed, of the other's none.
  expect((await run('health')).by).toEqual(['brisk']);
}, 60_000);
