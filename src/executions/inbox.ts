/** The inbox: open tasks of all executions, found by the search attribute in which each shows what it waits for. */
import type { Client } from '@temporalio/client';
import type { Plan } from '../plan/plan';
import type { ExecutionState } from '../plan/record';
import { asked } from './failure';
import { fromCursor, toCursor } from './history';
import { quoted } from './list';
import { recordedPlan } from './recorded-plan';
import { queryState, stateOf } from './state';
import type { Task } from './task';
import { noTask, taskPlace, tasksOf } from './task';

export interface TaskFilter {
  /** Tasks that this role may answer, those for anyone included. */
  readonly role?: string;
  /** Tasks that were delegated to somebody by this name; with `role` those of either. */
  readonly person?: string;
  readonly workflow?: string;
  readonly cursor?: string;
}

export interface TaskPage {
  /** Of one execution after the other, newest execution first; oldest task first within each. */
  readonly tasks: readonly Task[];
  /** Executions that have tasks, of which no worker told more. */
  readonly unreachable: readonly string[];
  readonly next?: string;
}

export interface Inbox {
  /** Throws `validation` for a cursor that is not ours. A new task shows up after a moment: visibility trails the engine. */
  list(filter: TaskFilter): Promise<TaskPage>;
  /** A task, answered and closed ones included. Throws `not-found`, `provider-unavailable`. */
  get(id: string): Promise<Task>;
}

export interface InboxDependencies {
  readonly client: Client;
  readonly taskQueue: string;
}

/** Executions looked at for one page. */
const PAGE = 50;
/** Executions in a row that are asked for their state at once. */
const AT_ONCE = 10;
/** Pages that are passed over for one request because nobody in that role may answer anything on them. */
const MAX_EMPTY_PAGES = 20;
/** Plans are kept by hash, because most executions share a few. */
const MAX_PLANS = 200;
export function createInbox({ client, taskQueue }: InboxDependencies): Inbox {
  const plans = new Map<string, Plan>();
  const planFor = async (executionId: string, { definition }: ExecutionState): Promise<Plan | undefined> => {
    const known = plans.get(definition.hash);
    if (known !== undefined) return known;
    const plan = await recordedPlan(client, executionId);
    if (plan === undefined) return undefined;
    if (plans.size >= MAX_PLANS) plans.clear();
    plans.set(definition.hash, plan);
    return plan;
  };
  const open = async (executionId: string, who: Who): Promise<readonly Task[] | undefined> => {
    const state = await queryState(client, executionId);
    if (state === undefined) return undefined;
    if (!state.steps.some(({ task }) => task !== undefined)) return [];
    const plan = await planFor(executionId, state).catch(() => undefined);
    return tasksOf(state, executionId, plan).filter((task) => task.status === 'open' && answerable(task, who));
  };
  return {
    async list({ workflow, cursor, ...who }) {
      const tasks: Task[] = [];
      const unreachable: string[] = [];
      let next = cursor;
      for (
        let page = 0;
        page === 0 || (page < MAX_EMPTY_PAGES && next !== undefined && tasks.length === 0);
        page += 1
      ) {
        const found = await waitingExecutions({ client, taskQueue }, { ...who, workflow, cursor: next });
        next = found.next;
        const { ids } = found;
        for (let from = 0; from < ids.length; from += AT_ONCE) {
          const some = ids.slice(from, from + AT_ONCE);
          const answers = await Promise.all(some.map((id) => open(id, who)));
          answers.forEach((answer, i) =>
            answer === undefined ? unreachable.push(some[i] ?? '') : tasks.push(...answer),
          );
        }
      }
      return { tasks, unreachable, ...(next === undefined ? {} : { next }) };
    },
    async get(id) {
      const { executionId, path } = taskPlace(id);
      const state = await stateOf(client, executionId);
      const plan = await planFor(executionId, state);
      const task = tasksOf(state, executionId, plan).find((one) => one.path === path);
      if (task === undefined) throw noTask(id);
      return task;
    },
  };
}

type Who = Pick<TaskFilter, 'role' | 'person'>;

function answerable({ roles, people }: Task, { role, person }: Who): boolean {
  if (role === undefined && person === undefined) return true;
  if (person !== undefined && people.includes(person)) return true;
  return role !== undefined && (roles.length === 0 || roles.includes(role));
}

/** Entries of the attribute that leave it possible that there is a task for them. */
function entriesFor({ role, person }: Who): readonly string[] {
  return [
    ...(role === undefined ? [] : [role, 'anyone', '@more']),
    ...(person === undefined ? [] : ['@people', '@more']),
  ];
}

interface Waiting {
  readonly ids: readonly string[];
  readonly next?: string;
}

async function waitingExecutions(
  { client, taskQueue }: InboxDependencies,
  { workflow, cursor, ...who }: Who & { readonly workflow: string | undefined; readonly cursor: string | undefined },
): Promise<Waiting> {
  const entries = entriesFor(who);
  const query = [
    `TaskQueue = ${quoted(taskQueue)}`,
    `ExecutionStatus = 'Running'`,
    entries.length === 0 ? 'OmniAwaiting IS NOT NULL' : `OmniAwaiting IN (${entries.map(quoted).join(', ')})`,
    ...(workflow === undefined ? [] : [`WorkflowType = ${quoted(workflow)}`]),
  ].join(' AND ');
  const answer = await asked('', () =>
    client.workflowService.listWorkflowExecutions({
      namespace: client.options.namespace,
      pageSize: PAGE,
      query,
      ...(cursor === undefined ? {} : { nextPageToken: fromCursor(cursor) }),
    }),
  );
  const token = answer.nextPageToken;
  return {
    ids: (answer.executions ?? []).map(({ execution }) => execution?.workflowId ?? ''),
    ...(token === undefined || token === null || token.length === 0 ? {} : { next: toCursor(token) }),
  };
}
