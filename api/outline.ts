/** The steps of a plan as one list, for showing. */
import { stepPaths } from '../src/interpreter/paths';
import type { Plan, Step } from '../src/plan/plan';

export interface OutlineStep {
  /** The same as in the timeline of an execution. */
  path: string;
  name: string;
  kind: string;
  description?: string;
  if?: string;
  tool?: string;
  providers?: string[];
}

/** All steps in the order written, inner ones after the step that holds them. */
export function outlineOf(plan: Plan): readonly OutlineStep[] {
  const paths = stepPaths(plan);
  const visit = (steps: readonly Step[]): OutlineStep[] =>
    steps.flatMap((step) => [
      {
        path: paths.get(step.name) ?? step.name,
        name: step.name,
        kind: step.kind,
        ...(step.description === undefined ? {} : { description: step.description }),
        ...(step.if === undefined ? {} : { if: step.if }),
        ...(step.kind === 'tool' ? { tool: step.tool, providers: step.chain.map(({ provider }) => provider) } : {}),
      },
      ...visit(innerSteps(step)),
    ]);
  return visit(plan.steps);
}

function innerSteps(step: Step): readonly Step[] {
  const handlers = (step.onError ?? []).flatMap(({ steps = [] }) => steps);
  switch (step.kind) {
    case 'parallel':
      return [...step.branches.flatMap(({ steps }) => steps), ...handlers];
    case 'switch':
      return [...step.cases.flatMap(({ steps }) => steps), ...handlers];
    case 'steps':
      return [...step.steps, ...handlers];
    case 'tool':
    case 'set':
    case 'fail':
    case 'return':
      return handlers;
  }
}
