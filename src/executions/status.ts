/** Temporal's words for how an execution stands, and ours. */
import type { WorkflowExecutionStatusName } from '@temporalio/client';
import type { ExecutionStatus } from '../plan/record';

export function statusOf(name: WorkflowExecutionStatusName): ExecutionStatus {
  switch (name) {
    case 'COMPLETED':
      return 'completed';
    case 'FAILED':
    case 'TIMED_OUT':
      return 'failed';
    case 'CANCELLED':
      return 'cancelled';
    case 'TERMINATED':
      return 'terminated';
    case 'RUNNING':
    case 'PAUSED':
    case 'CONTINUED_AS_NEW':
    case 'UNSPECIFIED':
    case 'UNKNOWN':
      return 'running';
  }
}

/** It has not ended. */
export function isOpen(status: ExecutionStatus): boolean {
  return status === 'running' || status === 'paused';
}

/** The same as words of a visibility query (https://docs.temporal.io/list-filter). */
export const VISIBILITY_STATUS: Readonly<Record<ExecutionStatus, readonly string[]>> = {
  running: ['Running', 'Paused'],
  paused: ['Running', 'Paused'],
  completed: ['Completed'],
  failed: ['Failed', 'TimedOut'],
  cancelled: ['Canceled'],
  terminated: ['Terminated'],
};
