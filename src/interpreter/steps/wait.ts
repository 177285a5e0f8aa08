/** `wait`: sleeps for a time, or until one. Its output is when it woke. */
import type { WaitStep } from '../../plan/plan';
import { OmniError } from '../../plan/problem';
import type { Runner, StepContext } from '../context';
import { evaluateAt } from '../scope';
import { waitUntil } from '../wait-until';

export const runWait: Runner<'wait'> = async (step, context) => {
  const deadlineAt = context.record().deadlineAt ?? wakeAt(step, context);
  context.amend({ deadlineAt });
  if (deadlineAt > context.effects.now()) await waitUntil(context, deadlineAt);
  return { kind: 'next', output: new Date(context.effects.now()).toISOString() };
};

function wakeAt(step: WaitStep, context: StepContext): number {
  if (step.until === undefined) return context.record().startedAt + (step.forMs ?? 0);
  const value = evaluateAt(context, step.until, { path: context.path, part: 'until' });
  const at = typeof value === 'string' ? Date.parse(value) : NaN;
  if (Number.isNaN(at))
    throw new OmniError(
      'expression',
      `${context.path} waits until a value of the type ${typeof value} that is no time. Give a timestamp, for example timestamp('2026-12-01T08:00:00Z').`,
    );
  return at;
}
