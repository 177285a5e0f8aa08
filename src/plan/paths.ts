/** Where each step of a plan keeps its record: `tell.crm.note_crm`, `each[3].score`, `pay.onError.apologise`. */
import type { Plan, Step } from './plan';

export interface StepPlace {
  readonly step: Step;
  /** The path, with `[]` where a loop puts its round. */
  readonly pattern: string;
}

/** Names are unique over the definition, so a name finds its place. */
export function stepPlaces(plan: Plan): ReadonlyMap<string, StepPlace> {
  const places = new Map<string, StepPlace>();
  const visit = (steps: readonly Step[], prefix: string): void => {
    for (const step of steps) {
      const pattern = prefix + step.name;
      places.set(step.name, { step, pattern });
      for (const [between, inner] of listsWithin(step)) visit(inner, pattern + between);
    }
  };
  visit(plan.steps, '');
  visit(plan.finally ?? [], FINALLY_PREFIX);
  return places;
}

/** `finally` is no step of its own, and no step's name holds a dot. */
export const FINALLY_PREFIX = 'finally.';

/** The path that a name means to whoever stands at `prefix`; undefined for a step of a loop that it stands outside of. */
export function pathFor({ pattern }: StepPlace, prefix: string): string | undefined {
  const [first = '', ...rest] = pattern.split('[]');
  let path = first;
  for (const part of rest) {
    if (!prefix.startsWith(`${path}[`)) return undefined;
    path = prefix.slice(0, prefix.indexOf(']', path.length) + 1) + part;
  }
  return path;
}

/** The lists of steps that a step holds, each with what stands between the step's path and theirs. */
export function listsWithin(step: Step): readonly (readonly [string, readonly Step[]])[] {
  const handlers = handlersOf(step).map((handler) => ['.onError.', handler.steps ?? []] as const);
  switch (step.kind) {
    case 'parallel':
      return [...step.branches.map((branch) => [`.${branchPrefix(branch)}`, branch.steps] as const), ...handlers];
    case 'switch':
      return [...step.cases.map((one) => ['.', one.steps] as const), ...handlers];
    case 'steps':
      return [['.', step.steps], ...handlers];
    case 'forEach':
    case 'repeat':
      return [['[].', step.steps], ...handlers];
    case 'waitFor':
      return [...step.reminders.map(({ steps }) => ['.reminders[].', steps] as const), ...handlers];
    case 'tool':
    case 'set':
    case 'wait':
    case 'workflow':
    case 'agent':
    case 'loop':
    case 'emit':
    case 'fail':
    case 'return':
      return handlers;
  }
}

/** Those of `onTimeout` come first: only running out of time finds them. */
export function handlersOf(step: Step) {
  return [...(step.kind === 'waitFor' ? (step.onTimeout ?? []) : []), ...(step.onError ?? [])];
}

/** A branch that is one step bears that step's name, which is not said twice. */
export function branchPrefix(branch: { readonly name: string; readonly single: boolean }): string {
  return branch.single ? '' : `${branch.name}.`;
}
