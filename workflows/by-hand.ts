/** A task in the hands of people: an execution of one question, which stands in the inbox like any other. */
import { startChild, workflowInfo } from '@temporalio/workflow';
import type { AgentTaskAnswer, AgentTaskRequest } from '../src/plan/agent';
import { BY_HAND_ID, byHandPlan } from '../src/plan/by-hand';
import { isObject } from '../src/plan/json';
import type { ChildResult, StartArgument } from '../src/plan/record';
import type { TaskRecord } from './agent-record';
import { LINKED } from './child';
import { versionAttribute } from './search-attributes';

export async function doByHand(
  request: AgentTaskRequest,
  record: TaskRecord,
  roles: readonly string[],
): Promise<AgentTaskAnswer> {
  const { workflowId } = workflowInfo();
  const plan = byHandPlan(request, roles);
  const argument: StartArgument = {
    omni: 1,
    plan,
    snapshot: { flags: {}, settings: {} },
    payload: request.input,
    context: request.context,
    parent: { ...request.parent, executionId: workflowId, depth: request.parent.depth + 1 },
  };
  const handle = await startChild<(argument: StartArgument) => Promise<ChildResult>>(BY_HAND_ID, {
    ...LINKED,
    workflowId: `${workflowId}.by-hand`,
    args: [argument],
    staticSummary: plan.name,
    typedSearchAttributes: [{ key: versionAttribute, value: plan.version }],
  });
  await record.handedOver(handle.workflowId);
  const { output, usage } = await handle.result();
  if (!isObject(output)) return { output, usage };
  // Who answered, and when, is told by the execution.
  const given = Object.entries(output).filter(([name]) => name !== 'by' && name !== 'at');
  return { output: Object.fromEntries(given), usage };
}
