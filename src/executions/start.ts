/** Starts executions: their ids, what an idempotency key means, and what Temporal is told about them. */
import { createHash } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { Json, JsonObject } from '../plan/json';
import { canonical } from '../plan/json';
import type { Plan } from '../plan/plan';
import { MAX_PLAN_BYTES } from '../plan/plan';
import { OmniError } from '../plan/problem';
import type { ParentLink, Snapshot, StartArgument } from '../plan/record';
import type { Store } from '../store/store';
import { asked, requestError } from './failure';
import { refuseWhenFull } from './full';
import { idPrefix } from './origin';
import { requesterMemo } from './requester';

/** Version of the definition: one of a closed list, never user data. */
export const VERSION_ATTRIBUTE = defineSearchAttributeKey('OmniVersion', SearchAttributeType.KEYWORD);

/** `paused`, or nothing. */
export const STATUS_ATTRIBUTE = defineSearchAttributeKey('OmniStatus', SearchAttributeType.KEYWORD);

/** What is left in a start after large strings went to blobs; Temporal refuses more than 2 MiB. */
const MAX_START_BYTES = 1536 * 1024;

export interface StartRequest {
  readonly plan: Plan;
  readonly snapshot: Snapshot;
  readonly payload: Json;
  readonly context: Json;
  /** The client's own name for this request: the same key and request always mean the same execution. */
  readonly idempotencyKey?: string;
  /** What started it; the same event starts a definition once. */
  readonly event?: StartEvent;
  /** Who asks: he answers none of its questions to people. */
  readonly by?: string;
  /** How the event came in; default `event`. */
  readonly origin?: 'event' | 'webhook';
  /** An agent runs it for its task: it is known by this id, bounded by what the task may spend, and ends with a `ChildResult`. */
  readonly within?: { readonly executionId: string; readonly parent: ParentLink };
}

/** A CloudEvent without its data (https://github.com/cloudevents/spec): `source` and `id` name it. */
export type StartEvent = JsonObject & { readonly source: string; readonly id: string };

export interface Started {
  readonly executionId: string;
  readonly runId: string;
  /** It was there before. */
  readonly repeated?: true;
}

export interface StartDependencies {
  readonly client: Client;
  readonly taskQueue: string;
  readonly idempotency: Store['idempotency'];
  readonly uuid: () => string;
  /** Puts large strings of a value into the blob store, on behalf of an execution. */
  readonly detach: (value: Json, executionId: string) => Promise<Json>;
  /** Writes down for how long the execution is kept. */
  readonly note: (executionId: string, plan: Plan) => Promise<void>;
  /** False: it was deleted, and Temporal still has it for a moment. */
  readonly stands: (executionId: string) => Promise<boolean>;
}

/** Starts an execution. Throws `conflict` (422) for a key that was used with another request, `too-large`, `provider-unavailable`. */
export async function startExecution(deps: StartDependencies, request: StartRequest): Promise<Started> {
  const { plan, idempotencyKey: key, event, within } = request;
  if (within !== undefined) return begin(deps, request, within.executionId);
  if (event !== undefined)
    return begin(
      deps,
      request,
      `${idPrefix(plan.id, request.origin ?? 'event')}-${digest(canonical([event.source, event.id])).slice(0, 32)}`,
    );
  if (key === undefined) return begin(deps, request, `${plan.id}-${deps.uuid()}`);
  // The id follows from the key, so that a second start meets the first one in Temporal even when it comes at the same moment.
  // Two callers do not meet in one key.
  const own = request.by === undefined ? [] : [request.by];
  const executionId = `${plan.id}-${digest(own.length === 0 ? key : canonical([...own, key])).slice(0, 32)}`;
  const scope = [plan.id, ...own].join(' ');
  const requestHash = digest(canonical([request.payload, request.context]));
  const { outcome } = await deps.idempotency.claim({ scope, key, requestHash, executionId });
  if (outcome === 'other')
    throw new OmniError(
      'conflict',
      'This Idempotency-Key was used with another request. Send a new key with a new request.',
      {
        status: 422,
        data: { executionId },
      },
    );
  try {
    return await begin(deps, request, executionId);
  } catch (error) {
    // Whether Temporal took a start that it did not answer is unknown: then the key stays with this request.
    const refused = error instanceof OmniError && error.problem.type !== 'provider-unavailable';
    if (outcome === 'fresh' && refused) await deps.idempotency.release(scope, key);
    throw error;
  }
}

async function begin(deps: StartDependencies, request: StartRequest, executionId: string): Promise<Started> {
  const { plan } = request;
  const named = [request.idempotencyKey, request.event, request.within].some((name) => name !== undefined);
  try {
    // What bears a name may have been started before, and then that is the answer.
    if (!named) await refuseWhenFull(deps.client, request);
    await deps.note(executionId, plan);
    const handle = await deps.client.workflow.start(plan.id, {
      workflowId: executionId,
      taskQueue: deps.taskQueue,
      args: [await startArgument(deps, request, executionId)],
      staticSummary: `${plan.name} ${plan.version}`,
      typedSearchAttributes: [{ key: VERSION_ATTRIBUTE, value: plan.version }],
      ...requesterMemo(request.by),
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
    });
    return { executionId, runId: handle.firstExecutionRunId };
  } catch (error) {
    // The same key or event asks for the same execution.
    if (error instanceof WorkflowExecutionAlreadyStartedError && named) {
      if (!(await deps.stands(executionId))) throw beingDeleted(executionId);
      const { runId } = await asked(executionId, () => deps.client.workflow.getHandle(executionId).describe());
      return { executionId, runId, repeated: true };
    }
    throw requestError(error, executionId);
  }
}

function beingDeleted(executionId: string): OmniError {
  return new OmniError(
    'conflict',
    `The execution ${executionId}, which this key or event had started before, was deleted a moment ago, and Temporal still has its id. Send it again in a minute.`,
    { retryAfterMs: 60_000 },
  );
}

async function startArgument(
  deps: StartDependencies,
  request: StartRequest,
  executionId: string,
): Promise<StartArgument> {
  const { plan, snapshot, event, within } = request;
  const payload = await deps.detach(request.payload, executionId);
  const context = await deps.detach(request.context, executionId);
  const bytes = Buffer.byteLength(JSON.stringify([payload, context]));
  if (bytes > MAX_START_BYTES)
    throw new OmniError(
      'too-large',
      `The payload and context hold ${bytes} bytes beside their long strings; at most ${MAX_START_BYTES} can start an execution.`,
    );
  const fits = Buffer.byteLength(JSON.stringify(plan)) <= MAX_PLAN_BYTES;
  return {
    omni: 1,
    payload,
    context,
    ...(event === undefined ? {} : { event }),
    ...(fits ? { plan, snapshot } : {}),
    ...(within === undefined ? {} : { parent: within.parent }),
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
