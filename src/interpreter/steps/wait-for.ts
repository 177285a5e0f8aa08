/** `waitFor`: asks people, or waits for a message, with reminders and an end of patience. */
import type { Json } from '../../plan/json';
import type { Reminder, WaitForStep } from '../../plan/plan';
import { OmniError, problemOf } from '../../plan/problem';
import type { TaskAnswer, TaskRecord } from '../../plan/record';
import { misfits } from '../../plan/schema-fit';
import { CancelToken } from '../cancel-token';
import type { Runner, StepContext, StepResult } from '../context';
import { dataOf } from '../inbox';
import { forget, isRunningWithin } from '../state';
import { waitUntil } from '../wait-until';

interface Due {
  readonly at: number;
  /** Position among the step's reminders. */
  readonly index: number;
}

export const runWaitFor: Runner<'waitFor'> = async (step, context) => {
  const { record, amend, state, path, effects } = context;
  if (record().task === undefined) {
    const task: TaskRecord = {
      signal: step.signal,
      form: step.form,
      openedAt: effects.now(),
      roles: step.from,
      reminded: step.reminders.map(() => 0),
      refused: 0,
      ...(step.call === undefined ? {} : { call: step.call }),
    };
    amend({
      task: { ...task, ...early(step, context) },
      ...(step.timeoutMs === undefined ? {} : { deadlineAt: effects.now() + step.timeoutMs }),
    });
  }
  let wake: () => void = () => undefined;
  const change = (fields: Partial<TaskRecord>): void => {
    amend({ task: { ...taskOf(context), ...fields } });
    if (fields.answer !== undefined) wake();
  };
  state.open.set(path, { step, record, change });
  effects.awaiting(state.open);
  try {
    await endReminder(step, context);
    for (;;) {
      const { answer } = taskOf(context);
      if (answer !== undefined) return answered(answer);
      const due = nextReminder(step, taskOf(context));
      const { deadlineAt = Infinity } = record();
      const now = effects.now();
      if (now >= deadlineAt) throw outOfPatience(step, context);
      if (due !== undefined && due.at <= now) await remind(step, context, due.index);
      else {
        const at = Math.min(deadlineAt, due?.at ?? Infinity);
        await waitUntil(context, at === Infinity ? undefined : at, new Promise((resolve) => (wake = resolve)));
      }
    }
  } finally {
    state.open.delete(path);
    effects.awaiting(state.open);
  }
};

function taskOf({ record, path }: StepContext): TaskRecord {
  const { task } = record();
  if (task === undefined) throw new OmniError('internal', `${path} waits without a task on record.`);
  return task;
}

/** The oldest message that came before the step asked, and fits. */
function early(step: WaitForStep, { state }: StepContext): Partial<TaskRecord> {
  if (step.from.length > 0 || step.call !== undefined) return {};
  const fitting = state.mailbox.find((letter) => {
    const data = letter.name === step.signal ? dataOf(letter) : undefined;
    return data !== undefined && misfits(step.form, data, '').length === 0;
  });
  if (fitting === undefined) return {};
  state.mailbox = state.mailbox.filter((letter) => letter !== fitting);
  return { answer: { data: dataOf(fitting) ?? {}, by: 'unverified', at: fitting.at } };
}

function answered({ data, by, at }: TaskAnswer): StepResult {
  const output: Json = { ...data, by, at: new Date(at).toISOString() };
  return { kind: 'next', output };
}

function outOfPatience(step: WaitForStep, { path }: StepContext): OmniError {
  return new OmniError('timeout', `Nobody answered ${path} within ${step.timeoutMs} ms.`);
}

function nextReminder({ reminders }: WaitForStep, { openedAt, reminded }: TaskRecord): Due | undefined {
  return reminders
    .map((reminder, index) => ({ index, at: comesAt(reminder, openedAt, reminded[index] ?? 0) }))
    .reduce<Due | undefined>(
      (first, one) => (one.at === Infinity || (first !== undefined && first.at <= one.at) ? first : one),
      undefined,
    );
}

function comesAt({ afterMs, everyMs }: Reminder, openedAt: number, times: number): number {
  if (everyMs !== undefined) return openedAt + everyMs * (times + 1);
  return times === 0 ? openedAt + (afterMs ?? 0) : Infinity;
}

/** Closes the reminder that an earlier round was amid when the answer came, or the time was over. */
async function endReminder(step: WaitForStep, context: StepContext): Promise<void> {
  const { task, deadlineAt = Infinity } = context.record();
  const isOver = task?.answer !== undefined || context.effects.now() >= deadlineAt;
  if (!isOver || !isRunningWithin(context.state, context.path)) return;
  const cancel = new CancelToken();
  cancel.cancel(problemOf('cancelled', `${context.path} is over.`, { step: context.path }));
  for (const { steps } of step.reminders) {
    const prefix = `${context.path}.reminders[${timesReminded(context)}].`;
    await context.runSteps(steps, { ...context, prefix, cancel }).catch(() => undefined);
  }
}

function timesReminded(context: StepContext): number {
  return taskOf(context).reminded.reduce((sum, count) => sum + count, 0);
}

/** Runs a reminder's steps. Their failure is on record and changes nothing. */
async function remind(step: WaitForStep, context: StepContext, index: number): Promise<void> {
  const { to = [], steps = [] } = step.reminders[index] ?? {};
  const prefix = `${context.path}.reminders[${timesReminded(context)}].`;
  const cancel = new CancelToken(context.cancel);
  await context.runSteps(steps, { ...context, prefix, cancel }).catch(() => undefined);
  cancel.release();
  context.cancel.throwIfCancelled();
  const { reminded, roles } = taskOf(context);
  context.amend({
    task: {
      ...taskOf(context),
      reminded: reminded.map((count, i) => (i === index ? count + 1 : count)),
      roles: [...new Set([...roles, ...(roles.length > 0 ? to : [])])],
    },
  });
  forget(context.state, prefix);
  context.effects.awaiting(context.state.open);
}
