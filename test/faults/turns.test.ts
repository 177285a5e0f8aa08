/** The engine worker is killed with `kill -9` while executions hold and wait for turns: still never more than one at once, and all complete. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import type { ExecutionState } from '../../src/plan/record';
import { STATE_QUERY } from '../../src/plan/record';
import type { TemporalClient } from '../../src/temporal/connection';
import { connect } from '../../src/temporal/connection';
import { TEST_ENCRYPTION_KEY, testDatabaseUrl, testTemporalAddress, testCodec } from '../support';
import { build, startWorker } from './worker';

const ID = `turns-${randomUUID().slice(0, 8)}`;
const DEFINITION = `
name: Turns
version: 1.0.0
concurrency: { limit: 1 }
steps: [ { name: nap, wait: 1500ms } ]
`;

const definitions = mkdtempSync(path.join(tmpdir(), 'omni-turns-'));
let temporal: TemporalClient;
let environment: Record<string, string>;

beforeAll(async () => {
  build();
  writeFileSync(path.join(definitions, `${ID}.yaml`), DEFINITION);
  const address = await testTemporalAddress();
  temporal = await connect({ address, namespace: 'default', codec: testCodec().codec });
  environment = {
    TEMPORAL_ADDRESS: address,
    TEMPORAL_TASK_QUEUE: `turns-${randomUUID()}`,
    DATABASE_URL: await testDatabaseUrl(),
    ENCRYPTION_KEY: TEST_ENCRYPTION_KEY,
    OMNI_DEFINITIONS_DIR: definitions,
  };
}, 180_000);
afterAll(async () => {
  await temporal.close();
  rmSync(definitions, { recursive: true });
});

const spanOf = async (handle: WorkflowHandle): Promise<readonly [number, number]> => {
  const { status, steps } = await handle.query<ExecutionState>(STATE_QUERY);
  expect(status).toBe('completed');
  return [steps[0]?.startedAt ?? 0, steps[0]?.endedAt ?? 0];
};

test('kill -9, three times', async () => {
  let worker = await startWorker(environment);
  const handles = await Promise.all(
    Array.from({ length: 5 }, (_, n) =>
      temporal.client.workflow.start(ID, {
        taskQueue: environment['TEMPORAL_TASK_QUEUE'] ?? '',
        workflowId: `${ID}-${n}`,
        args: [{}],
      }),
    ),
  );
  for (let kills = 0; kills < 3; kills += 1) {
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await worker.kill();
    worker = await startWorker(environment);
  }
  await Promise.all(handles.map((handle) => handle.result()));
  const spans = [...(await Promise.all(handles.map(spanOf)))].sort(([a], [b]) => a - b);
  for (const [n, [from]] of spans.entries()) expect(from).toBeGreaterThanOrEqual(spans[n - 1]?.[1] ?? 0);
  await worker.stop();
}, 180_000);
