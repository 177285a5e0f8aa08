/** Temporal's cancellation scopes under the interpreter's tokens. */
import { CancellationScope } from '@temporalio/workflow';
import type { CancelToken } from '../src/interpreter/cancel-token';

/** Runs the work in a scope that ends with the token. */
export async function under<T>(cancel: CancelToken, work: () => Promise<T>): Promise<T> {
  const scope = new CancellationScope();
  const stop = cancel.onCancel(() => scope.cancel());
  try {
    return await scope.run(work);
  } finally {
    stop();
  }
}
