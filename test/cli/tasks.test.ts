import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runProgram } from '../../src/cli/program';
import type { Terminal } from '../../src/cli/terminal';
import type { Door } from '../api/door';
import { openDoor } from '../api/door';
import { rememberedTerminal } from './terminal';

const REVIEW = `
name: Review
version: 1.0.0
steps:
  - name: review
    description: Is it fit to be sent?
    waitFor:
      signal: decision
      from: [reviewer]
      form: { approved: boolean, stars: number, mood: glad | sad, comment?: string, tags?: "string[]" }
      timeout: 1h
output: "\${steps.review.output}"
`;

let door: Door;
beforeAll(async () => {
  door = await openDoor({ providers: [], definitions: { 'review.yaml': REVIEW } });
});
afterAll(() => door.close());

/** By somebody else than who started the executions. */
async function omni(args: readonly string[], given: Partial<Terminal> & { input?: string; as?: Person } = {}) {
  const { by, groups } = given.as ?? { by: 'ada', groups: ['reviewer'] };
  const key = await door.keyOf(by, ['operator'], groups);
  const terminal = rememberedTerminal({ env: { ...door.env, OMNI_API_KEY: key }, ...given });
  const status = await runProgram(['tasks', ...args], terminal);
  return { status, stdout: terminal.stdout(), stderr: terminal.stderr() };
}

interface Person {
  readonly by: string;
  readonly groups: readonly string[];
}

interface Listed {
  readonly tasks: readonly { readonly id: string; readonly executionId: string }[];
}

/** A new execution and its task, once the inbox shows it. */
async function begin(): Promise<{ id: string; executionId: string }> {
  const { body } = await door.ask('POST', '/workflows/review/execute', {});
  for (let look = 0; look < 100; look += 1) {
    const { tasks } = JSON.parse((await omni(['list', '--json'])).stdout) as Listed;
    const task = tasks.find(({ executionId }) => executionId === body.executionId);
    if (task !== undefined) return task;
    await pause(100);
  }
  throw new Error('no task');
}

const outputOf = async (executionId: string): Promise<unknown> => {
  await door.executions.wait(executionId, AbortSignal.timeout(30_000));
  return (await door.executions.describe(executionId)).output;
};

describe('omni tasks list', () => {
  test('shows each open task: what is asked, of whom, for how long, and its id', async () => {
    const { id, executionId } = await begin();
    const { status, stdout, stderr } = await omni(['list', '--role', 'reviewer']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^review · review {2}for reviewer, open for \d+.*, (60 min 0 s|59 min \d+ s) left$/m);
    expect(stdout).toContain(`  Is it fit to be sent?\n  execution ${executionId}\n  ${id}\n`);
    expect(stderr).toMatch(/^\d+ open tasks?\n$/);
    expect((await omni(['list', '--role', 'clerk'])).stdout).not.toContain(id);
  });

  test('says that no server answers', async () => {
    const { status, stderr } = await omni(['list', '--server', 'http://127.0.0.1:9']);
    expect([status, stderr]).toEqual([1, expect.stringContaining('No orchestrator answers at http://127.0.0.1:9')]);
  });
});

describe('omni tasks answer', () => {
  test('gives the answer that --data holds', async () => {
    const { id, executionId } = await begin();
    const data = JSON.stringify({ approved: true, stars: 5, mood: 'glad' });
    const { status, stdout, stderr } = await omni(['answer', id, '--data', data, '--json']);
    expect([status, stderr]).toEqual([0, '✔ review answered by ada\n']);
    expect(JSON.parse(stdout)).toMatchObject({ id, status: 'answered', answer: { data: JSON.parse(data), by: 'ada' } });
    expect(await outputOf(executionId)).toMatchObject({ approved: true, stars: 5, by: 'ada' });
    const late = await omni(['answer', id, '--data', data]);
    expect([late.status, late.stderr]).toEqual([1, expect.stringContaining('was answered by ada')]);
  });

  test('asks field by field, asks again what does not fit, and leaves out what is left empty', async () => {
    const { id, executionId } = await begin();
    const replies = ['maybe', 'yes', 'many', '4', 'angry', 'sad', '', '["a", "b"]'];
    const asked: string[] = [];
    const question = (text: string): Promise<string> => {
      asked.push(text);
      return Promise.resolve(replies.shift() ?? '');
    };
    const { status, stderr } = await omni(['answer', id], { question });
    expect(status).toBe(0);
    expect(asked).toEqual([
      'approved (yes | no): ',
      'approved (yes | no): ',
      'stars (number): ',
      'stars (number): ',
      'mood (glad | sad): ',
      'mood (glad | sad): ',
      'comment (string, optional): ',
      'tags (JSON, optional): ',
    ]);
    expect(stderr).toContain('approved is not of the type boolean');
    expect(await outputOf(executionId)).toMatchObject({ approved: true, stars: 4, mood: 'sad', tags: ['a', 'b'] });
  });

  test('says where the answer does not fit, and that it is refused', async () => {
    const { id } = await begin();
    const { status, stderr } = await omni(['answer', id, '--data', '-'], {
      input: '{"stars":1}',
    });
    expect([status, stderr]).toEqual([1, expect.stringMatching(/Invalid input[^]*\/data\/approved/)]);
    expect((await omni(['answer', id, '--data', '{}'], { as: { by: 'eve', groups: ['clerk'] } })).stderr).toContain(
      'Not allowed',
    );
  });

  test.each([
    ['text that is no JSON', ['--data', 'yes'], /--data is not JSON/],
    ['JSON that is no object', ['--data', '[1]'], /has to be an object/],
    ['nothing, and nobody to be asked', [], /give the answer as --data/],
  ])('given %s ends with 2', async (_, args, message) => {
    const { status, stdout, stderr } = await omni(['answer', 'x', ...args]);
    expect([status, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)]);
  });
});

describe('omni tasks delegate', () => {
  test('lets somebody by name answer, who finds the task by name', async () => {
    const { id, executionId } = await begin();
    const { status, stderr } = await omni(['delegate', id, '--to', 'ada'], { as: { by: 'bob', groups: ['reviewer'] } });
    expect([status, stderr]).toEqual([0, expect.stringContaining('review may be answered by ada too')]);
    for (let look = 0; look < 100 && !(await omni(['list', '--person', 'ada'])).stdout.includes(executionId); look += 1)
      await pause(100);
    expect((await omni(['list', '--person', 'ada'])).stdout).toContain('for reviewer or ada');
    const data = JSON.stringify({ approved: true, stars: 5, mood: 'glad' });
    expect((await omni(['answer', id, '--data', data], { as: { by: 'ada', groups: [] } })).status).toBe(0);
    expect(await outputOf(executionId)).toMatchObject({ by: 'ada' });
  });

  test('without somebody, or with two, ends with 2', async () => {
    expect((await omni(['delegate', 'x'])).status).toBe(2);
    expect((await omni(['delegate', 'x', '--to', 'a', '--to-role', 'b'])).status).toBe(2);
  });
});
