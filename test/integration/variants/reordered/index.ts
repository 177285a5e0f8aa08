/** The workflow with a deliberate reorder: `parallel` starts its last branch first. Recorded histories must refuse it. */
import { RUNNERS } from '../../../../src/interpreter/run-plan';
import { createMain } from '../../../../workflows/main';

export default createMain({
  runners: {
    ...RUNNERS,
    parallel: (step, context) => RUNNERS.parallel({ ...step, branches: step.branches.toReversed() }, context),
  },
});
