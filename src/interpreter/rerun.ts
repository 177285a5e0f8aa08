/**
 * Reruns: what a new execution takes over from a closed one. The plan is walked as an execution walks it, but only over records:
 *
 * - a step that has ended well, and lies before the step to begin with, keeps its record and will answer from it;
 * - the step to begin with, what comes after it, what failed, was cancelled or undone loses its record and will run;
 * - what holds such steps goes on: its record is `running` again.
 */
import type { Plan } from '../plan/plan';
import { OmniError } from '../plan/problem';
import type { RerunArgument, StepRecord } from '../plan/record';
import { addUsage, NO_USAGE } from '../plan/record';
import { stepPlaces } from '../plan/paths';
import { variablesAfter } from './assignments';
import { pathToBegin, refuseUnknown } from './rerun-refusal';
import { Survey } from './rerun-survey';
import type { CarriedState, LiveState } from './state';
import { carry } from './state';

/** The state that the rerun begins with. Throws `not-found`, `validation` and `conflict`, each with what to do. */
export function rerunState(plan: Plan, state: LiveState, { of, from: wanted }: RerunArgument): CarriedState {
  const places = stepPlaces(plan);
  const from = wanted === undefined ? undefined : pathToBegin(wanted, state, places);
  const undone = undoneSteps(state);
  const survey = new Survey(state, { from, undone });
  if (survey.list(plan.steps, '') === 'done')
    throw new OmniError(
      'validation',
      `Every step of ${of} has ended well, so nothing is left to be run again. Name the step to begin with: { "from": <step> }.`,
      { errors: [{ pointer: '/from', detail: 'is missing' }] },
    );
  const kept = [...state.records.values()].flatMap(({ path }) => survey.records.get(path) ?? []);
  const lost = [...state.records.values()].filter(({ path }) => !survey.records.has(path));
  refuseUnknown({ lost, from, undone, places });
  const assignments = state.assignments.filter(({ path }) => survey.records.has(path));
  return {
    ...withoutEnd(carry(state)),
    startedAt: 0,
    records: kept,
    loops: [...survey.loops],
    vars: variablesAfter({ records: survey.records, assignments }),
    assignments,
    undo: state.undo.filter(({ path }) => survey.records.has(path)),
    undone: counted(state.undone ?? {}, undone),
    usage: NO_USAGE,
    endUsage: NO_USAGE,
    means: {},
    waitedMs: 0,
    rerun: {
      of,
      origin: state.origin,
      ...(from === undefined ? {} : { from }),
      reused: kept.filter(({ reused }) => reused === true).length,
      usage: [state.usage, state.endUsage, state.rerun?.usage ?? NO_USAGE].reduce(addUsage),
    },
  };
}

/** What belongs to the execution that is closed, and to whoever waited for it. */
function withoutEnd(carried: CarriedState): CarriedState {
  const left: Partial<CarriedState> = { ...carried };
  for (const key of ['paused', 'pausedAt', 'ending', 'cancelled', 'parent', 'turn'] as const)
    Reflect.deleteProperty(left, key);
  return left as CarriedState;
}

/** Steps whose compensation has run. One whose compensation failed still stands, as far as anybody knows. */
function undoneSteps({ undo, records }: LiveState): ReadonlySet<string> {
  const undone = new Set<string>();
  for (const { path } of undo) {
    const record = records.get(`${path}.compensate`);
    if (record === undefined) continue;
    if (record.status === 'completed' || record.status === 'degraded' || record.handled === true) undone.add(path);
    else if (record.status === 'running' || hasUnknownCall(record))
      throw new OmniError(
        'conflict',
        `Whether ${path} was undone is unknown, so it can neither be reused nor be run again. Find out at the far side and start a new execution.`,
        { step: path },
      );
  }
  return undone;
}

function hasUnknownCall({ calls = [] }: StepRecord): boolean {
  return calls.some(({ error }) => error?.type === 'outcome-unknown');
}

function counted(
  before: Readonly<Record<string, number>>,
  undone: ReadonlySet<string>,
): Readonly<Record<string, number>> {
  const now = { ...before };
  for (const path of undone) now[path] = (now[path] ?? 0) + 1;
  return now;
}
