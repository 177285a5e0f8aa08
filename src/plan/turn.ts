/**
 * Turns: at most so many executions of a definition with one key at once. A workflow of ours per definition and key, the lock, knows who
 * holds a turn and who waits; an execution asks before its first step and gives back after its last.
 */
import type { Problem } from './problem';

export const TURN_LOCK_TYPE = 'lock:turns';
export const ASK_TURN_ACTIVITY = 'omni:ask-turn';
export const STILL_RUNNING_ACTIVITY = 'omni:still-running';

/** Signals to the lock, and from it to who asked. */
export const ASK_SIGNAL = 'omni:ask';
export const GIVE_BACK_SIGNAL = 'omni:give-back';
export const TURN_SIGNAL = 'omni:turn';
/** Query of the lock: ids of the executions that hold a turn. */
export const HOLDERS_QUERY = 'holders';

export interface TurnRequest {
  /** Id of the definition. */
  readonly definition: string;
  /** Canonical JSON of the rendered key. */
  readonly key: string;
  readonly limit: number;
  readonly whenFull: 'queue' | 'refuse';
}

/** What the lock is told by one that asks; twice is as once. */
export interface TurnAsk extends Pick<TurnRequest, 'limit' | 'whenFull'> {
  readonly executionId: string;
}

export interface TurnAnswer {
  readonly granted: boolean;
}

export type TurnOutcome =
  /** `lock`: the id of the lock, to give the turn back to; absent in a scenario, where nobody else is. */
  | { readonly status: 'granted'; readonly lock?: string }
  | { readonly status: 'refused'; readonly error: Problem }
  | { readonly status: 'cancelled' };

/** Gives the id of the lock once the lock has been asked. */
export type AskTurn = (request: TurnRequest) => Promise<string>;

/** Which of the executions have not ended. */
export type StillRunning = (executionIds: readonly string[]) => Promise<readonly string[]>;

export function fullDetail({ definition, limit }: Pick<TurnRequest, 'definition' | 'limit'>): string {
  return `${limit} execution${limit === 1 ? '' : 's'} of ${definition} with this key run already, and its concurrency refuses more. Start it again when one has ended.`;
}
