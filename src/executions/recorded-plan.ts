/** The plan that an execution runs, from its own history: it keeps the definition that it began with, whatever is published since. */
import type { Client } from '@temporalio/client';
import type { Json } from '../plan/json';
import { isObject, own } from '../plan/json';
import { LOAD_PLAN_ACTIVITY } from '../plan/load';
import type { Plan } from '../plan/plan';
import type { HistoryEvent } from './execution';
import { readHistory } from './history';

/** The plan comes with the start, or with the first thing that an execution does. */
const LOOKED_AT = 50;

/** Undefined when the execution is none of a definition, or has not loaded its plan yet. Throws `not-found`. */
export async function recordedPlan(client: Client, executionId: string): Promise<Plan | undefined> {
  const { events } = await readHistory(client, executionId, { limit: LOOKED_AT });
  return events.map(planIn).find((plan) => plan !== undefined);
}

function planIn({ type, attributes }: HistoryEvent): Plan | undefined {
  if (type === 'WorkflowExecutionStarted') return planOf(own(first(attributes['input']), 'plan'));
  if (type !== 'MarkerRecorded' || attributes['markerName'] !== 'core_local_activity') return undefined;
  const { details = null } = attributes;
  if (own(first(own(details, 'data')), 'activity_type') !== LOAD_PLAN_ACTIVITY) return undefined;
  return planOf(own(first(own(details, 'result')), 'plan'));
}

function planOf(value: Json | undefined): Plan | undefined {
  return isObject(value) && Array.isArray(value['steps']) ? (value as unknown as Plan) : undefined;
}

function first(value: Json | undefined): Json | undefined {
  return Array.isArray(value) ? (value[0] as Json | undefined) : value;
}
