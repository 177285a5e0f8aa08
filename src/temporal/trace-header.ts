/** What this process starts belongs to the trace in which it does so. */
import type { WorkflowClientInterceptor } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { TRACE_HEADER } from '../plan/trace';
import { activeTraceparent } from '../tracing/span';

export const TRACE_STARTS: WorkflowClientInterceptor = {
  start: (input, next) => next({ ...input, headers: onward(input.headers) }),
  startWithDetails: (input, next) => next({ ...input, headers: onward(input.headers) }),
  signalWithStart: (input, next) => next({ ...input, headers: onward(input.headers) }),
};

type Headers = Parameters<NonNullable<WorkflowClientInterceptor['start']>>[0]['headers'];

function onward(headers: Headers): Headers {
  const header = activeTraceparent();
  return header === undefined ? headers : { ...headers, [TRACE_HEADER]: defaultPayloadConverter.toPayload(header) };
}
