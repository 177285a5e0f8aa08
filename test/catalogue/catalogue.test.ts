import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { Catalogue } from '../../src/catalogue/catalogue';
import { createCatalogue, RefusedDefinition } from '../../src/catalogue/catalogue';
import { definitionFolder } from '../../src/catalogue/definition-folder';
import type { Store } from '../../src/store/store';
import { ToolRegistry } from '../../src/tools/registry';
import { ECHO_CONTRACTS, echoProvider } from '../api/echo-tools';
import { testStore } from '../servers';

let store: Store;
beforeAll(async () => {
  store = await testStore();
});
afterAll(() => store.close());

let folder: string;
let registry: ToolRegistry;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'omni-definitions-'));
  registry = new ToolRegistry(ECHO_CONTRACTS, [echoProvider()]);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (follow = true, encrypts = false): Catalogue =>
  createCatalogue({
    encrypts,
    folder: definitionFolder(folder, { follow }),
    table: store.definitions,
    registry,
    snapshot: () => Promise.resolve({ flags: { FAST: true }, settings: {} }),
  });
const write = (file: string, text: string): void => writeFileSync(path.join(folder, file), text);
const definition = (version: string, text: string, rest = ''): string =>
  `name: Test\nversion: ${version}\n${rest}steps:\n  - { name: say, tool: echo.say, provider: echo, input: { text: ${text} } }\n`;
const newId = (): string => `c-${randomUUID()}`;

describe('the folder', () => {
  test('holds definitions; scenario files and folders inside are none', async () => {
    const id = newId();
    write(`${id}.yaml`, definition('1.0.0', 'a'));
    write(`${id}.scenarios.yaml`, 'name: x');
    mkdirSync(path.join(folder, 'fixtures'));
    write('fixtures/other.yaml', definition('1.0.0', 'a'));
    const files = (await open().list()).filter(({ origin }) => origin === 'file');
    expect(files.map((entry) => [entry.id, entry.file])).toEqual([[id, `${id}.yaml`]]);
  });

  test('that is missing holds none', async () => {
    rmSync(folder, { recursive: true });
    expect((await open().list()).filter(({ origin }) => origin === 'file')).toEqual([]);
  });

  test('is followed in development: new and changed files count at once', async () => {
    const [id, catalogue] = [newId(), open()];
    await expect(catalogue.get(id)).rejects.toMatchObject({ problem: { type: 'not-found' }, retryable: false });
    write(`${id}.yaml`, definition('1.0.0', 'a'));
    expect((await catalogue.get(id)).plan?.version).toBe('1.0.0');
    write(`${id}.yaml`, definition('1.10.0', 'b'));
    expect((await catalogue.get(id)).plan?.version).toBe('1.10.0');
  });

  test('is read once where it is not followed', async () => {
    const [id, catalogue] = [newId(), open(false)];
    await catalogue.list();
    write(`${id}.yaml`, definition('1.0.0', 'a'));
    await expect(catalogue.get(id)).rejects.toMatchObject({ problem: { type: 'not-found' } });
  });

  test('may hold broken files: they are shown with their diagnostics and cannot be started', async () => {
    const id = newId();
    write(`${id}.yaml`, 'name: Broken\nversion: 1.0.0\nsteps:\n  - { name: a, tool: echo.sai }\n');
    write('not-yaml.yaml', 'a: [');
    const entry = await open().get(id);
    expect(entry).toMatchObject({ id, origin: 'file', definition: { name: 'Broken', version: '1.0.0' } });
    expect(entry.plan).toBeUndefined();
    expect(entry.diagnostics[0]).toMatchObject({ severity: 'error', line: 4 });
    await expect(open().loadPlan(id)).rejects.toMatchObject({ problem: { type: 'validation', status: 422 } });
    expect((await open().get('not-yaml')).diagnostics.length).toBeGreaterThan(0);
  });

  test('may name an id inside the file; of two that claim one id the first keeps it and the other says why', async () => {
    const id = newId();
    write('a.yaml', definition('1.0.0', 'a', `id: ${id}\n`));
    write('b.yaml', definition('1.0.0', 'b', `id: ${id}\n`));
    expect((await open().get(id)).file).toBe('a.yaml');
    const other = await open().get('b');
    expect(other.plan).toBeUndefined();
    expect(other.diagnostics.at(-1)).toMatchObject({
      line: 3,
      severity: 'error',
      message: expect.stringContaining('a.yaml'),
    });
  });

  test('gives JSON Schemas to $schema, none from outside, and follows their changes', async () => {
    const id = newId();
    const catalogue = open();
    write(
      'person.json',
      JSON.stringify({ type: 'object', properties: { age: { type: 'number' } }, required: ['age'] }),
    );
    write(`${id}.yaml`, definition('1.0.0', 'a', 'trigger: { payload: { who: { $schema: person.json } } }\n'));
    const who = async (): Promise<unknown> =>
      ((await catalogue.get(id)).plan?.input['properties'] as { who: unknown } | undefined)?.who;
    expect(await who()).toMatchObject({ properties: { age: { type: 'number' } } });
    write(
      'person.json',
      JSON.stringify({ type: 'object', properties: { age: { type: 'string' } }, required: ['age'] }),
    );
    expect(await who()).toMatchObject({ properties: { age: { type: 'string' } } });
    const outside = mkdtempSync(path.join(tmpdir(), 'omni-outside-'));
    writeFileSync(path.join(outside, 'secret.json'), '{"type":"object"}');
    symlinkSync(path.join(outside, 'secret.json'), path.join(folder, 'link.json'));
    for (const name of [`../${path.basename(outside)}/secret.json`, 'link.json']) {
      write(`${id}.yaml`, definition('1.0.0', 'a', `trigger: { payload: { who: { $schema: ${name} } } }\n`));
      const entry = await catalogue.get(id);
      expect(entry.diagnostics.map(({ message }) => message).join(' ')).toContain('outside');
    }
    rmSync(outside, { recursive: true });
  });
});

