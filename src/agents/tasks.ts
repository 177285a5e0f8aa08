/** Tasks for agents: asked for once per id, found again, waited for, cancelled. Temporal is the truth about them, a table their index. */
import type { AgentTaskState } from '../plan/agent-task';
import { CANCEL_REASON, CANCEL_WORDS_SIGNAL, endOfFailure } from '../plan/agent-task';
import { agentTaskWorkflowId } from '../plan/agent';
import type { ChildOutcome } from '../plan/child';
import { OmniError } from '../plan/problem';
import { STATE_QUERY } from '../plan/record';
import type { AgentTaskRow } from '../store/agent-task-table';
import type { AgentParts } from './agents';
import { fromCursor, toCursor } from './task-cursor';
import { endedAmong, isRunning } from './task-end';
import type { AgentTaskWish } from './task-request';
import type { StartedTask } from './task-start';
import { startTask } from './task-start';
import type { AgentTaskDetail, AgentTaskSummary } from './task-view';
import { summaryOf } from './task-view';

/** Executions, as far as tasks are such. */
export interface TaskEngine {
  /** Undefined when the signal came first. */
  outcome(executionId: string, signal: AbortSignal): Promise<ChildOutcome | undefined>;
  cancel(executionId: string): Promise<void>;
}

export interface TaskFilter {
  readonly type?: string;
  readonly capability?: string;
  readonly state?: string;
  /** Id of an agent. */
  readonly agent?: string;
  readonly cursor?: string;
  readonly limit: number;
}

export interface AgentTaskPage {
  /** Newest first. */
  readonly tasks: readonly AgentTaskSummary[];
  readonly next?: string;
}

export interface AgentTasks {
  /** Throws `validation`, `conflict` for an id that another task has, `too-large`, `provider-unavailable`. */
  create(wish: AgentTaskWish, by: { readonly requestedBy?: string; readonly key?: string }): Promise<StartedTask>;
  /** Throws `not-found`. */
  get(id: string): Promise<AgentTaskDetail>;
  list(filter: TaskFilter): Promise<AgentTaskPage>;
  /** The task as it stands when it has ended, or when the signal comes. Throws `not-found`. */
  wait(id: string, signal: AbortSignal): Promise<AgentTaskDetail>;
  /** Asks it to stop; twice is the same as once. Throws `not-found`, `conflict` when it has ended otherwise. */
  cancel(id: string, words?: string): Promise<void>;
}

/** How long a worker has to tell where a task stands, and Temporal how one ended. */
const ANSWER_MS = 3_000;

export function createAgentTasks(parts: AgentParts): AgentTasks {
  const { store, home, client, engine } = parts;
  const table = store.agentTasks;
  const told = (id: string): Promise<AgentTaskState | undefined> =>
    client
      .withDeadline(Date.now() + ANSWER_MS, () =>
        client.workflow.getHandle(agentTaskWorkflowId(id)).query<AgentTaskState>(STATE_QUERY),
      )
      .catch(() => undefined);
  const rowOf = async (id: string): Promise<AgentTaskRow> => {
    const row = await table.get(home, id);
    if (row === undefined)
      throw new OmniError(
        'not-found',
        `There is no task ${id} for an agent. GET /agent-tasks lists those that are kept.`,
      );
    return row;
  };
  const outcomeOf = (id: string): Promise<ChildOutcome | undefined> =>
    engine.outcome(agentTaskWorkflowId(id), AbortSignal.timeout(ANSWER_MS)).catch(() => undefined);
  /** Its last note was lost, or nobody was there to write it: it was terminated. */
  const settled = async (row: AgentTaskRow): Promise<AgentTaskRow> => {
    const outcome = await outcomeOf(row.id);
    if (outcome !== undefined) await table.end(home, row.id, endOf(outcome, row));
    return rowOf(row.id);
  };
  const get = async (id: string): Promise<AgentTaskDetail> => {
    let row = await rowOf(id);
    const running = row.ended_at === null && (await isRunning(client, id));
    if (row.ended_at === null && !running) row = await settled(row);
    const asked = running || row.state === 'canceled' ? await told(id) : undefined;
    const outcome = running ? undefined : await outcomeOf(id);
    return {
      ...summaryOf(row),
      ...(row.decision === null ? {} : { decision: row.decision }),
      ...(outcome?.status === 'completed' ? { output: outcome.output } : {}),
      ...(outcome?.status === 'failed' ? { error: outcome.error } : {}),
      ...(asked?.byHand === undefined ? {} : { byHand: asked.byHand }),
      ...(asked?.words === undefined ? {} : { cancelled: { detail: asked.words } }),
    };
  };
  return {
    create: (wish, by) => startTask(parts, wish, by),
    get,
    async list({ agent, cursor, limit, ...filter }) {
      const rows = await table.list(home, {
        ...filter,
        ...(agent === undefined ? {} : { agentId: agent }),
        ...(cursor === undefined ? {} : { before: fromCursor(cursor) }),
        limit,
      });
      const ended = await endedAmong(
        client,
        rows.filter(({ ended_at: at }) => at === null).map(({ id }) => id),
      );
      const now = await Promise.all(rows.map((row) => (ended.has(row.id) ? settled(row) : Promise.resolve(row))));
      const last = rows.length < limit ? undefined : rows.at(-1);
      return {
        tasks: now.map(summaryOf),
        ...(last === undefined ? {} : { next: toCursor({ at: last.submitted_at, id: last.id }) }),
      };
    },
    async wait(id, signal) {
      await rowOf(id);
      await engine.outcome(agentTaskWorkflowId(id), signal);
      return get(id);
    },
    async cancel(id, words) {
      const { ended_at: endedAt, state } = await rowOf(id);
      if (state === 'canceled') return;
      if (endedAt !== null)
        throw new OmniError('conflict', `The task ${id} has ended (${state}).`, { data: { state } });
      const workflowId = agentTaskWorkflowId(id);
      // Words are for people: that they cannot be said is no reason to let it go on.
      if (words !== undefined)
        await client.workflow
          .getHandle(workflowId)
          .signal(CANCEL_WORDS_SIGNAL, words)
          .catch(() => undefined);
      await engine.cancel(workflowId);
    },
  };
}

function endOf(outcome: ChildOutcome, { deadline_at: deadline }: AgentTaskRow) {
  const { usage } = outcome;
  if (outcome.status === 'completed') return { state: 'completed', usage };
  if (outcome.status === 'cancelled') return { state: 'canceled', reason: CANCEL_REASON, usage };
  const { type } = outcome.error;
  return { ...endOfFailure(type, deadline !== null && deadline.getTime() <= Date.now()), usage, errorType: type };
}
