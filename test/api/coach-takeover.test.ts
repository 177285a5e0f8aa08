/** The bilingual coach while its first provider is stopped and comes back: nobody who runs it is held up beyond a step's timeout. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config';
import { DEEPSEEK } from '../../src/providers/deepseek';
import { OPENROUTER } from '../../src/providers/openrouter';
import { createProviders } from '../../src/providers/providers';
import { providerOf } from '../contracts/provider';
import { DEEPSEEK as DEEPSEEK_DIALECT } from '../stubs/dialects';
import { startOpenAiStub } from '../stubs/openai-shaped';
import type { Stub } from '../stubs/stub';
import type { Answer, Door } from './door';
import { openDoor } from './door';

const { definitionsDir, modelsDir } = loadConfig({});
const read = (...parts: string[]): string => readFileSync(path.join(definitionsDir, ...parts), 'utf8');
const FIXTURE = JSON.parse(read('fixtures', 'coach-text.json')) as object;
const OPEN_MS = 1_000;

let first: Stub;
let second: Stub;
let door: Door;
beforeAll(async () => {
  [first, second] = await Promise.all([startOpenAiStub(), startOpenAiStub({ dialect: DEEPSEEK_DIALECT })]);
  const keyless = createProviders({ definitionsDir, modelsDir, variables: {} });
  const here = [
    { ...providerOf({ provider: OPENROUTER }, first), limits: { openMs: OPEN_MS } },
    providerOf({ provider: DEEPSEEK }, second),
  ];
  door = await openDoor({
    providers: keyless.map((provider) => here.find(({ name }) => name === provider.name) ?? provider),
    definitions: { 'bilingual-coach.yaml': read('bilingual-coach.yaml') },
  });
}, 60_000);
afterAll(async () => {
  await door.close();
  await Promise.all([first.close(), second.close()]);
});

interface Done {
  readonly [step: string]: { readonly provider: string; readonly tookMs: number };
}

async function begin(): Promise<string> {
  const { status, body } = await door.ask('POST', '/workflows/bilingual-coach/execute', FIXTURE);
  expect(status).toBe(202);
  return body.executionId as string;
}

async function finished(executionId: string): Promise<Done> {
  let answer: Answer;
  do {
    await pause(100);
    answer = await door.ask('GET', `/executions/${executionId}`);
  } while (answer.body.status === 'running');
  expect(answer.body).toMatchObject({ status: 'completed' });
  const steps = answer.body.steps as readonly { name: string; provider: string; startedAt: string; endedAt: string }[];
  return Object.fromEntries(
    steps.map(({ name, provider, startedAt, endedAt }) => [
      name,
      { provider, tookMs: Date.parse(endedAt) - Date.parse(startedAt) },
    ]),
  );
}

test('when the first provider is stopped in mid-execution the next one takes over, and it comes back when it recovers', async () => {
  const {
    natural_language_understanding: nlu,
    machine_translation: mt,
    coach_feedback: told,
  } = await finished(await begin());
  expect([nlu?.provider, mt?.provider, told?.provider]).toEqual(['openrouter', 'openrouter', 'openrouter']);

  const before = first.calls.length;
  const running = await begin();
  while (first.calls.length === before) await pause(2);
  await first.close();
  const { coach_feedback: feedback, machine_translation: translation } = await finished(running);
  expect(feedback?.provider).toBe('deepseek');
  expect(feedback?.tookMs).toBeLessThan(20_000);
  expect(translation?.tookMs).toBeLessThan(15_000);

  first = await startOpenAiStub({ port: Number(new URL(first.origin).port) });
  await pause(OPEN_MS);
  const { coach_feedback: again } = await finished(await begin());
  expect(again?.provider).toBe('openrouter');
  expect(first.calls.length).toBeGreaterThan(0);
}, 120_000);
