/** Reads a stored list or object for the workflow itself: what `forEach` goes over may be too large to travel in the history. */
import { Context } from '@temporalio/activity';
import type { OpenBlob } from '../src/plan/load';
import { OmniError } from '../src/plan/problem';
import { attach } from '../src/store/blob-value';
import type { ActivityDependencies } from './dependencies';
import { asFailure } from './failure';

/** Temporal refuses results of 2 MiB. */
const MAX_BYTES = 1_500_000;

export function createOpenBlob({ blobs }: Pick<ActivityDependencies, 'blobs'>): OpenBlob {
  return async (reference) => {
    try {
      if (reference.bytes > MAX_BYTES)
        throw new OmniError(
          'too-large',
          `The stored value has ${reference.bytes} bytes, and a workflow can hold ${MAX_BYTES}. Go over it in pages.`,
        );
      const { workflowId = '' } = Context.current().info.workflowExecution ?? {};
      return await attach({ ...reference }, (hash) => blobs.get(hash, workflowId));
    } catch (thrown) {
      if (thrown instanceof OmniError) throw asFailure(thrown.problem, { nonRetryable: !thrown.retryable });
      throw thrown;
    }
  };
}
