/** The life of the engines' processes: started late, kept warm, replaced when they die, gone after closing. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { fork, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { OmniError } from '../../../src/plan/problem';
import { EngineProcess } from '../../../src/providers/local/engine-process';
import type { LocalProvider } from '../../../src/providers/local/local';
import { alive, ask, openLocal, refusal, until } from './setup';

const ENGINE = path.resolve(__dirname, '../../../src/providers/local/engine.mjs');
const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});
function open(settings = {}): LocalProvider {
  const local = openLocal(settings);
  opened.push(local);
  return local;
}
const speak = (local: LocalProvider, text = 'Hello.', how = {}) =>
  ask(local, 'tts.synthesize', { text, language: 'en' }, how);
const LONG = 'This sentence is said many times over. '.repeat(125);

describe('an engine', () => {
  test('starts with the first call and serves the next ones in the same process', async () => {
    const local = open();
    expect(local.processIds()).toEqual({});
    await speak(local);
    const { voice } = local.processIds();
    expect(alive(voice)).toBe(true);
    await Promise.all([speak(local, 'One.'), speak(local, 'Two.')]);
    expect(local.processIds()).toEqual({ voice });
  });

  test('gives each of many callers its own answer', async () => {
    const local = open();
    const texts = ['I am here.', 'She has two brothers.', 'Where are you?', 'It rained.'];
    const answers = await Promise.all(texts.map((text) => ask(local, 'nlu.analyze', { text, language: 'en' })));
    expect(answers.map(({ grammar }) => grammar.tokens?.map((token) => token.text).join(' '))).toEqual([
      'I am here .',
      'She has two brothers .',
      'Where are you ?',
      'It rained .',
    ]);
  });

  test('that is killed in mid-call fails that call as retryable, and the next one starts it anew', async () => {
    const local = open();
    await speak(local);
    const before = local.processIds().voice ?? 0;
    const call = refusal(speak(local, LONG));
    const waiting = speak(local, 'I am next.');
    setTimeout(() => process.kill(before, 'SIGKILL'), 20);
    expect(await call).toMatchObject({ type: 'tool-error', retryable: true });
    expect((await waiting).durationMs).toBeGreaterThan(300);
    const after = local.processIds().voice;
    expect([after === before, alive(before), alive(after)]).toEqual([false, false, true]);
  });

  test('that hangs beyond its limit is ended, and the next call starts it anew', async () => {
    const local = open({ hangMs: 1_000 });
    await speak(local);
    const { voice = 0 } = local.processIds();
    process.kill(voice, 'SIGSTOP'); // a hang that no code of ours can prevent
    expect(await refusal(speak(local))).toMatchObject({ type: 'tool-error' });
    expect(alive(voice)).toBe(false);
    expect((await speak(local)).sampleRate).toBe(22_050);
  });

  test('gives up a call at once when it is cancelled, and goes on with the next', async () => {
    const local = open();
    await speak(local);
    const { voice } = local.processIds();
    const stop = new AbortController();
    const call = refusal(speak(local, LONG, { signal: stop.signal }));
    const next = speak(local, 'I am next.');
    stop.abort();
    expect((await call).type).toBe('cancelled');
    expect((await next).durationMs).toBeGreaterThan(300);
    expect(local.processIds()).toEqual({ voice });
    expect((await refusal(speak(local, 'Never.', { signal: stop.signal }))).type).toBe('cancelled');
  });

  test('answers with a timeout when the call has less time than the work needs', async () => {
    const local = open();
    await speak(local);
    expect(await refusal(speak(local, LONG, { timeoutMs: 10 }))).toMatchObject({ type: 'timeout', provider: 'local' });
    expect((await speak(local)).durationMs).toBeGreaterThan(100);
  });

  test('ignores Ctrl-C and termination, which reach the whole process group, until its parent ends it', async () => {
    const local = open();
    await speak(local);
    const { voice = 0 } = local.processIds();
    process.kill(voice, 'SIGINT');
    process.kill(voice, 'SIGTERM');
    expect((await speak(local)).durationMs).toBeGreaterThan(100);
    expect(local.processIds()).toEqual({ voice });
  });

  test('that cannot load in time is reported to whoever waits', async () => {
    const engine = new EngineProcess({ name: 'grammar', loadMs: 1, hangMs: 1_000 });
    opened.push(engine);
    await expect(engine.warm()).rejects.toBeInstanceOf(OmniError);
    const problem = await refusal(
      engine.call({ text: 'x' }, { signal: new AbortController().signal, timeoutMs: 5_000 }),
    );
    expect(problem).toMatchObject({ type: 'tool-error' });
    expect(await until(() => engine.pid === undefined)).toBe(true);
  });
});

describe('an engine whose optional package is missing', () => {
  test.each([
    ['recogniser', 'soundswallower'],
    ['analyser', 'franc'],
    ['grammar', 'harper.js'],
    ['translator', '@browsermt/bergamot-translator'],
    ['voice', 'text2wav'],
  ])('%s says that it wants %s', async (name, wanted) => {
    const bare = mkdtempSync(path.join(os.tmpdir(), 'omni-engine-'));
    cpSync(path.dirname(ENGINE), bare, { recursive: true, filter: (file) => !file.endsWith('.ts') });
    const child = fork(path.join(bare, 'engine.mjs'), [name], { execArgv: [], serialization: 'advanced' });
    try {
      const reply = new Promise<unknown>((resolve) => child.once('message', resolve));
      child.send({ id: 1, load: true });
      expect(await reply).toMatchObject({
        id: 1,
        fault: { type: 'provider-unavailable', retryable: false, data: { package: wanted } },
      });
    } finally {
      child.kill('SIGKILL');
      rmSync(bare, { recursive: true });
    }
  });
});

describe('closing', () => {
  test('ends every process, also of calls that run, and refuses further calls', async () => {
    const local = open();
    await Promise.all([speak(local), ask(local, 'nlu.analyze', { text: 'Hello.', language: 'en' })]);
    const pids = Object.values(local.processIds());
    expect(pids).toHaveLength(2);
    const running = refusal(speak(local, LONG));
    await local.close();
    expect((await running).type).toMatch(/tool-error|provider-unavailable/);
    expect(pids.map(alive)).toEqual([false, false]);
    expect((await refusal(speak(local))).type).toBe('provider-unavailable');
    expect(local.processIds()).toEqual({});
  });

  test('happens by itself when the parent is killed', async () => {
    const script = `
      const child = require('node:child_process').fork(${JSON.stringify(ENGINE)}, ['voice'], { execArgv: [], serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
      child.on('message', () => process.stdout.write(String(child.pid)));
      child.send({ id: 1, load: true });`;
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (chunk) => resolve(Number(chunk))));
    expect(alive(pid)).toBe(true);
    parent.kill('SIGKILL');
    expect(await until(() => !alive(pid))).toBe(true);
  });
});
