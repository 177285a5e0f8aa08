/** A plan as a tree of steps to be drawn: each step holds lanes, and a lane holds the steps that follow one another. */
import { stepPlaces } from '../plan/paths';
import type { Handler, Plan, Step, StepKind } from '../plan/plan';
import { labelOf, linesOf } from './graph-shapes';

export interface StepTree {
  /** Id of the definition. */
  readonly workflow: string;
  readonly version: string;
  readonly steps: readonly DrawnStep[];
  /** What runs last, however it ends. */
  readonly finally: readonly DrawnStep[];
}

export interface DrawnStep {
  /** As in the timeline of an execution, with `[]` where a loop puts its round. */
  readonly path: string;
  readonly name: string;
  readonly kind: StepKind;
  /** What is said of it below its name: tool and providers, what it waits for. */
  readonly lines: readonly string[];
  readonly if?: string;
  readonly lanes: readonly Lane[];
  /** Path of what undoes it, with what that says. */
  readonly compensate?: { readonly path: string; readonly lines: readonly string[] };
}

/** `steps`: those of a group or loop; the rest are alternatives, things beside each other, or what happens on a failure. */
export interface Lane {
  readonly as: 'steps' | 'branch' | 'case' | 'reminder' | 'timeout' | 'error';
  /** Name of a branch, condition of a case or handler, time of a reminder. */
  readonly label?: string;
  readonly steps: readonly DrawnStep[];
}

export function stepTree(plan: Plan): StepTree {
  const places = stepPlaces(plan);
  const draw = (steps: readonly Step[]): readonly DrawnStep[] =>
    steps.map((step) => {
      const path = places.get(step.name)?.pattern ?? step.name;
      return {
        path,
        name: step.name,
        kind: step.kind,
        lines: linesOf(step),
        ...(step.if === undefined ? {} : { if: step.if }),
        lanes: lanesOf(step, draw),
        ...(step.compensate === undefined
          ? {}
          : { compensate: { path: `${path}.compensate`, lines: linesOf(step.compensate) } }),
      };
    });
  return { workflow: plan.id, version: plan.version, steps: draw(plan.steps), finally: draw(plan.finally ?? []) };
}

type Draw = (steps: readonly Step[]) => readonly DrawnStep[];

function lanesOf(step: Step, draw: Draw): readonly Lane[] {
  const handlers = (list: readonly Handler[], as: Lane['as']): readonly Lane[] =>
    list.map(({ when, steps }) => ({ as, ...(when === undefined ? {} : { label: when }), steps: draw(steps ?? []) }));
  const failing = handlers(step.onError ?? [], 'error');
  switch (step.kind) {
    case 'parallel':
      return [
        ...step.branches.map(({ name, steps }) => ({ as: 'branch' as const, label: name, steps: draw(steps) })),
        ...failing,
      ];
    case 'switch':
      return [
        ...step.cases.map(({ when, steps }) => ({
          as: 'case' as const,
          label: when ?? 'default',
          steps: draw(steps),
        })),
        ...failing,
      ];
    case 'steps':
    case 'forEach':
    case 'repeat':
      return [{ as: 'steps', steps: draw(step.steps) }, ...failing];
    case 'waitFor':
      return [
        ...step.reminders.map((reminder) => ({
          as: 'reminder' as const,
          label: labelOf(reminder),
          steps: draw(reminder.steps),
        })),
        ...handlers(step.onTimeout ?? [], 'timeout'),
        ...failing,
      ];
    case 'tool':
    case 'set':
    case 'wait':
    case 'workflow':
    case 'agent':
    case 'loop':
    case 'emit':
    case 'fail':
    case 'return':
      return failing;
  }
}
