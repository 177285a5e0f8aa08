/** The answer to the query `state`. */
import type { LiveState } from '../src/interpreter/state';
import type { Plan } from '../src/plan/plan';
import type { ExecutionState, ExecutionStatus } from '../src/plan/record';

export function describeState({ id, version, hash }: Plan, state: LiveState): ExecutionState {
  const { ended, records, startedAt, vars, usage, endUsage, rerun, paused, snapshot } = state;
  return {
    definition: { id, version, hash },
    status: paused !== undefined && ended === undefined ? 'paused' : statusOf(ended),
    startedAt,
    steps: [...records.values()],
    vars,
    usage,
    endUsage,
    snapshot,
    ...(ended === undefined ? {} : { endedAt: ended.at }),
    ...(ended?.output === undefined ? {} : { output: ended.output }),
    ...(ended?.error === undefined ? {} : { error: ended.error }),
    ...(rerun === undefined ? {} : { rerun }),
    ...(paused === undefined || ended !== undefined ? {} : { paused }),
  };
}

function statusOf(ended: LiveState['ended']): ExecutionStatus {
  if (ended === undefined) return 'running';
  if (ended.cancelled === true) return 'cancelled';
  return ended.error === undefined ? 'completed' : 'failed';
}
