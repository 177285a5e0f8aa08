/** `omni run` against the real API, engine worker and Temporal server; only the tool is ours. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createApp } from '../../api/app';
import { listen, type Listening } from '../../api/server';
import { createCatalogue } from '../../src/catalogue/catalogue';
import { definitionFolder } from '../../src/catalogue/definition-folder';
import { runCommand } from '../../src/cli/run';
import { createExecutions } from '../../src/executions/executions';
import { createSchedules } from '../../src/executions/schedules';
import { createDashboard } from '../../src/library/dashboard';
import { createHealth } from '../../src/monitoring/health';
import { OmniError } from '../../src/plan/problem';
import type { CallContext, ToolContract } from '../../src/tools/tool';
import type { AuditLog } from '../../src/security/audit';
import { createSecurity } from '../../src/security/security';
import type { Settings } from '../../src/settings/settings';
import { harness, quiet, testAudit, testSettings, type Harness } from '../support';
import { rememberedTerminal, type RememberedTerminal } from './terminal';

const contract: ToolContract = {
  name: 'text.shout',
  title: 'Shout',
  description: 'Upper case',
  category: 'text',
  input: z.object({ text: z.string() }),
  output: z.object({ text: z.string() }),
  idempotent: 'natural',
  placement: 'remote',
  timeoutMs: 20_000,
};

const DEFINITION = `
name: Loud
version: 1.0.0
trigger:
  payload: { text: string }
steps:
  - name: shout
    tool: text.shout
    provider: throat
    retry: { maxAttempts: 3, initialInterval: 10, backoff: 1, maxInterval: 10 }
    input: { text: "\${trigger.payload.text}" }
output: { text: "\${steps.shout.output.text}" }
`;

let calls = 0;
/** Answers in capitals; `hoarse` fails twice, `mute` for good, `slow` waits until it is cancelled. */
async function shout({ text }: { text: string }, { signal }: CallContext): Promise<{ output: { text: string } }> {
  calls += 1;
  if (text === 'hoarse' && calls < 3) throw new OmniError('tool-error', 'The voice broke.');
  if (text === 'mute') throw new OmniError('validation', 'There is no voice.');
  if (text === 'slow') await sleep(20_000, undefined, { signal });
  return { output: { text: text.toUpperCase() } };
}

