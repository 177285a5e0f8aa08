/** A task: a question that a `waitFor` step asks people, as an inbox shows it. */
import type { AskedCall } from '../plan/agent-loop';
import type { JsonObject, JsonSchema } from '../plan/json';
import type { Plan } from '../plan/plan';
import { OmniError } from '../plan/problem';
import type { Delegation, ExecutionState, StepRecord } from '../plan/record';
import { questionsOf } from './questions';
import { isOpen } from './status';

export interface Task {
  readonly id: string;
  readonly executionId: string;
  /** Id of the definition. */
  readonly workflow: string;
  /** Name of the step. */
  readonly step: string;
  readonly path: string;
  /** What the definition says of the step. */
  readonly description?: string;
  readonly signal: string;
  /** `closed`: the step ended without an answer. */
  readonly status: 'open' | 'answered' | 'closed';
  /** Who may answer now; empty: anyone. */
  readonly roles: readonly string[];
  /** Who may answer by name, because it was delegated to them. */
  readonly people: readonly string[];
  /** Oldest first. */
  readonly delegations: readonly GivenDelegation[];
  readonly openedAt: string;
  readonly deadline?: string;
  /** JSON Schema of the answer. */
  readonly form: JsonSchema;
  /** How many reminders have come. */
  readonly reminded: number;
  /** How many messages did not fit and were ignored. */
  readonly refused: number;
  /** Of a model, that is to be agreed to. */
  readonly call?: AskedCall;
  readonly answer?: GivenAnswer;
}

export interface GivenAnswer {
  readonly data: JsonObject;
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
}

export type GivenDelegation = Pick<Delegation, 'to' | 'by'> & {
  /** ISO 8601. */
  readonly at: string;
};

export interface TaskPlace {
  readonly executionId: string;
  readonly path: string;
}

/** The same task always has the same id. */
export function taskId({ executionId, path }: TaskPlace): string {
  return Buffer.from(`${executionId}\n${path}`).toString('base64url');
}

/** Throws `not-found` for what was never a task's id. */
export function taskPlace(id: string): TaskPlace {
  const text = /^[\w-]+$/.test(id) ? Buffer.from(id, 'base64url').toString('utf8') : '';
  const [executionId = '', path = '', ...rest] = text.split('\n');
  const place = { executionId, path };
  if (executionId === '' || path === '' || rest.length > 0 || taskId(place) !== id) throw noTask(id);
  return place;
}

export function noTask(id: string): OmniError {
  return new OmniError('not-found', `There is no task ${id}. GET /tasks lists those that are open.`);
}

/** All that an execution asks and has asked; `plan` knows the forms. */
export function tasksOf(state: ExecutionState, executionId: string, plan: Plan | undefined): readonly Task[] {
  const questions = plan === undefined ? undefined : questionsOf(plan);
  return state.steps.flatMap((record) => {
    if (record.task === undefined) return [];
    const { signal, openedAt, roles, people = [], delegations = [], reminded, refused, call, answer } = record.task;
    const step = questions?.get(record.name)?.step;
    const { path, name, deadlineAt } = record;
    return [
      {
        id: taskId({ executionId, path }),
        executionId,
        workflow: state.definition.id,
        step: name,
        path,
        ...described(step?.description, call),
        signal,
        status: taskStatus(state, record),
        roles,
        people,
        delegations: delegations.map(({ to, by, at }) => ({ to, by, at: iso(at) })),
        openedAt: iso(openedAt),
        ...(deadlineAt === undefined ? {} : { deadline: iso(deadlineAt) }),
        form: step?.form ?? (call === undefined ? {} : record.task.form),
        reminded: reminded.reduce((sum, times) => sum + times, 0),
        refused,
        ...(call === undefined ? {} : { call }),
        ...(answer === undefined ? {} : { answer: { data: answer.data, by: answer.by, at: iso(answer.at) } }),
      },
    ];
  });
}

function described(written: string | undefined, call: AskedCall | undefined): Pick<Task, 'description'> {
  const description =
    written ?? (call && `An agent asks whether it may call ${call.tool}, once, with these arguments.`);
  return description === undefined ? {} : { description };
}

/** A step whose handler runs (`onTimeout`) asks no more. */
export function taskStatus({ status: whole }: ExecutionState, { status, task, handler }: StepRecord): Task['status'] {
  if (task?.answer !== undefined) return 'answered';
  return isOpen(whole) && status === 'running' && handler === undefined ? 'open' : 'closed';
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
