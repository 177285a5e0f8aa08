/** Answers from outside: which open question they belong to, whether they may be given, and what becomes of early ones. */
import type { JsonObject } from '../plan/json';
import type { Problem } from '../plan/problem';
import { problemOf } from '../plan/problem';
import { isObject } from '../plan/json';
import { stepPlaces } from '../plan/paths';
import type { Plan } from '../plan/plan';
import type { AnswerArgument, DelegateArgument, TaskRecord } from '../plan/record';
import { misfits } from '../plan/schema-fit';
import type { Letter, LiveState } from './state';
import { post } from './state';

/**
 * Why an answer is refused; undefined when it may be given. Changes nothing. Goes by the record alone: an execution that has just
 * continued as new takes answers before its walk has come past the question again.
 */
export function answerRefusal(state: LiveState, { path, data, ...asker }: AnswerArgument): Problem | undefined {
  const task = openTask(state, path, asker);
  if ('type' in task) return task;
  const errors = misfits(task.form, data, '/data');
  const [first] = errors;
  if (first === undefined) return undefined;
  return problemOf('validation', `The answer does not fit the form: ${first.pointer} ${first.detail}`, { errors });
}

/** Of one task; more say that nobody will do it. */
const MAX_DELEGATIONS = 100;

/** Why a task is not delegated; undefined when it may be. Changes nothing. */
export function delegationRefusal(state: LiveState, { path, ...asker }: DelegateArgument): Problem | undefined {
  const task = openTask(state, path, asker);
  if ('type' in task) return task;
  if (task.roles.length === 0)
    return problemOf('conflict', `Anyone may answer ${path}, so there is nothing to delegate.`);
  if ((task.delegations ?? []).length >= MAX_DELEGATIONS)
    return problemOf('conflict', `${path} was delegated ${MAX_DELEGATIONS} times, which is the limit.`);
  return undefined;
}

type Asker = Pick<AnswerArgument, 'by' | 'roles'>;

/** The task as it stands open, or why this one may do nothing with it. */
function openTask({ records }: LiveState, path: string, { by, roles }: Asker): TaskRecord | Problem {
  const record = records.get(path);
  const task = record?.task;
  if (task?.answer !== undefined) {
    const given = { by: task.answer.by, at: new Date(task.answer.at).toISOString() };
    return problemOf('conflict', `${path} was answered by ${given.by} at ${given.at}.`, { data: given });
  }
  if (task === undefined || record?.status !== 'running')
    return problemOf('not-found', `Nothing waits for an answer at ${path}.`);
  const { people = [] } = task;
  if (task.roles.length === 0 || roles.some((role) => task.roles.includes(role)) || people.includes(by)) return task;
  const named = people.length === 0 ? '' : ', or by those whom it was delegated to';
  return problemOf('authorization', `${path} is to be answered by ${task.roles.join(' or ')}${named}.`);
}

/** Lets others answer too, as nobody has refused. Doing it twice is doing it once. */
export function delegate(state: LiveState, { path, to, by }: DelegateArgument, at: number): void {
  const task = state.records.get(path)?.task;
  if (task === undefined) return;
  const { people = [], delegations = [] } = task;
  const known = 'role' in to ? task.roles.includes(to.role) : people.includes(to.person);
  if (known) return;
  const allowed = 'role' in to ? { roles: [...task.roles, to.role] } : { people: [...people, to.person] };
  write(state, path, { ...allowed, delegations: [...delegations, { to, by, at }] });
}

/** Gives an answer that was not refused. */
export function answer(state: LiveState, { path, data, by }: AnswerArgument, at: number): void {
  write(state, path, { answer: { data, by, at } });
}

function write(state: LiveState, path: string, fields: Partial<TaskRecord>): void {
  const open = state.open.get(path);
  if (open !== undefined) return open.change(fields);
  const record = state.records.get(path);
  if (record?.task !== undefined) state.records.set(path, { ...record, task: { ...record.task, ...fields } });
}

/** Kept of a name that nothing in the plan asks for. */
const STRANGERS_KEPT = 100;
/** Kept of a name that a step asks for: many may arrive between two of its rounds. */
const EXPECTED_KEPT = 10_000;

/** A plain signal: answers the question that has waited longest, or is kept until one asks for it. */
export function receive(state: LiveState, letter: Letter, expected: ReadonlySet<string>): void {
  const waiting = [...state.open.values()]
    .filter(({ step, record }) => step.signal === letter.name && record().task?.answer === undefined)
    .sort((a, b) => (a.record().task?.openedAt ?? 0) - (b.record().task?.openedAt ?? 0));
  const open = waiting.find(({ step }) => step.from.length === 0 && step.call === undefined);
  if (open === undefined) {
    const [asked] = waiting;
    if (asked === undefined) post(state, letter, expected.has(letter.name) ? EXPECTED_KEPT : STRANGERS_KEPT);
    else asked.change({ refused: (asked.record().task?.refused ?? 0) + 1 });
    return;
  }
  const data = dataOf(letter);
  if (data !== undefined && misfits(open.step.form, data, '').length === 0)
    open.change({ answer: { data, by: 'unverified', at: letter.at } });
  else open.change({ refused: (open.record().task?.refused ?? 0) + 1 });
}

/** The messages that the steps of a plan ask for. */
export function expectedMessages(plan: Plan): ReadonlySet<string> {
  const steps = [...stepPlaces(plan).values()].map(({ step }) => step);
  return new Set(steps.flatMap((step) => (step.kind === 'waitFor' ? [step.signal] : [])));
}

export function dataOf({ payload }: Letter): JsonObject | undefined {
  if (payload === null) return {};
  return isObject(payload) ? payload : undefined;
}
