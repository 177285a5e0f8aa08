/** Runs histories against the interpreter of this version, on Temporal's own replayer. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ReplayResult, WorkflowBundleOption } from '@temporalio/worker';
import { bundleWorkflowCode, DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import type { PayloadCodec } from '@temporalio/common';
import { IllegalStateError } from '@temporalio/common';
import { BUNDLE_CODE } from '../temporal/sandbox-code';

export interface RecordedHistory {
  /** File, or id of the execution. */
  readonly name: string;
  readonly workflowId: string;
  readonly events: number;
  /** In Temporal's own form, or as JSON. */
  readonly history: unknown;
}

export interface Replayed {
  readonly name: string;
  readonly workflowId: string;
  readonly events: number;
  /** What went otherwise than recorded; absent: nothing did. */
  readonly divergence?: string;
}

/** Calls back after each one. `codec`: of a worker; absent where there is no key. */
export async function replayHistories(
  recorded: readonly RecordedHistory[],
  codec: PayloadCodec | undefined,
  done: (replayed: Replayed) => void,
): Promise<readonly Replayed[]> {
  silence();
  const workflowBundle = await currentBundle();
  const dataConverter = { payloadCodecs: codec === undefined ? [] : [codec] };
  const all: Replayed[] = [];
  // Results are told by workflow id, so each id may stand in a batch once.
  for (const batch of batches(recorded)) {
    const byId = new Map(batch.map((one) => [one.workflowId, one]));
    for await (const result of Worker.runReplayHistories({ workflowBundle, dataConverter }, batch)) {
      const one = byId.get(result.workflowId);
      if (one === undefined) continue;
      const { name, workflowId, events } = one;
      const replayed = { name, workflowId, events, ...divergenceOf(result) };
      all.push(replayed);
      done(replayed);
    }
  }
  return all;
}

function divergenceOf({ error }: ReplayResult): Pick<Replayed, 'divergence'> {
  return error === undefined ? {} : { divergence: error.message };
}

function batches(recorded: readonly RecordedHistory[]): readonly (readonly RecordedHistory[])[] {
  const rounds: RecordedHistory[][] = [];
  for (const one of recorded) {
    const round = rounds.find((some) => some.every(({ workflowId }) => workflowId !== one.workflowId));
    if (round === undefined) rounds.push([one]);
    else round.push(one);
  }
  return rounds;
}

/** The code that the build left; from sources it is bundled anew, which takes seconds. */
async function currentBundle(): Promise<WorkflowBundleOption> {
  const codePath = path.resolve(__dirname, '..', '..', 'workflow-bundle.js');
  if (__filename.endsWith('.js') && existsSync(codePath)) return { codePath };
  const workflowsPath = path.resolve(__dirname, '..', '..', 'workflows');
  return bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR'), ...BUNDLE_CODE });
}

/** A divergence is told by its result; what the replayer logs beside it would only be in the way. */
function silence(): void {
  try {
    Runtime.install({
      logger: new DefaultLogger('ERROR', () => undefined),
      telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }), forward: {} } },
    });
  } catch (error) {
    // It was made before, for something else in this process.
    if (!(error instanceof IllegalStateError)) throw error;
  }
}
