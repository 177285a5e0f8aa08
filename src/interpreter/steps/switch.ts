/** `switch`: runs the first case whose condition holds. */
import type { SwitchStep } from '../../plan/plan';
import type { Runner, StepContext } from '../context';
import { withTimeout } from '../deadline';
import { conditionAt } from '../scope';

export const runSwitch: Runner<'switch'> = (step, context) =>
  withTimeout(step.timeoutMs, context, async (bounded) => {
    const choice = bounded.record().choice ?? choose(step, bounded);
    bounded.amend({ choice });
    return bounded.runSteps(step.cases[choice]?.steps ?? [], bounded);
  });

/** Position of the case; -1 when none holds and there is no default. */
function choose(step: SwitchStep, context: StepContext): number {
  return step.cases.findIndex(
    ({ when }, i) => when === undefined || conditionAt(context, when, { path: context.path, part: `switch.${i}` }),
  );
}
