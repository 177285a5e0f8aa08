/** What an execution starts from: sent along by our own code, or, for a start by Temporal's clients, loaded once and recorded. */
import { proxyLocalActivities, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { isObject } from '../src/plan/json';
import type { Json } from '../src/plan/json';
import type { LoadPlan, Loaded } from '../src/plan/load';
import { LOAD_PLAN_ACTIVITY } from '../src/plan/load';
import { OmniError } from '../src/plan/problem';
import type { ParentLink, StartArgument } from '../src/plan/record';
import type { Timetable } from '../src/plan/timetable';
import { versionAttribute } from './search-attributes';

const local = proxyLocalActivities<Record<string, LoadPlan>>({
  startToCloseTimeout: '15s',
  retry: { initialInterval: '500ms', maximumAttempts: 8 },
});

/** Of a scenario, whose executions hand it on. */
export function timetableOf(argument: unknown): Timetable | undefined {
  return isStart(argument) ? argument.timetable : undefined;
}

export type Start = Loaded & { readonly parent?: ParentLink };

/** No promise where everything came along. */
export function loadStart(argument: unknown): Start | Promise<Start> {
  if (isStart(argument) && argument.plan !== undefined && argument.snapshot !== undefined) {
    const { plan, snapshot, payload, context, event } = argument;
    return { plan, snapshot, payload, context, ...(event === undefined ? {} : { event }), ...parentOf(argument) };
  }
  return load(argument);
}

async function load(argument: unknown): Promise<Start> {
  const loadPlan = local[LOAD_PLAN_ACTIVITY];
  if (loadPlan === undefined) throw new OmniError('internal', 'The activity that loads plans is not there.');
  const loaded = await loadPlan({ id: workflowInfo().workflowType, argument: (argument ?? null) as Json });
  upsertSearchAttributes([{ key: versionAttribute, value: loaded.plan.version }]);
  return { ...loaded, ...parentOf(argument) };
}

function parentOf(argument: unknown): { readonly parent?: ParentLink } {
  return isStart(argument) && argument.parent !== undefined ? { parent: argument.parent } : {};
}

function isStart(argument: unknown): argument is StartArgument {
  return isObject(argument) && argument['omni'] === 1;
}
