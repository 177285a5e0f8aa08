/** The spans of an execution, of its runs and of its steps: made of what workflow code tells when each of them has ended. */
import { createHash } from 'node:crypto';
import { AGENT_TASK_TYPE } from '../plan/agent';
import type { EndedRun, EndedStep, TracedExecution } from '../plan/trace';
import { spanOfRun } from '../plan/trace';
import type { FinishedSpan } from './finished-span';
import { genAi, known } from './gen-ai';

/** What the SDK tells of the run that said something. */
export interface TracedRun {
  readonly executionId: string;
  /** Id of the definition, or the type of a workflow of our own. */
  readonly workflow: string;
  readonly runId: string;
  /** The run before; absent: it is the first one. */
  readonly before?: string;
  /** Id of the execution that started it. */
  readonly parentId?: string;
  /** Milliseconds since 1970, of the first run. */
  readonly startedAt: number;
}

/** Names of spans that are an execution: as the specification has it, and of an agent's task. */
export const EXECUTION_SPANS = ['workflow_execution', 'invoke_agent'] as const;

const [EXECUTION, AGENT_TASK] = EXECUTION_SPANS;

/** Ids of a step's span follow from its path, so that its calls know their parent before it has ended. */
export function spanOfStep(executionSpanId: string, path: string): string {
  return createHash('sha256').update(`${executionSpanId} ${path}`).digest('hex').slice(0, 16);
}

export function stepSpan(
  execution: TracedExecution,
  step: EndedStep,
  { executionId, workflow }: TracedRun,
): FinishedSpan {
  const { path, name, kind, status, startedAt, endedAt, within, error, provider, childExecutionId } = step;
  const { inputTokens, outputTokens, costUsd } = step;
  const { traceId, spanId } = execution;
  return {
    name: `step ${name}`,
    traceId,
    spanId: spanOfStep(spanId, path),
    parentSpanId: within === undefined ? spanId : spanOfStep(spanId, within),
    startedAt,
    endedAt,
    failed: status === 'failed',
    attributes: known({
      'omni.execution.id': executionId,
      'omni.workflow': workflow,
      'omni.step.path': path,
      'omni.step.kind': kind,
      'omni.step.status': status,
      'omni.provider': provider,
      'omni.child.execution.id': childExecutionId,
      'omni.usage.input_tokens': inputTokens,
      'omni.usage.output_tokens': outputTokens,
      'omni.usage.cost_usd': costUsd,
      'error.type': error,
    }),
  };
}

/** Of the last run also the execution's own, which spans all of them; an execution of one run is its run. */
export function runSpans(execution: TracedExecution, run: EndedRun, told: TracedRun): readonly FinishedSpan[] {
  const { executionId, workflow, runId, before, startedAt } = told;
  const { traceId, spanId } = execution;
  const { endedAt, status, error, agent } = run;
  const of = { traceId, endedAt, failed: status === 'failed' };
  const attributes = known({
    'omni.execution.id': executionId,
    'omni.workflow': workflow,
    'omni.status': status,
    'error.type': error,
    ...(agent === undefined ? {} : genAi({ operation: 'invoke_agent', agent })),
  });
  const own: FinishedSpan = {
    ...of,
    name: 'workflow_run',
    spanId: runSpan(spanId, runId),
    parentSpanId: spanId,
    startedAt: run.startedAt,
    attributes: { ...attributes, 'temporal.run.id': runId },
    ...(before === undefined ? {} : { follows: runSpan(spanId, before) }),
  };
  if (status === 'continued') return [own];
  const parentSpanId = starter(execution, told);
  const whole: FinishedSpan = {
    ...of,
    name: workflow === AGENT_TASK_TYPE ? AGENT_TASK : EXECUTION,
    spanId,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    startedAt,
    attributes,
  };
  return before === undefined ? [whole] : [own, whole];
}

/** The first run's id is the execution's. */
function runSpan(spanId: string, runId: string): string {
  const own = spanOfRun(runId);
  return own === spanId ? spanOfStep(spanId, '') : own;
}

/** Ids of children end in the path of the step that started them, which is nearer than its execution. */
function starter({ parentSpanId }: TracedExecution, { executionId, parentId }: TracedRun): string | undefined {
  if (parentSpanId === undefined || parentId === undefined) return parentSpanId;
  const at = executionId.indexOf(`${parentId}.`);
  return at === -1 ? parentSpanId : spanOfStep(parentSpanId, executionId.slice(at + parentId.length + 1));
}
