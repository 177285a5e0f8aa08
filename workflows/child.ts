/** What steps start beside the execution: a `workflow` step's execution, which loads its plan by itself, and an `agent` step's task. */
import type { ChildWorkflowOptions } from '@temporalio/workflow';
import {
  ChildWorkflowCancellationType,
  isCancellation,
  ParentClosePolicy,
  startChild,
  workflowInfo,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import type { CancelToken } from '../src/interpreter/cancel-token';
import type { AgentTaskRequest } from '../src/plan/agent';
import { AGENT_TASK_TYPE, agentTaskWorkflowId, PRIORITY_KEYS } from '../src/plan/agent';
import type { ChildOutcome, ChildRequest } from '../src/plan/child';
import type { ChildResult, StartArgument, Usage } from '../src/plan/record';
import { NO_USAGE } from '../src/plan/record';
import type { Timetable } from '../src/plan/timetable';
import { problemIn, usageIn } from './call-failure';
import { taskAttributes } from './search-attributes';
import { under } from './under';

export interface ChildParts {
  readonly cancel: CancelToken;
  /** What cancelled executions have said, by id. */
  readonly spent: ReadonlyMap<string, Usage>;
  /** Of a scenario. */
  readonly timetable: Timetable | undefined;
}

/** It ends with the one that started it, and is waited for. */
export const LINKED = {
  workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
  cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
  parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
} as const;

export function childOutcome(request: ChildRequest, parts: ChildParts): Promise<ChildOutcome> {
  const { workflow, executionId, input, context, parent } = request;
  const { timetable } = parts;
  const argument: StartArgument = {
    omni: 1,
    payload: input,
    context,
    parent,
    ...(timetable === undefined ? {} : { timetable }),
  };
  return outcomeOf(workflow, parts, {
    ...LINKED,
    workflowId: executionId,
    args: [argument],
    staticSummary: workflow,
    ...(request.await ? {} : { parentClosePolicy: ParentClosePolicy.ABANDON }),
  });
}

export function agentOutcome(request: AgentTaskRequest, parts: ChildParts): Promise<ChildOutcome> {
  const { taskId, agent, capability, priority } = request;
  return outcomeOf(AGENT_TASK_TYPE, parts, {
    ...LINKED,
    workflowId: agentTaskWorkflowId(taskId),
    // Agents of a scenario are its own, as its tools are.
    args: [parts.timetable === undefined ? request : ofScenario(request, parts.timetable)],
    staticSummary: `${agent} · ${capability}`,
    priority: { priorityKey: PRIORITY_KEYS[priority] },
    ...(request.terms === undefined ? {} : { typedSearchAttributes: taskAttributes(agent) }),
  });
}

function ofScenario(request: AgentTaskRequest, timetable: Timetable): AgentTaskRequest {
  return { ...request, queue: workflowInfo().taskQueue, ...(request.loop === undefined ? {} : { timetable }) };
}

type Child = (argument: unknown) => Promise<ChildResult>;
type Options = ChildWorkflowOptions & { readonly workflowId: string; readonly args: [unknown] };

async function outcomeOf(type: string, { cancel, spent }: ChildParts, options: Options): Promise<ChildOutcome> {
  const { workflowId } = options;
  try {
    const handle = await under(cancel, () => startChild<Child>(type, options));
    if (options.parentClosePolicy === ParentClosePolicy.ABANDON)
      return { status: 'completed', output: workflowId, usage: NO_USAGE };
    const { output, usage } = await under(cancel, () => handle.result());
    return { status: 'completed', output, usage };
  } catch (thrown) {
    const usage = spent.get(workflowId) ?? usageIn(thrown);
    if (isCancellation(thrown) && cancel.reason !== undefined) return { status: 'cancelled', usage };
    return { status: 'failed', error: problemIn(thrown), usage };
  }
}
