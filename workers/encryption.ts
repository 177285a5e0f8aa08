/** What a worker needs so that its payloads are encrypted: converters, codec, and who refuses what is not. */
import path from 'node:path';
import type { PayloadCodec } from '@temporalio/common';
import type { ActivityInterceptorsFactory, WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import { asFailure, ofActivity } from '../activities/failure';
import type { PlaintextSeen } from '../src/plan/plaintext';
import { problemOf } from '../src/plan/problem';
import { FAILURE_CONVERTER } from '../src/temporal/sandbox-code';
import { faultsOfArgument } from './payload-converter';

/** A value that came unencrypted, or that could not be opened. */
export interface PlaintextEvent extends PlaintextSeen {
  readonly executionId: string;
  readonly workflow: string;
}

export interface EncryptionOptions {
  /** Absent: nothing is encrypted. */
  readonly codec?: PayloadCodec;
  /** Told once for each, or again after a worker was lost in that moment. */
  readonly audit?: (event: PlaintextEvent) => void;
  readonly logger: Logger;
}

export function workerEncryption({
  codec,
  audit,
  logger,
}: EncryptionOptions): Pick<WorkerOptions, 'dataConverter' | 'interceptors' | 'sinks'> {
  return {
    dataConverter: {
      payloadConverterPath: path.join(__dirname, 'payload-converter'),
      failureConverterPath: FAILURE_CONVERTER,
      ...(codec && { payloadCodecs: [codec] }),
    },
    interceptors: { activity: [guarded(logger)] },
    sinks: {
      plaintext: {
        seen: {
          fn({ workflowId: executionId, workflowType: workflow }, seen: PlaintextSeen) {
            logger.warn({ executionId, workflow, ...seen }, 'value came unencrypted');
            audit?.({ executionId, workflow, ...seen });
          },
        },
      },
    },
  };
}

/** Nothing unencrypted comes in, and nothing that a library says goes out. */
const guarded =
  (logger: Logger): ActivityInterceptorsFactory =>
  ({ info }) => ({
    inbound: {
      async execute(input, next) {
        for (const argument of input.args) {
          const { problem, plainUntil = Infinity } = faultsOfArgument(argument) ?? {};
          if (problem !== undefined) throw asFailure(problem, { nonRetryable: true });
          if (info.scheduledTimestampMs >= plainUntil) throw asFailure(UNENCRYPTED, { nonRetryable: true });
        }
        try {
          return await next(input);
        } catch (thrown) {
          const failure = ofActivity(thrown);
          if (failure !== thrown) logger.warn({ err: thrown, activity: info.activityType }, 'activity failed');
          throw failure;
        }
      },
    },
  });

const UNENCRYPTED = problemOf(
  'policy',
  'A call came unencrypted, though calls are encrypted here: whoever asked for it does not have the key.',
);
