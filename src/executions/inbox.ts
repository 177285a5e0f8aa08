/** The inbox: open tasks of all executions, found by the search attribute in which each shows what it waits for. */
import type { Client } from '@temporalio/client';
import type { Json } from '../plan/json';
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
/** As many entries as the attribute may have; beyond it the execution itself has to be asked. */
const MAX_ENTRIES = 50;

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
  const open = async (executionId: string, role: string | undefined): Promise<readonly Task[] | undefined> => {
    const state = await queryState(client, executionId);
    if (state === undefined) return undefined;
    if (!state.steps.some(({ task }) => task !== undefined)) return [];
    const plan = await planFor(executionId, state).catch(() => undefined);
    return tasksOf(state, executionId, plan).filter((task) => task.status === 'open' && answerable(task, role));
  };
  return {
    async list({ role, workflow, cursor }) {
      const tasks: Task[] = [];
      const unreachable: string[] = [];
      let next = cursor;
      for (
        let page = 0;
        page === 0 || (page < MAX_EMPTY_PAGES && next !== undefined && tasks.length === 0);
        page += 1
      ) {
        const found = await waitingExecutions({ client, taskQueue }, { workflow, cursor: next });
        next = found.next;
        const ids = found.executions.filter(({ awaiting }) => concerns(awaiting, role)).map(({ id }) => id);
        for (let from = 0; from < ids.length; from += AT_ONCE) {
          const some = ids.slice(from, from + AT_ONCE);
          const answers = await Promise.all(some.map((id) => open(id, role)));
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

function answerable({ roles }: Task, role: string | undefined): boolean {
  return role === undefined || roles.length === 0 || roles.includes(role);
}

/** Whether the attribute's entries, `<role>:<step>`, leave it possible that somebody in that role may answer. */
function concerns(awaiting: readonly string[], role: string | undefined): boolean {
  if (role === undefined || awaiting.length >= MAX_ENTRIES) return true;
  return awaiting.some((entry) => entry.startsWith(`${role}:`) || entry.startsWith('anyone:'));
}

interface Waiting {
  readonly executions: readonly { readonly id: string; readonly awaiting: readonly string[] }[];
  readonly next?: string;
}

async function waitingExecutions(
  { client, taskQueue }: InboxDependencies,
  { workflow, cursor }: { readonly workflow: string | undefined; readonly cursor: string | undefined },
): Promise<Waiting> {
  const query = [
    `TaskQueue = ${quoted(taskQueue)}`,
    `ExecutionStatus = 'Running'`,
    'OmniAwaiting IS NOT NULL',
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
    executions: (answer.executions ?? []).map(({ execution, searchAttributes }) => ({
      id: execution?.workflowId ?? '',
      awaiting: entriesOf(searchAttributes?.indexedFields?.['OmniAwaiting']?.data),
    })),
    ...(token === undefined || token === null || token.length === 0 ? {} : { next: toCursor(token) }),
  };
}

function entriesOf(data: Uint8Array | null | undefined): readonly string[] {
  if (data === undefined || data === null) return [];
  const value = JSON.parse(Buffer.from(data).toString('utf8')) as Json;
  return (Array.isArray(value) ? value : [value]).filter((entry) => typeof entry === 'string');
}
