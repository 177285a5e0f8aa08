/** `steps`: a nested list, one scope for `if`, `timeout` and `onError`. */
import type { Runner } from '../context';
import { withTimeout } from '../deadline';

export const runGroup: Runner<'steps'> = (step, context) =>
  withTimeout(step.timeoutMs, context, (bounded) => bounded.runSteps(step.steps, bounded));
