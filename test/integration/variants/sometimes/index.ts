/** The workflow that continues as new after a few calls, also when reading its state back takes some events. */
import { workflowInfo } from '@temporalio/workflow';
import { createMain } from '../../../../workflows/main';

export default createMain({ continueDue: () => workflowInfo().historyLength > 60 });
