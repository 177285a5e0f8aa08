/** Temporal's cancellation scopes under the interpreter's tokens: one each, because in the sandbox a scope costs six promises. */
import { CancellationScope } from '@temporalio/workflow';
import type { CancelToken } from '../src/interpreter/cancel-token';

const scopes = new WeakMap<CancelToken, CancellationScope>();

/** Runs the work in the scope that ends with the token. */
export function under<T>(cancel: CancelToken, work: () => Promise<T>): Promise<T> {
  return scopeOf(cancel).run(work);
}

function scopeOf(cancel: CancelToken): CancellationScope {
  const known = scopes.get(cancel);
  if (known !== undefined) return known;
  const scope = new CancellationScope();
  scopes.set(cancel, scope);
  cancel.onCancel(() => scope.cancel());
  return scope;
}
