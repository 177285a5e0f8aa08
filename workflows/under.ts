/**
 * Temporal's cancellation scopes under the interpreter's tokens: one each, entered without `run`, because in the sandbox every promise
 * costs a stack trace: a scope six, a `run` two.
 */
import { AsyncLocalStorage, CancellationScope } from '@temporalio/workflow';
import type { CancelToken } from '../src/interpreter/cancel-token';

type Enter = <T>(work: () => T) => T;

const entrances = new WeakMap<CancelToken, Enter>();
/** https://nodejs.org/api/async_context.html#static-method-asynclocalstoragesnapshot: the SDK's typing leaves static members out. */
const { snapshot } = AsyncLocalStorage as unknown as { readonly snapshot: () => Enter };

/** Runs the work in the scope that ends with the token. */
export function under<T>(cancel: CancelToken, work: () => Promise<T>): Promise<T> {
  try {
    return entranceOf(cancel)(work);
  } catch (thrown) {
    return Promise.reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
  }
}

function entranceOf(cancel: CancelToken): Enter {
  const known = entrances.get(cancel);
  if (known !== undefined) return known;
  const scope = new CancellationScope();
  let enter: Enter = (work) => work();
  void scope.run(() => {
    enter = snapshot();
    return Promise.resolve();
  });
  entrances.set(cancel, enter);
  cancel.onCancel(() => scope.cancel());
  return enter;
}
