/** Where each step of a plan keeps its record: `tell.crm.note_crm`, `pay.onError.apologise`. */
import type { Plan, Step } from '../plan/plan';

/** Names are unique over the definition, so a name finds its path. */
export function stepPaths(plan: Plan): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  const visit = (steps: readonly Step[], prefix: string): void => {
    for (const step of steps) {
      const path = prefix + step.name;
      paths.set(step.name, path);
      for (const [inner, steps] of within(step)) visit(steps, `${path}.${inner}`);
    }
  };
  visit(plan.steps, '');
  return paths;
}

/** The lists of steps that a step holds, each with what stands between the step's path and theirs. */
function within(step: Step): readonly (readonly [string, readonly Step[]])[] {
  const handlers = (step.onError ?? []).map((handler) => ['onError.', handler.steps ?? []] as const);
  switch (step.kind) {
    case 'parallel':
      return [...step.branches.map((branch) => [branchPrefix(branch), branch.steps] as const), ...handlers];
    case 'switch':
      return [...step.cases.map((one) => ['', one.steps] as const), ...handlers];
    case 'steps':
      return [['', step.steps], ...handlers];
    case 'tool':
    case 'set':
    case 'fail':
    case 'return':
      return handlers;
  }
}

/** A branch that is one step bears that step's name, which is not said twice. */
export function branchPrefix(branch: { readonly name: string; readonly single: boolean }): string {
  return branch.single ? '' : `${branch.name}.`;
}
