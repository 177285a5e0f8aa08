/** A `workflow` step: an execution of its own, which loads its plan by itself. */
import {
  ChildWorkflowCancellationType,
  isCancellation,
  ParentClosePolicy,
  startChild,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import type { CancelToken } from '../src/interpreter/cancel-token';
import type { ChildOutcome, ChildRequest } from '../src/plan/child';
import type { ChildResult, StartArgument, Usage } from '../src/plan/record';
import { NO_USAGE } from '../src/plan/record';
import type { Timetable } from '../src/plan/timetable';
import { problemIn, usageIn } from './call-failure';
import { under } from './under';

export interface ChildParts {
  readonly cancel: CancelToken;
  /** What cancelled executions have said, by id. */
  readonly spent: ReadonlyMap<string, Usage>;
  /** Of a scenario. */
  readonly timetable: Timetable | undefined;
}

export async function childOutcome(
  request: ChildRequest,
  { cancel, spent, timetable }: ChildParts,
): Promise<ChildOutcome> {
  const { workflow, executionId, input, context, parent } = request;
  const argument: StartArgument = {
    omni: 1,
    payload: input,
    context,
    parent,
    ...(timetable === undefined ? {} : { timetable }),
  };
  try {
    const handle = await under(cancel, () =>
      startChild(workflow, {
        workflowId: executionId,
        args: [argument],
        staticSummary: workflow,
        workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
        cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
        parentClosePolicy: request.await ? ParentClosePolicy.REQUEST_CANCEL : ParentClosePolicy.ABANDON,
      }),
    );
    if (!request.await) return { status: 'completed', output: executionId, usage: NO_USAGE };
    const { output, usage } = (await under(cancel, () => handle.result())) as ChildResult;
    return { status: 'completed', output, usage };
  } catch (thrown) {
    const usage = spent.get(executionId) ?? usageIn(thrown);
    if (isCancellation(thrown) && cancel.reason !== undefined) return { status: 'cancelled', usage };
    return { status: 'failed', error: problemIn(thrown), usage };
  }
}
