/** The steps of a plan as one list, for showing. */
import { stepPlaces } from '../src/plan/paths';
import type { Plan } from '../src/plan/plan';

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

/** All steps in the order written, inner ones after the step that holds them. A loop's rounds stand as `[]` in paths. */
export function outlineOf(plan: Plan): readonly OutlineStep[] {
  return [...stepPlaces(plan).values()].map(({ step, pattern }) => ({
    path: pattern,
    name: step.name,
    kind: step.kind,
    ...(step.description === undefined ? {} : { description: step.description }),
    ...(step.if === undefined ? {} : { if: step.if }),
    ...(step.kind === 'tool' ? { tool: step.tool, providers: step.chain.map(({ provider }) => provider) } : {}),
  }));
}
