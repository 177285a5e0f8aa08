/** Problems as Temporal's failures: the type survives as the failure's type, the whole problem as its first detail. */
import { ApplicationFailure } from '@temporalio/workflow';
import type { Problem } from '../src/plan/problem';

export function asFailure(problem: Problem): ApplicationFailure {
  const where = problem.step === undefined ? '' : `${problem.step}: `;
  return ApplicationFailure.create({
    message: `${where}${problem.title}. ${problem.detail}`,
    type: problem.type,
    nonRetryable: true,
    details: [problem],
  });
}
