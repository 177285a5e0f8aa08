/** The lists of steps that a step of a plan holds, whatever its kind. */
import type { Handler, Step } from '../plan/plan';

export function listsOf(step: Step): readonly (readonly Step[])[] {
  return [...innerLists(step), ...handlerLists(step.onError)];
}

function innerLists(step: Step): readonly (readonly Step[])[] {
  switch (step.kind) {
    case 'steps':
    case 'forEach':
    case 'repeat':
      return [step.steps];
    case 'parallel':
      return step.branches.map(({ steps }) => steps);
    case 'switch':
      return step.cases.map(({ steps }) => steps);
    case 'waitFor':
      return [...step.reminders.map(({ steps }) => steps), ...handlerLists(step.onTimeout)];
    case 'tool':
    case 'workflow':
    case 'agent':
    case 'emit':
    case 'set':
    case 'wait':
    case 'fail':
    case 'return':
      return [];
  }
}

function handlerLists(handlers: readonly Handler[] = []): readonly (readonly Step[])[] {
  return handlers.flatMap(({ steps }) => (steps === undefined ? [] : [steps]));
}
