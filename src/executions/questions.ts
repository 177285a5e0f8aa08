/** The `waitFor` steps of a plan: what an execution may ask, and which messages it takes. */
import { listsOf } from '../language/plan-lists';
import type { Plan, Step, WaitForStep } from '../plan/plan';

export interface Question {
  readonly step: WaitForStep;
  /** It stands where it may be asked more than once. */
  readonly repeated: boolean;
}

/** By the name of the step. */
export function questionsOf(plan: Plan): ReadonlyMap<string, Question> {
  const questions = new Map<string, Question>();
  const visit = (steps: readonly Step[], repeated: boolean): void => {
    for (const step of steps) {
      if (step.kind === 'waitFor') questions.set(step.name, { step, repeated });
      const loops = step.kind === 'forEach' || step.kind === 'repeat' || step.kind === 'waitFor';
      for (const list of listsOf(step)) visit(list, repeated || loops);
    }
  };
  visit(plan.steps, false);
  visit(plan.finally ?? [], false);
  return questions;
}
