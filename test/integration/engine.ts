/** A real engine worker on a task queue of its own, with tools that tests describe in a line. */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { pino } from 'pino';
import { z } from 'zod';
import type { Plan } from '../../src/plan/plan';
import type { Json, JsonObject } from '../../src/plan/json';
import type { Snapshot, StartArgument } from '../../src/plan/record';
import type { KeyRing } from '../../src/encryption/key-ring';
import { connect, connectWorker } from '../../src/temporal/connection';
import type { WorkerCodecOptions } from '../../src/temporal/payload-codec';
import { clientCodec, workerCodec } from '../../src/temporal/payload-codec';
import { ToolRegistry } from '../../src/tools/registry';
import type { CallContext, Provider, ToolContract } from '../../src/tools/tool';
import type { Tracing } from '../../src/tracing/tracing';
import type { LimitOverrides } from '../../src/tools/turnstile';
import type { EncryptionOptions } from '../../workers/encryption';
import type { EngineOptions } from '../../workers/engine';
import { prepareRuntime, startEngine } from '../../workers/engine';
import { testBundlePath, testStore, testTemporalAddress } from '../support';

const logger = pino({ level: 'silent' });
prepareRuntime(logger);

export const anyContract = (name: string, fields: Partial<ToolContract> = {}): ToolContract => ({
  name,
  title: name,
  description: name,
  category: name.split('.')[0] ?? name,
  input: z.record(z.string(), z.unknown()),
  output: z.unknown(),
  idempotent: 'key',
  placement: 'remote',
  timeoutMs: 5_000,
  ...fields,
});

export type Answer = (input: JsonObject, call: CallContext) => Promise<unknown>;

/** A provider of the tool `test.echo` (and of `test.local`). */
export function provider(name: string, answer: Answer, fields: Partial<Provider> = {}): Provider {
  const execute = async (input: never, call: CallContext) => ({ output: await answer(input, call) });
  return { name, title: name, variables: [], tools: { 'test.echo': execute, 'test.local': execute }, ...fields };
}

export interface EngineSetup {
  readonly providers: readonly Provider[];
  readonly contracts?: readonly ToolContract[];
  /** By provider name. */
  readonly limits?: LimitOverrides;
  /** By id, for executions that are started without a plan. */
  readonly plans?: Readonly<Record<string, Plan>>;
  readonly bundlePath?: string;
  /** Absent: nothing is encrypted. */
  readonly keys?: KeyRing;
  /** Milliseconds since 1970; default 0: plaintext is what nobody could have sent. */
  readonly plaintextUntil?: number;
  readonly audit?: EncryptionOptions['audit'];
  readonly onMissingKey?: WorkerCodecOptions['onMissingKey'];
  /** Absent: no agent is registered, and nobody notes tasks. */
  readonly agents?: EngineOptions['agents'];
  readonly tracing?: Tracing;
  /** Absent: one of its own. */
  readonly taskQueue?: string;
}

export async function testEngine(setup: EngineSetup) {
  const { providers, contracts, limits, plans = {}, bundlePath, keys, plaintextUntil = 0, audit, onMissingKey } = setup;
  const namespace = 'default';
  const codec = keys && { codec: clientCodec({ keys, namespace }) };
  const address = { address: await testTemporalAddress(), namespace, ...codec };
  const { taskQueue = `test-${randomUUID()}` } = setup;
  const store = await testStore(keys);
  const temporal = await connect(address);
  const connection = await connectWorker(address);
  const registry = new ToolRegistry(
    contracts ?? [anyContract('test.echo'), anyContract('test.local', { placement: 'local', timeoutMs: 1_000 })],
    providers,
    {},
    limits,
  );
  const snapshot = { flags: {}, settings: {} };
  const engine = await startEngine({
    connection,
    config: { temporal: { namespace: 'default', taskQueue } },
    store,
    registry,
    ...(keys && {
      encryption: {
        codec: workerCodec({ keys, namespace, plaintextUntil, ...(onMissingKey && { onMissingKey }) }),
        ...(audit && { audit }),
      },
    }),
    ...(setup.agents && { agents: setup.agents }),
    ...(setup.tracing && { tracing: setup.tracing }),
    logger,
    bundlePath: bundlePath ?? (await testBundlePath()),
    emit: () => Promise.resolve({ started: [], refused: [] }),
    loadDefinition: (id) => Promise.resolve(plans[id] === undefined ? undefined : { plan: plans[id], snapshot }),
  });
  const { client } = temporal;
  return {
    client,
    engine,
    store,
    taskQueue,
    /** As our own API starts: with the plan. */
    start(plan: Plan, payload: Json = {}, read: Snapshot = snapshot): Promise<WorkflowHandle> {
      const argument: StartArgument = { omni: 1, plan, snapshot: read, payload, context: {} };
      return client.workflow.start(plan.id, { taskQueue, workflowId: `t-${randomUUID()}`, args: [argument] });
    },
    /** As the Temporal CLI starts: with nothing but an argument. */
    startBare(type: string, ...args: readonly unknown[]): Promise<WorkflowHandle> {
      return client.workflow.start(type, {
        taskQueue,
        workflowId: `t-${randomUUID()}`,
        args: [...args],
        workflowExecutionTimeout: '30s',
      });
    },
    async close() {
      await engine.stop();
      await connection.close();
      await temporal.close();
      await store.close();
    },
  };
}
