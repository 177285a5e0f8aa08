/**
 * Which step has assigned which variables, in the order of time: the variables of a rerun are what the steps that it takes over
 * have left. The records of steps cannot tell, because those that run beside each other assign in another order than they begin.
 */
import type { Json, JsonObject } from '../plan/json';
import { isObject, own } from '../plan/json';
import type { StepRecord } from '../plan/record';

export interface Assignment {
  /** A `set` step, or the loop whose forgotten rounds have held it. */
  readonly path: string;
  /** Absent where the step's record tells them as its output. */
  readonly values?: JsonObject;
}

export interface Assigned {
  readonly records: ReadonlyMap<string, StepRecord>;
  readonly assignments: readonly Assignment[];
}

/** What the variables are after these assignments. */
export function variablesAfter({ records, assignments }: Assigned): Record<string, Json> {
  const variables: Record<string, Json> = {};
  for (const assignment of assignments) Object.assign(variables, valuesOf(assignment, records));
  return variables;
}

/** Before the records below a round are forgotten: from here on its assignments are the loop's, each name's last. */
export function foldAssignments({ records, assignments }: Assigned, round: string): readonly Assignment[] {
  if (!assignments.some(({ path }) => path.startsWith(round))) return assignments;
  const loop = round.replace(/(\.reminders)?\[\d+\]\.$/, '');
  const later = new Set<string>();
  const fold = (assignment: Assignment): readonly Assignment[] => {
    if (assignment.path !== loop && !assignment.path.startsWith(round)) return [assignment];
    const last = Object.entries(valuesOf(assignment, records)).filter(([name]) => !later.has(name));
    for (const [name] of last) later.add(name);
    return last.length === 0 ? [] : [{ path: loop, values: Object.fromEntries(last) }];
  };
  return assignments.toReversed().flatMap(fold).toReversed();
}

/** Of a state that was carried before assignments were: as near as its records tell. */
export function assignmentsOf(
  records: readonly StepRecord[],
  forgotten: Readonly<Record<string, JsonObject>> = {},
): readonly Assignment[] {
  return records.flatMap(({ kind, path, status }) => {
    const values = own(forgotten, path);
    const set = kind === 'set' && status === 'completed' ? [{ path }] : [];
    return isObject(values) ? [...set, { path, values }] : set;
  });
}

function valuesOf({ path, values }: Assignment, records: Assigned['records']): JsonObject {
  const told = values ?? records.get(path)?.output;
  return told !== undefined && isObject(told) ? told : {};
}
