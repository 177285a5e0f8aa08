/** The workflow with a defect in one runner: proves that a defect ends the execution instead of retrying its workflow task for ever. */
import { RUNNERS } from '../../../../src/interpreter/run-plan';
import { createMain } from '../../../../workflows/main';

export default createMain({
  runners: {
    ...RUNNERS,
    set: () => {
      throw new TypeError('a defect');
    },
  },
});
