/** An agent of a test's own: registered, there for as long as the test says, and worked by a Temporal worker on its queues. */
import { randomBytes, randomUUID } from 'node:crypto';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createKeyRing } from '../../src/encryption/key-ring';
import type { AgentTaskRequest } from '../../src/plan/agent';
import { agentQueue, DEFAULT_POOL, ownAgentQueue } from '../../src/plan/agent';
import type { Json, JsonObject } from '../../src/plan/json';
import { NO_USAGE } from '../../src/plan/record';
import { workerCodec } from '../../src/temporal/payload-codec';
import { workerEncryption } from '../../workers/encryption';
import type { Harness } from '../support';
import { quiet, testTemporalAddress } from '../support';

/** What the harness and the agents of a test file encrypt with. */
export const MAIL_KEYS = createKeyRing({ keys: [randomBytes(32)] });

/** What it does with the input of `act`; the output is what this gives. */
export type Work = (input: Json, request: AgentTaskRequest) => Promise<Json>;

export interface MailAgent {
  readonly id: string;
  readonly type: string;
  /** Says that it is there, for half a minute. */
  comeBack(): Promise<void>;
  stop(): Promise<void>;
}

/** With the one capability `act`. */
export async function mailAgent(
  { agents: { registry }, taskQueue }: Harness,
  work: Work,
  config: JsonObject = {},
): Promise<MailAgent> {
  const type = `mail-${randomUUID().slice(0, 8)}`;
  const id = `${type}-001`;
  await registry.register({
    id,
    name: id,
    type,
    pool: DEFAULT_POOL,
    capabilities: ['act'],
    maxConcurrency: 5,
    priority: 'normal',
    config,
    metadata: {},
  });
  const connection = await NativeConnection.connect({ address: await testTemporalAddress() });
  const codec = workerCodec({ keys: MAIL_KEYS, namespace: 'default', plaintextUntil: 0 });
  const act = async (request: AgentTaskRequest): Promise<Json> =>
    ({ output: await work(request.input, request), usage: NO_USAGE }) as unknown as Json;
  const workers = await Promise.all(
    [agentQueue(type, DEFAULT_POOL, taskQueue), ownAgentQueue(type, id, taskQueue)].map((queue) =>
      Worker.create({
        connection,
        taskQueue: queue,
        activities: { act },
        ...workerEncryption({ codec, logger: quiet }),
      }),
    ),
  );
  const running = workers.map((worker) => worker.run());
  const owner = randomUUID();
  return {
    id,
    type,
    async comeBack() {
      await registry.pulse(id, { owner, build: 'test', inFlight: 0, draining: false });
    },
    async stop() {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
      await connection.close();
    },
  };
}
