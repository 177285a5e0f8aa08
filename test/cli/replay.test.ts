import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runProgram } from '../../src/cli/program';
import { testEngine } from '../integration/engine';
import { planOf } from '../interpreter/walk';
import { testTemporalAddress } from '../support';
import { rememberedTerminal } from './terminal';

const RECORDED = path.resolve(__dirname, '../replay');
const folder = mkdtempSync(path.join(os.tmpdir(), 'omni-replay-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function omni(args: readonly string[], env: Record<string, string> = {}) {
  const terminal = rememberedTerminal({ cwd: folder, env });
  const status = await runProgram(['replay', ...args], terminal);
  return { status, stdout: terminal.stdout(), stderr: terminal.stderr() };
}

/** The recorded history `sequence`, in which the first call was of another tool. */
function changed(): string {
  const text = readFileSync(path.join(RECORDED, 'sequence.json'), 'utf8');
  const history = JSON.parse(text) as {
    events: { activityTaskScheduledEventAttributes?: { activityType: { name: string } } }[];
  };
  const call = history.events.find((event) => event.activityTaskScheduledEventAttributes !== undefined);
  if (call?.activityTaskScheduledEventAttributes === undefined) throw new Error('no call in the history');
  call.activityTaskScheduledEventAttributes.activityType.name = 'other.tool';
  return JSON.stringify(history);
}

describe('omni replay --from', () => {
  test('replays a folder of histories, says each, and ends with 0 when all go as recorded', async () => {
    const { status, stdout, stderr } = await omni(['--from', RECORDED]);
    expect([status, stderr]).toEqual([0, expect.stringMatching(/^\d+ replays: all as recorded\n$/)]);
    expect(stdout).toMatch(/^✔ .*parallel\.json {2}\d+ events$/m);
  });

  test('ends with 1 when one goes otherwise, and says which and how', async () => {
    writeFileSync(path.join(folder, 'changed.json'), changed());
    const sound = path.join(RECORDED, 'sequence.json');
    const { status, stdout, stderr } = await omni(['--from', 'changed.json', '--from', sound, '--json']);
    const answer = JSON.parse(stdout) as { histories: { name: string; divergence?: string }[] };
    expect([status, stderr]).toEqual([1, '2 replays: 1 diverged\n']);
    expect(answer).toMatchObject({ replayed: 2, diverged: 1 });
    expect(answer.histories.find(({ name }) => name === 'changed.json')?.divergence).toMatch(
      /other\.tool|nondeterminism/i,
    );
    expect(answer.histories.find(({ name }) => name.endsWith('sequence.json'))?.divergence).toBeUndefined();
    expect((await omni(['--from', 'changed.json'])).stdout).toMatch(/^✖ changed\.json {2}\S/);
  });

  test.each([
    ['nothing at all', [], /--from, --workflow or --execution/],
    ['a folder that is not there', ['--from', 'none'], /no file or folder none/],
    ['a file that is no history', ['--from', 'other.json'], /other\.json is no history/],
    ['a limit that is none', ['--workflow', 'x', '--limit', '0'], /whole number/],
  ])('given %s ends with 2', async (_, args, message) => {
    writeFileSync(path.join(folder, 'other.json'), '{"events":[{}]}');
    const { status, stdout, stderr } = await omni(args);
    expect([status, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)]);
  });
});

describe('omni replay of the Temporal server', () => {
  let engine: Awaited<ReturnType<typeof testEngine>>;
  let env: Record<string, string>;
  beforeAll(async () => {
    engine = await testEngine({ providers: [] });
    env = { TEMPORAL_ADDRESS: await testTemporalAddress(), TEMPORAL_TASK_QUEUE: engine.taskQueue };
  });
  afterAll(() => engine.close());

  test('takes executions that run and that have ended, by id and by workflow', async () => {
    const id = `replayed-${Date.now()}`;
    const asking = planOf([{ kind: 'waitFor', name: 'ask', signal: 'go', from: [], form: {}, reminders: [] }], { id });
    const done = await engine.start(planOf([{ kind: 'wait', name: 'pause', forMs: 50 }], { id }));
    const running = await engine.start(asking);
    await done.result();
    const { status, stdout } = await omni(['--execution', running.workflowId, '--json'], env);
    expect([status, JSON.parse(stdout)]).toMatchObject([0, { replayed: 1, histories: [{ name: running.workflowId }] }]);
    for (let look = 0, replayed = 0; replayed < 2; look += 1) {
      const all = await omni(['--workflow', id, '--json'], env);
      expect(all.status).toBe(0);
      ({ replayed } = JSON.parse(all.stdout) as { replayed: number });
      if (look > 20) throw new Error(`${replayed} instead of 2`);
    }
    await running.terminate();
  });

  test('an execution that is not there is told, with 1', async () => {
    const { status, stderr } = await omni(['--execution', 'none'], env);
    expect([status, stderr]).toEqual([1, expect.stringContaining('There is no execution none')]);
  });
});
