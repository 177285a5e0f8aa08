/** The engine worker is killed with `kill -9` in the middle of each of the flagship's five steps; an outside ledger counts the effects. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ExecutionState } from '../../src/plan/record';
import type { TemporalClient } from '../../src/temporal/connection';
import { connect } from '../../src/temporal/connection';
import type { Stub } from '../stubs/stub';
import { startOpenAiStub } from '../stubs/openai-shaped';
import { testTemporalAddress, testCodec } from '../support';
import { build, startWorker, stubEnvironment } from './worker';

const STEPS = [
  'speech_to_text',
  'natural_language_understanding',
  'machine_translation',
  'coach_feedback',
  'text_to_speech',
];

const definitions = mkdtempSync(path.join(tmpdir(), 'omni-faults-'));
const root = path.resolve(__dirname, '..', '..');
const fixture = JSON.parse(readFileSync(path.join(root, 'definitions/fixtures/coach.json'), 'utf8')) as {
  payload: { audioData: string };
};

let stub: Stub;
let temporal: TemporalClient;
let environment: Record<string, string>;

beforeAll(async () => {
  build();
  // Every step's first provider is the stub, whose list of calls is the ledger.
  const flagship = readFileSync(path.join(root, 'definitions/bilingual-coach.yaml'), 'utf8');
  writeFileSync(
    path.join(definitions, 'bilingual-coach.yaml'),
    flagship.replaceAll(/provider: .*/g, 'provider: openrouter'),
  );
  const recording = createHash('sha256').update(Buffer.from(fixture.payload.audioData, 'base64')).digest('hex');
  stub = await startOpenAiStub({ key: 'stub-key', recordings: { [recording]: 'she have visited her brother' } });
  const address = await testTemporalAddress();
  temporal = await connect({ address, namespace: 'default', codec: testCodec().codec });
  environment = await stubEnvironment({ taskQueue: `faults-${randomUUID()}`, definitions, stub });
}, 120_000);
afterAll(async () => {
  await temporal.close();
  await stub.close();
  rmSync(definitions, { recursive: true });
});

describe('kill -9', () => {
  test.each(STEPS.map((step, i) => ({ step, before: i })))(
    'in the middle of $step: the execution completes, with one effect per step',
    async ({ step, before }) => {
      const first = stub.calls.length;
      stub.next(...Array.from({ length: before }, () => undefined), { kind: 'hang' });
      const killed = await startWorker(environment);
      const handle = await temporal.client.workflow.start('bilingual-coach', {
        taskQueue: environment['TEMPORAL_TASK_QUEUE'] ?? '',
        workflowId: `kill-${step}-${randomUUID()}`,
        args: [fixture],
      });
      await until(() => stub.calls.length === first + before + 1);
      await killed.kill();

      const worker = await startWorker(environment);
      const output = (await handle.result()) as { transcript: string };
      expect(output).toMatchObject({ transcript: 'she have visited her brother', audio: { mediaType: 'audio/wav' } });
      const state = await handle.query<ExecutionState>('state');
      expect(state.steps.map(({ name, status }) => [name, status])).toEqual(STEPS.map((name) => [name, 'completed']));
      await worker.stop();
      // What the lost attempt was sent is on the ledger too, as an estimate.
      const lost = state.steps.find(({ name }) => name === step);
      expect(lost?.usage).toMatchObject({ estimated: true });
      const bill = stub.calls.slice(first).reduce((sum, { usage }) => sum + (usage?.costUsd ?? 0), 0);
      expect(state.usage.costUsd).toBeGreaterThan(bill);
      // At most the step again and its maxTokens of 2000, at $1.50 a million.
      expect(state.usage.costUsd).toBeLessThan(bill * 2 + 0.003);

      const ledger = new Map<string, number>();
      for (const { idempotencyKey = '' } of stub.calls.slice(first))
        ledger.set(idempotencyKey, (ledger.get(idempotencyKey) ?? 0) + 1);
      expect([...ledger.keys()].sort()).toEqual(
        STEPS.map((name) => `${handle.workflowId}/${name}#1/openrouter`).sort(),
      );
      expect(ledger.get(`${handle.workflowId}/${step}#1/openrouter`)).toBe(2);
      expect([...ledger.values()].filter((calls) => calls > 1)).toHaveLength(1);
    },
    90_000,
  );
});

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 600 && !condition(); i += 1) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(condition()).toBe(true);
}
