/** Reads a stored value into the workflow: a local activity, recorded once. */
import { proxyLocalActivities } from '@temporalio/workflow';
import type { BlobReference } from '../src/plan/blob';
import type { Json } from '../src/plan/json';
import type { OpenBlob } from '../src/plan/load';
import { OPEN_BLOB_ACTIVITY } from '../src/plan/load';
import { OmniError, asError } from '../src/plan/problem';
import { problemIn } from './call-failure';

const local = proxyLocalActivities<Record<string, OpenBlob>>({
  startToCloseTimeout: '15s',
  retry: { initialInterval: '500ms', maximumAttempts: 8 },
});

export async function openBlob(reference: BlobReference): Promise<Json> {
  const open = local[OPEN_BLOB_ACTIVITY];
  if (open === undefined) throw new OmniError('internal', 'The activity that reads stored values is not there.');
  try {
    return await open(reference);
  } catch (thrown) {
    throw asError(problemIn(thrown));
  }
}
