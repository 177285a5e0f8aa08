/** Passes the trace that an execution was started in on to all that it starts, and tells the worker of its runs and steps. */
import { defaultPayloadConverter } from '@temporalio/common';
import type { Sinks, WorkflowExecuteInput, WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { ApplicationFailure, ContinueAsNew, isCancellation, proxySinks, workflowInfo } from '@temporalio/workflow';
import { AGENT_TASK_TYPE } from '../src/plan/agent';
import { isObject } from '../src/plan/json';
import { OWN_TYPES } from '../src/plan/own-types';
import type { StepRecord } from '../src/plan/record';
import type { EndedRun, TracedExecution, TraceParent, TraceSinks } from '../src/plan/trace';
import { parseTraceparent, TRACE_HEADER, tracedExecution, traceparent } from '../src/plan/trace';

type Headers = WorkflowExecuteInput['headers'];

const { trace } = proxySinks<TraceSinks & Sinks>();

/** Of the execution that this sandbox was made for: the SDK gives each its own modules. */
let execution: TracedExecution | undefined;
/** What came in, which the next run is given again. */
let from: Headers = {};
/** Type of the agent whose task it is. */
let agent: string | undefined;

/** Nothing here waits, as in admit-values.ts. */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  inbound: [
    {
      execute(input, next) {
        const { firstExecutionRunId } = workflowInfo();
        const given = input.headers[TRACE_HEADER];
        if (given !== undefined) from = { [TRACE_HEADER]: given };
        execution = tracedExecution(firstExecutionRunId, given && parsed(given));
        agent = agentOf(input.args[0]);
        const ended = next(input);
        if (isShown())
          ended.then(
            () => tellRun('completed'),
            (thrown: unknown) => tellRun(...outcomeOf(thrown)),
          );
        return ended;
      },
    },
  ],
  outbound: [
    {
      scheduleActivity: (input, next) => next({ ...input, headers: onward(input.headers) }),
      scheduleLocalActivity: (input, next) => next({ ...input, headers: onward(input.headers) }),
      startChildWorkflowExecution: (input, next) => next({ ...input, headers: onward(input.headers) }),
      continueAsNew: (input, next) => next({ ...input, headers: { ...input.headers, ...from } }),
    },
  ],
});

/** `within`: path of the step that holds it. */
export function tellStep(record: StepRecord, within: string | undefined): void {
  if (execution === undefined || !isShown()) return;
  const { path, name, kind, status, startedAt, endedAt = startedAt, provider, childExecutionId, error, usage } = record;
  trace.step(execution, {
    ...{ path, name, kind, status, startedAt, endedAt },
    ...(within === undefined ? {} : { within }),
    ...(provider === undefined ? {} : { provider }),
    ...(childExecutionId === undefined ? {} : { childExecutionId }),
    ...(error === undefined ? {} : { error: error.type }),
    ...(usage && { inputTokens: usage.inputTokens, outputTokens: usage.outputTokens, costUsd: usage.costUsd }),
  });
}

function tellRun(status: EndedRun['status'], error?: string): void {
  if (execution === undefined) return;
  const { runStartTime } = workflowInfo();
  trace.run(execution, {
    startedAt: runStartTime.getTime(),
    endedAt: Date.now(),
    status,
    ...(agent === undefined ? {} : { agent }),
    ...(error === undefined ? {} : { error }),
  });
}

function outcomeOf(thrown: unknown): [EndedRun['status'], string | undefined] {
  if (thrown instanceof ContinueAsNew) return ['continued', undefined];
  if (isCancellation(thrown)) return ['cancelled', 'cancelled'];
  return ['failed', thrown instanceof ApplicationFailure ? (thrown.type ?? undefined) : undefined];
}

/** Of the task, or of a later run of one that a model works on. */
function agentOf(argument: unknown): string | undefined {
  if (workflowInfo().workflowType !== AGENT_TASK_TYPE || !isObject(argument)) return undefined;
  const { agent: type } = isObject(argument['task']) ? argument['task'] : argument;
  return typeof type === 'string' && /^[\w-]{1,60}$/.test(type) ? type : undefined;
}

/** Locks, mailboxes and the like are no part of what somebody waits for. */
function isShown(): boolean {
  const { workflowType } = workflowInfo();
  return workflowType === AGENT_TASK_TYPE || !OWN_TYPES.includes(workflowType);
}

function onward(headers: Headers): Headers {
  if (execution === undefined || !isShown()) return headers;
  return { ...headers, [TRACE_HEADER]: defaultPayloadConverter.toPayload(traceparent(execution)) };
}

function parsed(payload: Headers[string]): TraceParent | undefined {
  try {
    return parseTraceparent(defaultPayloadConverter.fromPayload(payload));
  } catch {
    // Anybody who may start something writes headers; what is none names no trace.
    return undefined;
  }
}