describe('files and published versions', () => {
  test('the published one wins until a file with a higher version appears', async () => {
    const [id, catalogue] = [newId(), open()];
    write(`${id}.yaml`, definition('1.0.0', 'file'));
    expect((await catalogue.get(id)).origin).toBe('file');
    await catalogue.publish(definition('1.1.0', 'published'), { id });
    expect(await catalogue.get(id)).toMatchObject({ origin: 'published', plan: { version: '1.1.0' } });
    expect((await catalogue.list()).find((entry) => entry.id === id)?.origin).toBe('published');
    write(`${id}.yaml`, definition('1.2.0', 'file again'));
    expect(await catalogue.get(id)).toMatchObject({ origin: 'file', plan: { version: '1.2.0' } });
    await expect(catalogue.publish(definition('1.1.5', 'late'), { id })).rejects.toMatchObject({
      problem: { type: 'conflict' },
    });
  });

  test('a version published by another process counts here', async () => {
    const [id, here, there] = [newId(), open(), open()];
    await there.publish(definition('1.0.0', 'x'), { id });
    expect((await here.loadPlan(id)).plan.version).toBe('1.0.0');
  });

  test('text without an id takes that of its name; an object is the same as its text', async () => {
    const word = randomUUID().replaceAll(/[^a-z]/g, '');
    const entry = await open().publish({
      name: `My ${word} Flow`,
      version: '1.0.0',
      steps: [{ name: 'say', tool: 'echo.say', provider: 'echo', input: { text: 'x' } }],
    });
    expect(entry).toMatchObject({ id: `my-${word}-flow`, origin: 'published' });
  });

  test('a refused one carries all diagnostics', async () => {
    const refused = await open()
      .publish('name: x\nversion: one\nsteps: 3\n', { id: newId() })
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(RefusedDefinition);
    expect((refused as RefusedDefinition).diagnostics.length).toBeGreaterThanOrEqual(2);
  });
});

describe('a plan', () => {
  test('comes with the snapshot of this moment', async () => {
    const [id, catalogue] = [newId(), open()];
    write(`${id}.yaml`, definition('1.0.0', 'a'));
    expect((await catalogue.loadPlan(id)).snapshot).toEqual({ flags: { FAST: true }, settings: {}, prices: {} });
  });

  test('comes with the prices of its calls; one with a maxCost and a call without a price cannot be started', async () => {
    const id = newId();
    write(`${id}.yaml`, definition('1.0.0', 'a', 'guards: { budget: { maxCost: 1 } }\n'));
    const refused = await open()
      .loadPlan(id)
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ problem: { type: 'policy', status: 403, step: 'say', provider: 'echo' } });
    for (const word of ['say', 'echo.say of echo', 'maxCost', 'prices.echo["echo.say"]', 'CONFIG_PATH', 'OMNI_PRICES'])
      expect((refused as Error).message).toContain(word);
    registry = new ToolRegistry(ECHO_CONTRACTS, [echoProvider()], { echo: { 'echo.say': { usdPerCall: 0.01 } } });
    expect((await open().loadPlan(id)).snapshot.prices).toEqual({
      echo: { 'echo.say': { '*': { usdPerCall: 0.01 } } },
    });
  });

  test('is made anew when a tool is registered or replaced', async () => {
    const [id, catalogue] = [newId(), open()];
    write(`${id}.yaml`, 'name: Late\nversion: 1.0.0\nsteps:\n  - { name: late, tool: late.tool, input: {} }\n');
    expect((await catalogue.get(id)).plan).toBeUndefined();
    const late = {
      name: 'late.tool',
      title: 'Late',
      description: 'Late',
      category: 'late',
      input: z.strictObject({}),
      output: z.object({}),
      placement: 'remote',
      timeoutMs: 1000,
    } as const;
    registry.addContract({ ...late, idempotent: 'natural' });
    registry.addProvider({
      name: 'late',
      title: 'Late',
      variables: [],
      tools: { 'late.tool': () => Promise.resolve({ output: {} }) },
    });
    const step = (await catalogue.get(id)).plan?.steps[0];
    expect(step).toMatchObject({ idempotent: 'natural', chain: [{ provider: 'late' }] });
    registry.addContract({ ...late, idempotent: 'none' });
    expect((await catalogue.get(id)).plan?.steps[0]).toMatchObject({ idempotent: 'none' });
  });
});

test('a definition that asks for encryption is neither published nor started without a key', async () => {
  const id = newId();
  const text = definition('1.0.0', 'a', 'guards: { security: { encryption: true } }\n');
  const refused = { problem: { type: 'policy', detail: expect.stringContaining('ENCRYPTION_KEY') } };
  await expect(open().publish(text, { id })).rejects.toMatchObject(refused);
  write(`${id}.yaml`, text);
  await expect(open().loadPlan(id)).rejects.toMatchObject(refused);
  expect((await open(true, true).loadPlan(id)).plan.guards.security.encryption).toBe(true);
});