const definitions = mkdtempSync(path.join(os.tmpdir(), 'definitions-'));
let ground: Harness;
let settings: Settings | undefined;
let server: Listening | undefined;
let key = '';
let audit: AuditLog | undefined;
const url = (): string => server?.url ?? '';
beforeAll(async () => {
  ground = await harness({
    contracts: [contract],
    providers: [{ name: 'throat', title: 'Throat', variables: [], tools: { 'text.shout': shout } }],
  });
  const { client, taskQueue, store, registry } = ground;
  writeFileSync(path.join(definitions, 'loud.yaml'), DEFINITION);
  const catalogue = createCatalogue({
    folder: definitionFolder(definitions, { follow: false }),
    table: store.definitions,
    registry,
    snapshot: () => Promise.resolve({ flags: {}, settings: {} }),
  });
  settings = await testSettings(store);
  audit = await testAudit(store);
  const security = createSecurity({ store, now: Date.now });
  ({ key } = await security.keys.create({ name: 'runner', roles: ['operator'], groups: [] }, 'test'));
  const health = createHealth([], { logger: quiet });
  const app = createApp({
    executions: createExecutions({ client, taskQueue, store, now: Date.now, uuid: () => crypto.randomUUID() }),
    schedules: createSchedules({ client, taskQueue }),
    agents: ground.agents,
    webhookSecrets: () => [],
    catalogue,
    audit,
    security,
    settings,
    registry,
    partials: store.partials,
    logger: quiet,
    health,
    dashboard: createDashboard({ ...ground, health }),
    metrics: ground.metrics,
    monitoring: ground.monitoring,
    version: '0.0.0',
  });
  server = await listen(app, { host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await server?.close();
  await settings?.close();
  await audit?.close();
  await ground.close();
  rmSync(definitions, { recursive: true });
});
beforeEach(() => {
  calls = 0;
});

const remembered = (given: { readonly input?: string } = {}): RememberedTerminal =>
  rememberedTerminal({ env: { OMNI_API_KEY: key }, ...given });

async function omniRun(terminal: RememberedTerminal, ...args: readonly string[]): Promise<number | undefined> {
  let status: number | undefined;
  const command = runCommand(terminal, (code) => {
    status = code;
  });
  await command.exitOverride().parseAsync([...args, '--server', url()], { from: 'user' });
  return status;
}

describe('omni run', () => {
  test('draws the steps, prints the output and ends with 0', async () => {
    const terminal = remembered();
    expect(await omniRun(terminal, 'loud', '--payload', 'text=hello')).toBe(0);
    expect(JSON.parse(terminal.stdout())).toEqual({ text: 'HELLO' });
    expect(terminal.stderr()).toMatch(/✔ shout {2}throat {2}\d+ ms {2}price unknown\ncompleted in /);
    expect(terminal.stderr()).toContain(`${url()}/executions/`);
  });

  test('shows that it took three attempts', async () => {
    const terminal = remembered();
    expect(await omniRun(terminal, 'loud', '-p', 'text=hoarse')).toBe(0);
    expect(terminal.stderr()).toMatch(/✔ shout {2}throat {2}attempt 3 {2}/);
  });

  test('with --json nothing but the execution is on standard output', async () => {
    const terminal = remembered({ input: '{"payload":{"text":"hello"},"context":{"who":"me"}}' });
    expect(await omniRun(terminal, 'loud', '--input', '-', '--json')).toBe(0);
    expect(JSON.parse(terminal.stdout())).toMatchObject({
      status: 'completed',
      output: { text: 'HELLO' },
      steps: [{ path: 'shout', status: 'completed', provider: 'throat' }],
    });
  });

  test('ends with 1 and the problem when the execution fails', async () => {
    const terminal = remembered();
    expect(await omniRun(terminal, 'loud', '-p', 'text=mute')).toBe(1);
    expect(terminal.stderr()).toContain('✖ Invalid input');
    expect(terminal.stderr()).toContain('There is no voice.');
    expect(terminal.stderr()).toContain('failed in ');
    expect(terminal.stdout()).toBe('');
  });

  test('a payload that the definition refuses never starts, and each fault is named', async () => {
    await expect(omniRun(remembered(), 'loud')).rejects.toMatchObject({
      problem: { type: 'validation', errors: [{ pointer: '/payload/text' }] },
    });
    expect(calls).toBe(0);
  });

  test('an unknown definition is the server’s own answer', async () => {
    await expect(omniRun(remembered(), 'lod', '-p', 'text=a')).rejects.toThrow(/lod.*Did you mean loud/s);
  });

  test('with --no-wait it prints the execution and returns at once', async () => {
    const terminal = remembered();
    expect(await omniRun(terminal, 'loud', '-p', 'text=hello', '--no-wait')).toBe(0);
    const id = terminal.stdout().trim();
    expect(await ground.client.workflow.getHandle(id).result()).toEqual({ text: 'HELLO' });
  });

  test('Ctrl-C cancels the execution and ends with 130', async () => {
    const terminal = remembered();
    const ended = omniRun(terminal, 'loud', '-p', 'text=slow');
    while (calls === 0) await sleep(50);
    terminal.interrupt();
    expect(await ended).toBe(130);
    expect(terminal.stderr()).toContain('Stopping …');
    expect(terminal.stderr()).toMatch(/cancelled in /);
  });

  test('where no server answers, the problem names the address', async () => {
    const command = runCommand(remembered(), () => undefined).exitOverride();
    await expect(
      command.parseAsync(['loud', '--server', 'http://127.0.0.1:9'], { from: 'user' }),
    ).rejects.toMatchObject({
      problem: { type: 'provider-unavailable', detail: expect.stringContaining('http://127.0.0.1:9') },
    });
  });

  test('a server of another kind is told apart from ours', async () => {
    const other = await listen(
      {
        handler: ((_: unknown, response: { end(text: string): void }) => response.end('hello')) as never,
        drain: () => undefined,
      },
      { host: '127.0.0.1', port: 0 },
    );
    const command = runCommand(remembered(), () => undefined).exitOverride();
    await expect(command.parseAsync(['loud', '--server', other.url], { from: 'user' })).rejects.toThrow(
      'does not speak like an orchestrator',
    );
    await other.close();
  });
});
