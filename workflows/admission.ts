/** Which workflow types are run here. */
import type { Problem } from '../src/plan/problem';
import { problemOf } from '../src/plan/problem';
import { isReservedId } from '../src/plan/reserved-id';

/** Undefined for a definition's id; otherwise why the type is refused, by name. */
export function refusal(workflowType: string): Problem | undefined {
  if (workflowType.includes(':'))
    return problemOf(
      'not-found',
      `The workflow type "${workflowType}" is none of this version's own types. Start a definition by its id instead.`,
    );
  if (isReservedId(workflowType))
    return problemOf(
      'not-found',
      `"${workflowType}" cannot be the id of a definition: ids are lower-case words joined by hyphens ([a-z][a-z0-9-]*) and no word that JavaScript objects use.`,
    );
  return undefined;
}
