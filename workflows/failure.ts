/** Problems as Temporal's failures: the type survives as the failure's type, the whole problem as its first detail. */
import { ApplicationFailure } from '@temporalio/workflow';
import type { Problem } from '../src/plan/problem';
import type { Usage } from '../src/plan/record';

/** `usage`: what the execution had spent, for the one that started it. */
export function asFailure(problem: Problem, usage?: Usage): ApplicationFailure {
  const where = problem.step === undefined ? '' : `${problem.step}: `;
  return ApplicationFailure.create({
    message: `${where}${problem.title}. ${problem.detail}`,
    type: problem.type,
    nonRetryable: true,
    details: usage === undefined ? [problem] : [problem, usage],
  });
}
