/** Spans of a worker: of each activity as it runs, and of what workflow code tells of. */
import { context } from '@opentelemetry/api';
import type { ActivityInterceptorsFactory, WorkerOptions } from '@temporalio/worker';
import { defaultPayloadConverter } from '@temporalio/common';
import { isObject } from '../src/plan/json';
import type { EndedRun, EndedStep, TracedExecution, TraceParent } from '../src/plan/trace';
import { parseTraceparent, TRACE_HEADER } from '../src/plan/trace';
import type { TracedRun } from '../src/tracing/execution-span';
import { runSpans, spanOfStep, stepSpan } from '../src/tracing/execution-span';
import { known } from '../src/tracing/gen-ai';
import type { Tracing } from '../src/tracing/tracing';
import { workingFor } from '../src/tracing/whereabouts';

/** Encryption's guards run inside of the spans. */
export function traced(guards: Guards, tracing: Tracing | undefined): Guards {
  if (tracing === undefined) return guards;
  const { activity = [], ...interceptors } = guards.interceptors ?? {};
  return {
    ...guards,
    interceptors: { ...interceptors, activity: [activityTracing(tracing), ...activity] },
    sinks: { ...guards.sinks, ...traceSinks(tracing) },
  };
}

type Guards = Pick<WorkerOptions, 'dataConverter' | 'interceptors' | 'sinks'>;

function activityTracing(tracing: Tracing): ActivityInterceptorsFactory {
  return ({ info }) => ({
    inbound: {
      execute(input, next) {
        const { tool, path } = called(input.args[0]);
        const executionId = info.workflowExecution?.workflowId;
        const logged = workingFor(context.active(), { executionId, step: path });
        const header = input.headers[TRACE_HEADER];
        const execution = header && parseTraceparent(defaultPayloadConverter.fromPayload(header));
        if (execution === undefined) return context.with(logged, () => next(input));
        const from: TraceParent =
          path === undefined ? execution : { ...execution, spanId: spanOfStep(execution.spanId, path) };
        const attributes = known({
          'omni.execution.id': executionId,
          'omni.workflow': info.workflowType,
          'omni.step.path': path,
          'omni.attempt': info.attempt,
          // Between the scheduling of this attempt and its begin.
          'omni.queue.wait_ms': Math.max(0, Date.now() - info.currentAttemptScheduledTimestampMs),
          'temporal.task_queue': info.taskQueue,
          'temporal.activity.id': info.activityId,
        });
        const name = tool === undefined ? `activity ${info.activityType}` : `execute_tool ${tool}`;
        return context.with(logged, () => tracing.begin(name, { attributes, from }, () => next(input)));
      },
    },
  });
}

function traceSinks(tracing: Tracing): NonNullable<WorkerOptions['sinks']> {
  return {
    trace: {
      step: {
        fn: (info, execution: TracedExecution, step: EndedStep) => tracing.keep(stepSpan(execution, step, told(info))),
        callDuringReplay: false,
      },
      run: {
        fn: (info, execution: TracedExecution, run: EndedRun) =>
          runSpans(execution, run, told(info)).forEach((span) => tracing.keep(span)),
        callDuringReplay: false,
      },
    },
  };
}

type Told = Parameters<NonNullable<WorkerOptions['sinks']>[string][string]['fn']>[0];

function told({
  workflowId: executionId,
  workflowType: workflow,
  runId,
  continuedFromExecutionRunId: before,
  parent,
  startTime,
}: Told): TracedRun {
  return {
    executionId,
    workflow,
    runId,
    ...(before === undefined ? {} : { before }),
    ...(parent === undefined ? {} : { parentId: parent.workflowId }),
    startedAt: startTime.getTime(),
  };
}

/** Calls of tools, and what else is done for a step, say which one it is for. */
function called(argument: unknown): { readonly tool?: string; readonly path?: string } {
  if (!isObject(argument)) return {};
  const { tool, path } = argument;
  return {
    ...(typeof tool === 'string' && { tool }),
    ...(typeof path === 'string' && { path }),
  };
}
