/** Which workflow types are run here. */
import { OWN_TYPES } from '../src/plan/own-types';
import type { Problem } from '../src/plan/problem';
import { problemOf } from '../src/plan/problem';
import { isReservedId } from '../src/plan/reserved-id';

/** Undefined for a definition's id and for types of our own; otherwise why the type is refused, by name. */
export function refusal(workflowType: string): Problem | undefined {
  if (OWN_TYPES.includes(workflowType)) return undefined;
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
