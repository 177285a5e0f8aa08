/** The `waitFor` steps of a plan: what an execution may ask, and which messages it takes. */
import { stepPlaces } from '../plan/paths';
import type { Plan, WaitForStep } from '../plan/plan';

export interface Question {
  readonly step: WaitForStep;
  /** Path of its record. Absent where it may be asked more than once. */
  readonly path?: string;
}

/** By the name of the step. */
export function questionsOf(plan: Plan): ReadonlyMap<string, Question> {
  const questions = new Map<string, Question>();
  for (const [name, { step, pattern }] of stepPlaces(plan))
    if (step.kind === 'waitFor') questions.set(name, pattern.includes('[]') ? { step } : { step, path: pattern });
  return questions;
}
