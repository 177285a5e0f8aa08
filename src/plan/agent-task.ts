/** What a task tells of itself while it looks for its agent: the contract of its activities, its query and its signal. */
import type { Priority, TaskState } from './agent';
import { ANY_AGENT, DEFAULT_POOL } from './agent';
import type { Usage } from './record';

/** Finds an agent, by who is registered and alive now. */
export const MATCH_AGENT_ACTIVITY = 'omni:match-agent';
/** Writes down where the task stands. */
export const NOTE_TASK_ACTIVITY = 'omni:note-task';

export interface MatchRequest {
  /** A type, or `ANY_AGENT`. */
  readonly agent: string;
  readonly capability: string;
  /** Capabilities that the agent needs beside. */
  readonly requires?: readonly string[];
  readonly pool?: string;
  /** Id of the one agent that may take it. */
  readonly to?: string;
}

/** Where a task is put: the queue of a pool, or with `to` that of one agent alone. */
export interface FoundPlace {
  readonly found: true;
  /** The type. */
  readonly agent: string;
  readonly pool: string;
  readonly to?: string;
  /** For people. */
  readonly reason: string;
}

/** With more that explains it, for people alone. */
export type MatchDecision = FoundPlace | { readonly found: false; readonly reason: string };

export type MatchAgent = (request: MatchRequest) => Promise<MatchDecision>;

/** Where nobody can be asked who is there: the queue of the type, and whoever polls it. */
export function unmatched({ agent, pool = DEFAULT_POOL, to }: MatchRequest, reason: string): MatchDecision {
  if (agent === ANY_AGENT) return { found: false, reason };
  return { found: true, agent, pool, ...(to === undefined ? {} : { to }), reason };
}

/** What a task is about, the same in every note of it. */
export interface TaskFacts {
  readonly taskId: string;
  /** A type, or `ANY_AGENT`. */
  readonly agent: string;
  readonly capability: string;
  readonly priority: Priority;
  readonly description?: string;
  /** The execution that asked. */
  readonly parentId?: string;
  /** Milliseconds since 1970. */
  readonly deadlineAt?: number;
}

/** Calls of a model that people were asked about so far, and those that they agreed to. */
export interface Approvals {
  readonly asked: number;
  readonly given: number;
}

/** Where it stands; each note counts for itself, so that a lost one does no harm. */
export interface TaskNote extends TaskFacts {
  readonly state: TaskState;
  /** Why: `no_agent_available`. */
  readonly reason?: string;
  readonly decision?: MatchDecision;
  /** Absent: nobody was asked in this run. */
  readonly approvals?: Approvals;
  /** Of a task that has ended. */
  readonly end?: { readonly usage: Usage; readonly errorType?: string };
}

export type NoteTask = (note: TaskNote) => Promise<void>;

/** Answer of the workflow query `state`. */
export interface AgentTaskState {
  /** `working`: it was given to a pool, whether or not an agent has a free slot for it yet. */
  readonly state: TaskState;
  readonly reason?: string;
  readonly decision?: MatchDecision;
  /** The execution that asks people instead. */
  readonly byHand?: string;
  /** Of whoever cancelled it. */
  readonly words?: string;
}

/** Says why the task is about to be cancelled. */
export const CANCEL_WORDS_SIGNAL = 'omni:cancel-words';

/** Types of problems that say that the task was refused, not that it went wrong. */
const REJECTIONS: Readonly<Record<string, string>> = {
  'no-agent': 'no_agent_available',
  policy: 'policy',
  validation: 'invalid_input',
};

/** What a failure makes of a task. `late`: its deadline had come. */
export function endOfFailure(type: string, late: boolean): { readonly state: TaskState; readonly reason: string } {
  if (type === 'timeout' && late) return { state: 'failed', reason: 'deadline_exceeded' };
  const rejection = Object.hasOwn(REJECTIONS, type) ? REJECTIONS[type] : undefined;
  if (rejection !== undefined) return { state: 'rejected', reason: rejection };
  return { state: 'failed', reason: type.replaceAll('-', '_') };
}

/** The reason of a task whose model waits for somebody's agreement. */
export const APPROVAL_REASON = 'approval_requested';
/** The reason of a task that somebody cancelled. */
export const CANCEL_REASON = 'cancel_requested';
