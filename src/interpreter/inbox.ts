/** Answers from outside: which open question they belong to, whether they may be given, and what becomes of early ones. */
import type { JsonObject } from '../plan/json';
import type { Problem } from '../plan/problem';
import { problemOf } from '../plan/problem';
import { isObject } from '../plan/json';
import { stepPlaces } from '../plan/paths';
import type { Plan } from '../plan/plan';
import type { AnswerArgument } from '../plan/record';
import { misfits } from '../plan/schema-fit';
import type { Letter, LiveState } from './state';
import { post } from './state';

/**
 * Why an answer is refused; undefined when it may be given. Changes nothing. Goes by the record alone: an execution that has just
 * continued as new takes answers before its walk has come past the question again.
 */
export function answerRefusal(state: LiveState, { path, data, roles }: AnswerArgument): Problem | undefined {
  const record = state.records.get(path);
  const task = record?.task;
  if (task?.answer !== undefined) {
    const by = { by: task.answer.by, at: new Date(task.answer.at).toISOString() };
    return problemOf('conflict', `${path} was answered by ${by.by} at ${by.at}.`, { data: by });
  }
  if (task === undefined || record?.status !== 'running')
    return problemOf('not-found', `Nothing waits for an answer at ${path}.`);
  if (task.roles.length > 0 && !roles.some((role) => task.roles.includes(role)))
    return problemOf('authorization', `${path} is to be answered by ${task.roles.join(' or ')}.`);
  const errors = misfits(task.form, data, '/data');
  const [first] = errors;
  if (first === undefined) return undefined;
  return problemOf('validation', `The answer does not fit the form: ${first.pointer} ${first.detail}`, { errors });
}

/** Gives an answer that was not refused. */
export function answer(state: LiveState, { path, data, by }: AnswerArgument, at: number): void {
  const given = { answer: { data, by, at } };
  const open = state.open.get(path);
  if (open !== undefined) return open.change(given);
  const record = state.records.get(path);
  if (record?.task !== undefined) state.records.set(path, { ...record, task: { ...record.task, ...given } });
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
  const open = waiting.find(({ step }) => step.from.length === 0);
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
