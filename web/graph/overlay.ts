/** What has become of the steps of a definition in an execution, by the paths that the drawing knows. */
import type { Step } from '../shapes';

export interface NodeState {
  /** Of the records of this step the one that matters most to whoever looks. */
  readonly status: string;
  /** The newest record with that status. */
  readonly path: string;
  /** How many records there are, one for each round of a loop that is kept. */
  readonly records: number;
  readonly ended: number;
  readonly attempts: number;
  readonly provider?: string;
  readonly reused?: true;
}

/** What is shown when rounds of a loop differ: the first of these that one of them has. */
const ORDER = ['failed', 'waiting', 'running', 'degraded', 'cancelled', 'completed', 'skipped'];

/** `each[3].score` stands in the drawing as `each[].score`. */
export function patternOf(path: string): string {
  return path.replace(/\[\d+\]/g, '[]');
}

/** A question that is open is `waiting`. A word that is not known here is shown as it is. */
export function statusOf({ status, kind, task }: Step): string {
  return status === 'running' && (task?.status === 'open' || kind === 'wait') ? 'waiting' : status;
}

export function overlay(steps: readonly Step[]): ReadonlyMap<string, NodeState> {
  const states = new Map<string, NodeState>();
  for (const step of steps) {
    const pattern = patternOf(step.path);
    states.set(pattern, merged(states.get(pattern), step));
  }
  return states;
}

function merged(before: NodeState | undefined, step: Step): NodeState {
  const status = statusOf(step);
  const wins = before === undefined || rank(status) <= rank(before.status);
  return {
    status: wins ? status : before.status,
    path: wins ? step.path : before.path,
    records: (before?.records ?? 0) + 1,
    ended: (before?.ended ?? 0) + (step.endedAt === undefined ? 0 : 1),
    attempts: (before?.attempts ?? 0) + step.attempts,
    ...(step.provider === undefined ? {} : { provider: step.provider }),
    ...(step.reused === true ? { reused: true } : {}),
  };
}

function rank(status: string): number {
  const at = ORDER.indexOf(status);
  return at === -1 ? 0 : at;
}
