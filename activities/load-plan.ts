/** Loads what an execution needs that Temporal's own clients started: its plan, the settings of this moment, a checked payload. */
import { Context } from '@temporalio/activity';
import type { LoadPlan, LoadRequest } from '../src/plan/load';
import { validateValue } from '../src/language/validate';
import type { Json, JsonObject } from '../src/plan/json';
import { isObject, own } from '../src/plan/json';
import type { Plan } from '../src/plan/plan';
import { OmniError, problemOf } from '../src/plan/problem';
import type { ActivityDependencies } from './dependencies';
import { asFailure } from './failure';

export function createLoadPlan({
  loadPlan,
  noteStart,
}: Pick<ActivityDependencies, 'loadPlan' | 'noteStart'>): LoadPlan {
  return async ({ id, argument }) => {
    try {
      const { workflowId = '' } = Context.current().info.workflowExecution ?? {};
      let start: ReturnType<typeof checked> | undefined;
      const found = await loadPlan(id, workflowId, (plan) => (start = checked(plan, argument)));
      if (found === undefined)
        throw new OmniError(
          'not-found',
          `There is no definition "${id}". Publish it, or start one that GET /workflows lists.`,
        );
      await noteStart?.(workflowId, found.plan);
      return { ...found, ...(start ?? checked(found.plan, argument)) };
    } catch (thrown) {
      // Only our own refusals are final: a database that is away for a moment is asked again.
      if (thrown instanceof OmniError)
        throw asFailure(thrown.problem, { nonRetryable: !thrown.retryable || thrown.problem.type === 'not-found' });
      throw thrown;
    }
  };
}

function checked(plan: Plan, argument: LoadRequest['argument']): { payload: Json; context: Json; event?: Json } {
  const { payload, context, event } = unwrap(plan, argument);
  const { value, faults } = validateValue(plan.input, payload, '');
  const [first] = faults;
  if (first !== undefined) {
    const problem = problemOf(
      'validation',
      `The payload does not fit ${plan.id} ${plan.version}: ${first.pointer} ${first.detail}`,
      { errors: faults },
    );
    throw asFailure(problem, { nonRetryable: true });
  }
  return { payload: value, context, ...(event === undefined ? {} : { event }) };
}

/**
 * What our own code sends, marked as such; else a bare payload, or `{ payload, context }`: an argument with nothing but these
 * keys, unless the definition has a field `payload` itself.
 */
function unwrap(plan: Plan, argument: Json): { payload: Json; context: Json; event?: Json } {
  if (!isObject(argument) || !isWrapped(plan, argument)) return { payload: argument ?? {}, context: {} };
  const { payload = {}, context = {}, event } = argument;
  return { payload: payload ?? {}, context: context ?? {}, ...(event === undefined ? {} : { event }) };
}

function isWrapped(plan: Plan, argument: JsonObject): boolean {
  if (argument['omni'] === 1) return true;
  const known = Object.keys(argument).every((key) => ['payload', 'context', 'event'].includes(key));
  return known && Object.hasOwn(argument, 'payload') && own(plan.input['properties'], 'payload') === undefined;
}
