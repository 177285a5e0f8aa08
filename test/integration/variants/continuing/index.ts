/** The workflow that continues as new whenever it may: after every call. */
import { workflowInfo } from '@temporalio/workflow';
import { createMain } from '../../../../workflows/main';

/** The first call of a run always passes: only then does its history hold an activity. */
export default createMain({ continueDue: () => workflowInfo().historyLength > 5 });
