/** How long a chain of executions that start each other may become. */
import { MAX_DEPTH } from '../plan/child';
import { own } from '../plan/json';
import { OmniError } from '../plan/problem';
import type { StepContext } from './context';

/** The place in the chain of what the step starts; the first execution is at 0. Throws `policy` at the limit. */
export function nextDepth({ state, path }: StepContext): number {
  const emitted = own(state.event, 'omnidepth');
  const depth = (state.parent?.depth ?? (typeof emitted === 'number' ? emitted : 0)) + 1;
  if (depth > MAX_DEPTH)
    throw new OmniError(
      'policy',
      `${path} would be execution ${depth} in a chain of executions that start each other; ${MAX_DEPTH} is the limit.`,
    );
  return depth;
}
