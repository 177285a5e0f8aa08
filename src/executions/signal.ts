/** Signals to a running execution: only those that a step of its definition still waits for. */
import type { Client } from '@temporalio/client';
import type { Json } from '../plan/json';
import type { Plan } from '../plan/plan';
import { OmniError } from '../plan/problem';
import type { ExecutionState } from '../plan/record';
import { tell } from './message';
import type { Question } from './questions';
import { questionsOf } from './questions';
import { recordedPlan } from './recorded-plan';
import { queryState } from './state';

/**
 * Delivers a signal; one that comes before its step is kept. Throws `validation` for a name of Temporal's own, `not-found`, and
 * `conflict` when the execution has ended or no step can take the signal any more.
 */
export async function signalExecution(client: Client, executionId: string, name: string, data: Json): Promise<void> {
  if (name.startsWith('__'))
    throw new OmniError('validation', `Signals whose name begins with two underscores are Temporal's own: ${name}.`);
  await tell(client, executionId, async () => {
    const plan = await recordedPlan(client, executionId);
    // Before its first task nobody knows what it will wait for.
    if (plan !== undefined) refuseUnheard(plan, await queryState(client, executionId), name);
    await client.workflow.getHandle(executionId).signal(name, data);
  });
}

function refuseUnheard(plan: Plan, state: ExecutionState | undefined, name: string): void {
  const questions = [...questionsOf(plan).values()];
  const asking = questions.filter(({ step }) => step.signal === name);
  const open = asking.filter(({ step }) => step.from.length === 0);
  const signals = [...new Set(questions.filter(({ step }) => step.from.length === 0).map(({ step }) => step.signal))];
  if (asking.length === 0)
    throw new OmniError('conflict', `No step of ${plan.id} waits for the signal ${name}. ${known(signals)}`, {
      data: { signals },
    });
  if (open.length === 0) {
    const roles = [...new Set(asking.flatMap(({ step }) => step.from))];
    throw new OmniError(
      'conflict',
      `The signal ${name} of ${plan.id} is to be answered by ${roles.join(' or ')}: POST /tasks/:id/answer. ${known(signals)}`,
      { data: { signals, roles } },
    );
  }
  if (state !== undefined && open.every((question) => isOver(question, state)))
    throw new OmniError('conflict', `Every step of ${plan.id} that waits for the signal ${name} is over.`, {
      data: { signals },
    });
}

function known(signals: readonly string[]): string {
  return signals.length === 0 ? 'It waits for no signal at all.' : `It waits for: ${signals.join(', ')}.`;
}

function isOver({ path }: Question, { steps }: ExecutionState): boolean {
  const record = steps.find((one) => one.path === path);
  return record !== undefined && (record.status !== 'running' || record.task?.answer !== undefined);
}
