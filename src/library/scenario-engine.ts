/** Runs scenarios on a Temporal server: an engine worker on a task queue of its own, whose calls are answered by mocks. */
import { createHash, randomUUID } from 'node:crypto';
import { createPlayCall } from '../../activities/play-call';
import { prepareRuntime, startEngine } from '../../workers/engine';
import type { Config } from '../config';
import { createLogger } from '../monitoring/logger';
import { agentTaskWorkflowId } from '../plan/agent';
import { canonical } from '../plan/json';
import { OmniError } from '../plan/problem';
import { bundleOf } from '../platform';
import type { ScenarioEngine } from '../scenarios/engine';
import { rehearsed } from '../scenarios/rehearsal';
import type { ExecutionOutcome } from '../scenarios/virtual-execution';
import { runVirtually } from '../scenarios/virtual-execution';
import type { Blob, BlobStore } from '../store/blob-table';
import { connect, connectWorker } from '../temporal/connection';
import { registerSearchAttributes } from '../temporal/search-attributes';
import { ToolRegistry } from '../tools/registry';
import { codecsBeside } from './encryption';
import { PlayedExecution } from './played-execution';
import { timerLateness } from './timer-lateness';
import { scenarioServer } from './scenario-server';

export interface TemporalScenarios {
  readonly engine: ScenarioEngine;
  /** The server, for people. */
  readonly what: string;
  close(): Promise<void>;
}

export interface EngineParts {
  readonly config: Config;
  /** Prebuilt workflow code; absent: what the build left, or bundled now. */
  readonly bundlePath?: string;
  readonly log: (line: string) => void;
}

/** Before the ids of tasks. */
const TASK = agentTaskWorkflowId('');

/** Times of a quiet machine; when the server was too slow for them, more is given. */
const PACES = [2, 6, 20];

export async function openScenarioEngine({ config, bundlePath, log }: EngineParts): Promise<TemporalScenarios> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer().catch((error: unknown) => log(String(error)));
  };
  try {
    const logger = createLogger(config.variables['LOG_LEVEL'] || 'fatal', 'test', { variables: config.variables });
    prepareRuntime(logger);
    const server = await scenarioServer(config, log);
    closers.push(() => server.close());
    const codecs = codecsBeside(config);
    const temporal = await connect({ ...server.target, ...(codecs && { codec: codecs.client }) });
    closers.push(() => temporal.close());
    await registerSearchAttributes(temporal.connection, server.target.namespace);
    const connection = await connectWorker(server.target);
    closers.push(() => connection.close());
    const running = new Map<string, PlayedExecution>();
    const taskQueue = `omni-test-${randomUUID()}`;
    const blobs = blobsInMemory();
    const worker = await startEngine({
      connection,
      config: { temporal: { namespace: server.target.namespace, taskQueue } },
      store: { blobs },
      registry: new ToolRegistry([], []),
      callTool: createPlayCall(
        {
          call: (attempt) => playedBy(running, attempt.executionId).play(attempt),
          agent: (request, signal) => playedBy(running, request.taskId).playAgent(request, signal),
        },
        blobs,
      ),
      emit: (event, data) => playedBy(running, event.id.split('/')[0] ?? '').emit(event, data),
      loadDefinition: (id, executionId) => playedBy(running, executionId).load(id, executionId),
      ...(bundlePath === undefined ? bundleOf(config.root) : { bundlePath }),
      ...(codecs && { encryption: { codec: codecs.worker } }),
      logger,
      shutdownGraceMs: 1_000,
    });
    closers.push(() => worker.stop());
    const { client } = temporal;
    const timerMs = await timerLateness(client, taskQueue);
    const run: ScenarioEngine['run'] = async (plan, step, parts) => {
      const moves: Parameters<typeof rehearsed>[0][number][] = [];
      const rehearsal = await runVirtually(plan, step, {
        ...parts,
        onMadeUp: () => undefined,
        onMove: (move) => moves.push(move),
      });
      if (rehearsal.lacks !== undefined) return rehearsal;
      let outcome: ExecutionOutcome = rehearsal;
      for (const times of PACES) {
        const played = new PlayedExecution({
          client,
          taskQueue,
          blobs,
          plan,
          step,
          parts,
          ...rehearsed(moves, { times, timerMs }),
        });
        running.set(played.id, played);
        outcome = await played.run().finally(() => running.delete(played.id));
        if (keptTime(outcome, rehearsal)) break;
      }
      return outcome;
    };
    return { engine: { name: 'temporal', run }, what: server.what, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The ids of executions that another one starts begin with its own and a dot; those of its tasks have a word before it. */
function playedBy(running: ReadonlyMap<string, PlayedExecution>, executionId: string): PlayedExecution {
  const played = running.get(executionId.split('.')[0]?.slice(executionId.startsWith(TASK) ? TASK.length : 0) ?? '');
  if (played === undefined) throw new OmniError('not-found', `The scenario of ${executionId} is over.`);
  return played;
}

/** Whether all went as in memory, at the same times: else the server may have been late, and what came of it may be due to that. */
function keptTime(outcome: ExecutionOutcome, rehearsal: ExecutionOutcome): boolean {
  const course = ({ status, steps, sent, usage }: ExecutionOutcome): string =>
    canonical([
      status,
      // Which of two branches is first within one moment is chance.
      [...steps]
        .sort((a, b) => (a.path < b.path ? -1 : 1))
        .map(({ path, status: how, startedAt, endedAt = 0, deadlineAt = 0, settled = [], calls = [] }) => [
          ...[path, how, startedAt, endedAt, deadlineAt, settled.join()],
          ...calls.map((call) => [call.startedAt, call.endedAt]),
        ]),
      sent.map(({ step, provider, attempt }) => `${step} ${provider} ${attempt}`).sort(),
      { ...usage },
    ]);
  return course(outcome) === course(rehearsal);
}

function blobsInMemory(): BlobStore {
  const kept = new Map<string, Blob>();
  return {
    put: (executionId, content, mediaType) => {
      const hash = createHash('sha256').update(content).digest('hex');
      kept.set(`${executionId} ${hash}`, { content, mediaType });
      return Promise.resolve({ $blob: hash, bytes: content.byteLength, mediaType });
    },
    get: (hash, executionId) => Promise.resolve(kept.get(`${executionId} ${hash}`)),
    copy: (from, to) => {
      for (const [name, blob] of [...kept])
        if (name.startsWith(`${from} `)) kept.set(`${to}${name.slice(from.length)}`, blob);
      return Promise.resolve();
    },
  };
}
