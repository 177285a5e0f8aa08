/** An `emit` step: an activity that delivers the event, tried again until it is taken. */
import { ActivityCancellationType, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { CancelToken } from '../src/interpreter/cancel-token';
import type { Emit, EmitOutcome, EmitRequest } from '../src/plan/emit';
import { EMIT_ACTIVITY } from '../src/plan/emit';
import { OmniError } from '../src/plan/problem';
import { problemIn } from './call-failure';
import { under } from './under';

export async function emitOutcome(request: EmitRequest, cancel: CancelToken): Promise<EmitOutcome> {
  const emit = proxyActivities<Record<string, Emit>>({
    activityId: `${request.path}#1`,
    summary: `${request.path} · ${request.event.type}`,
    startToCloseTimeout: '1m',
    // Whoever must not wait so long for a database or server that is away gives the step a timeout.
    scheduleToCloseTimeout: '1d',
    retry: { initialInterval: '500ms', maximumInterval: '30s' },
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  })[EMIT_ACTIVITY];
  if (emit === undefined) throw new OmniError('internal', 'The activity that delivers events is not there.');
  try {
    await under(cancel, () => emit(request));
    return { status: 'completed' };
  } catch (thrown) {
    if (isCancellation(thrown) && cancel.reason !== undefined) return { status: 'cancelled' };
    return { status: 'failed', error: problemIn(thrown) };
  }
}
