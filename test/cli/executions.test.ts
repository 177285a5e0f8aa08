import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runProgram } from '../../src/cli/program';
import type { Door } from '../api/door';
import { openDoor } from '../api/door';
import { DEFINITIONS, ECHO_CONTRACTS, echoProvider } from '../api/echo-tools';
import { rememberedTerminal } from './terminal';

let door: Door;
beforeAll(async () => {
  door = await openDoor({ providers: [echoProvider()], contracts: ECHO_CONTRACTS, definitions: DEFINITIONS });
});
afterAll(() => door.close());

async function omni(...args: readonly string[]) {
  const terminal = rememberedTerminal({ env: door.env });
  const status = await runProgram(args, terminal);
  return { status, stdout: terminal.stdout(), stderr: terminal.stderr() };
}

test('omni executions pauses one, finds it, and lets it go on; omni rerun begins it again', async () => {
  const { body } = await door.ask('POST', '/workflows/sleeper/execute', { payload: { ms: 1500 } });
  const id = body.executionId as string;
  expect(await omni('executions', 'pause', id)).toMatchObject({
    status: 0,
    stderr: expect.stringContaining(`omni executions resume ${id}`),
  });
  const paused = (): Promise<{ stdout: string }> => omni('executions', 'list', '--status', 'paused');
  for (let look = 0; look < 10 && !(await paused()).stdout.includes(id); look += 1) await pause(100);
  expect((await paused()).stdout).toContain(`${id}  paused`);
  const running = await omni('rerun', id, '--from', 'nap');
  expect([running.status, running.stderr]).toEqual([1, expect.stringContaining('still runs')]);
  expect((await omni('executions', 'resume', id)).status).toBe(0);
  await door.executions.wait(id, AbortSignal.timeout(30_000));
  expect((await omni('executions', 'pause', id)).status).toBe(1);
  const again = await omni('rerun', id, '--from', 'nap', '--json');
  const { executionId } = JSON.parse(again.stdout) as { executionId: string };
  expect(executionId).toMatch(new RegExp(`^${id}~[0-9a-f]{12}$`));
  await door.executions.wait(executionId, AbortSignal.timeout(30_000));
  expect(await door.executions.describe(executionId)).toMatchObject({ status: 'completed', rerun: { from: 'nap' } });
  const listed = JSON.parse((await omni('executions', 'list', '--workflow', 'sleeper', '--json')).stdout) as object;
  expect(listed).toMatchObject({ executions: expect.arrayContaining([expect.objectContaining({ executionId: id })]) });
});

test('omni executions purge shows what it means, asks, and deletes it', async () => {
  const { body } = await door.ask('POST', '/workflows/sleeper/execute', { payload: { ms: 1 } });
  const id = body.executionId as string;
  const running = await door.ask('POST', '/workflows/sleeper/execute', { payload: { ms: 60_000 } });
  await door.executions.wait(id, AbortSignal.timeout(30_000));
  expect((await door.ask('POST', `/executions/${running.body.executionId}/purge`)).status).toBe(409);
  expect(await omni('executions', 'purge')).toMatchObject({ status: 2 });
  expect(await omni('executions', 'purge', id, '--all')).toMatchObject({ status: 2 });
  expect(await omni('executions', 'purge', id)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/say --yes[^]*Nothing was deleted/),
  });
  const old = await omni('executions', 'purge', '--workflow', 'sleeper', '--older-than', '30d', '--json', '--dry-run');
  expect(JSON.parse(old.stdout)).toMatchObject({ ids: [] });
  expect((await door.ask('GET', `/executions/${id}`)).status).toBe(200);
  expect(await omni('executions', 'purge', id, '--yes')).toMatchObject({
    status: 0,
    stderr: expect.stringContaining('1 execution deleted'),
  });
  const gone = await door.ask('GET', `/executions/${id}`);
  expect([gone.status, gone.body.detail]).toEqual([404, expect.stringContaining('was deleted at')]);
  expect((await omni('executions', 'purge', id, '--yes')).status).toBe(1);
  await door.executions.terminate(running.body.executionId as string);
});

test('an unknown step is refused with the nearest name', async () => {
  const { body } = await door.ask('POST', '/workflows/sleeper/execute', { payload: { ms: 1 } });
  await door.executions.wait(body.executionId, AbortSignal.timeout(30_000));
  const { status, stderr } = await omni('rerun', body.executionId, '--from', 'napp');
  expect([status, stderr]).toEqual([1, expect.stringContaining('Did you mean nap?')]);
});
