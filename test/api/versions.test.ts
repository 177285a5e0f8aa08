/** Publishing while executions run: each keeps the definition that it began with. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Door } from './door';
import { openDoor } from './door';
import { ECHO_CONTRACTS, echoProvider } from './echo-tools';

const definition = (version: string, word: string) => `
name: Edited
version: ${version}
steps:
  - { name: before, tool: echo.say, provider: echo, input: { text: "${word}" } }
  - { name: ask, waitFor: { signal: go, form: {} } }
  - { name: after, tool: echo.say, provider: echo, input: { text: "${word}" } }
output: "\${steps.before.output.text} \${steps.after.output.text}"
`;

let door: Door;
beforeAll(async () => {
  const definitions = { 'edited.yaml': definition('1.0.0', 'one') };
  door = await openDoor({ providers: [echoProvider()], contracts: ECHO_CONTRACTS, definitions });
});
afterAll(() => door.close());

const start = async (): Promise<string> =>
  (await door.ask('POST', '/workflows/edited/execute', {})).body.executionId as string;

async function waits(id: string): Promise<void> {
  for (let look = 0; look < 300; look += 1) {
    const { steps } = await door.executions.describe(id);
    if (steps.some(({ path }) => path === 'ask')) return;
    await pause(200);
  }
  throw new Error(`${id} never asked`);
}

async function finish(id: string): Promise<unknown> {
  await door.executions.signal(id, 'go', {});
  await door.executions.wait(id, AbortSignal.timeout(120_000));
  const { status, output, version } = await door.executions.describe(id);
  return { status, output, version };
}

test('a definition edited and republished while 100 executions run: all finish on the version that they began with', async () => {
  const ids = await Promise.all(Array.from({ length: 100 }, start));
  for (const id of ids) await waits(id);
  for (const [version, word] of [
    ['1.1.0', 'two'],
    ['2.0.0', 'three'],
  ] as const) {
    const published = await fetch(`${door.url}/workflows/edited`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/yaml', ...door.authorization },
      body: definition(version, word),
    });
    expect(published.status).toBe(200);
  }
  const later = await start();
  // The second half has to be walked anew, by another worker, from its history.
  const finished = await Promise.all(ids.slice(0, 50).map(finish));
  await door.harness.engine.stop();
  await door.harness.startAnotherEngine();
  finished.push(...(await Promise.all(ids.slice(50).map(finish))));
  expect(finished).toEqual(ids.map(() => ({ status: 'completed', output: 'one one', version: '1.0.0' })));
  await waits(later);
  expect(await finish(later)).toEqual({ status: 'completed', output: 'three three', version: '2.0.0' });

  const { body } = await door.ask('GET', '/workflows/edited/versions');
  expect(body.versions).toEqual([
    {
      version: '2.0.0',
      origin: 'published',
      current: true,
      publishedAt: expect.any(String),
      text: definition('2.0.0', 'three'),
    },
    expect.objectContaining({ version: '1.1.0', origin: 'published', current: false }),
    { version: '1.0.0', origin: 'file', current: false, text: definition('1.0.0', 'one') },
  ]);
  expect((await door.ask('GET', '/workflows/edite/versions')).body.data).toEqual({ suggestion: 'edited' });

  // A rerun goes by the plan of the first of the line too.
  const again = await door.executions.rerun(ids[0] ?? '', { from: 'after' });
  await door.executions.wait(again.executionId, AbortSignal.timeout(60_000));
  expect(await door.executions.describe(again.executionId)).toMatchObject({ output: 'one one', version: '1.0.0' });
}, 300_000);
