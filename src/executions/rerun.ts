/** Runs a closed execution again from a step on: a new execution that takes over what had ended well before it. */
import { createHash } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { QueryNotRegisteredError, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { nearWord } from '../language/near-word';
import type { JsonObject } from '../plan/json';
import { canonical } from '../plan/json';
import type { Plan } from '../plan/plan';
import type { Problem } from '../plan/problem';
import { asError, OmniError } from '../plan/problem';
import type { RerunArgument, RerunLink, Snapshot, StartArgument } from '../plan/record';
import { RERUN_QUERY } from '../plan/record';
import type { Store } from '../store/store';
import { asked, requestError } from './failure';
import { recordedPlan } from './recorded-plan';
import { requesterMemo } from './requester';
import type { Started } from './start';
import { VERSION_ATTRIBUTE } from './start';
import { isOpen, statusOf } from './status';

export interface RerunRequest {
  /** Path or name of the step to begin with; absent: where it stopped. */
  readonly from?: string;
  /** Who asks. */
  readonly by?: string;
  /** The same key and request always mean the same rerun. */
  readonly idempotencyKey?: string;
}

export interface RerunDependencies {
  readonly client: Client;
  readonly taskQueue: string;
  readonly store: Pick<Store, 'blobs' | 'idempotency'>;
  readonly uuid: () => string;
  /** Writes down for how long the execution is kept. */
  readonly note: (executionId: string, plan: Plan) => Promise<void>;
}

/** What the workflow hands over; only what is read here is named, the rest is the interpreter's. */
type Carried = JsonObject & { readonly snapshot: Snapshot; readonly rerun: RerunLink };

/** How long a worker has to walk through the history of the execution. */
const QUERY_MS = 10_000;
/** Temporal refuses a start with 2 MiB of arguments. */
const MAX_START_BYTES = 1_900_000;

/**
 * Starts the rerun. Throws `not-found` for the execution, or for a step, with the nearest name; `conflict` while it still runs, or where
 * a call might be made twice, and (422) for a key that was used with another request; `validation` for a step that it cannot begin with.
 */
export async function rerunExecution(deps: RerunDependencies, of: string, request: RerunRequest): Promise<Started> {
  const { from, by, idempotencyKey: key } = request;
  const who = by === undefined ? {} : { by };
  const { idempotency } = deps.store;
  const { plan, carried } = await takenOver(deps.client, { of, ...(from === undefined ? {} : { from }) });
  const line = `${carried.rerun.origin}~`;
  if (key === undefined) return begin(deps, { plan, carried, executionId: line + digest(deps.uuid()), ...who });
  // Two callers do not meet in one key.
  const executionId = line + digest([of, key, ...(by === undefined ? [] : [by])].join('\n'));
  const scope = ['rerun', of, ...(by === undefined ? [] : [by])].join(' ');
  const { outcome } = await idempotency.claim({
    scope,
    key,
    requestHash: digest(canonical([from ?? null])),
    executionId,
  });
  if (outcome === 'other')
    throw new OmniError('conflict', 'This Idempotency-Key was used with another step. Send a new key.', {
      status: 422,
    });
  try {
    return await begin(deps, { plan, carried, executionId, named: true, ...who });
  } catch (error) {
    const refused = error instanceof OmniError && error.problem.type !== 'provider-unavailable';
    if (outcome === 'fresh' && refused) await idempotency.release(scope, key);
    throw error;
  }
}

async function takenOver(client: Client, wanted: RerunArgument): Promise<{ plan: Plan; carried: Carried }> {
  const { of } = wanted;
  const { status } = await asked(of, () => client.workflow.getHandle(of).describe());
  if (isOpen(statusOf(status.name)))
    throw new OmniError(
      'conflict',
      `The execution ${of} still runs. Cancel it, or wait for its end, and run it again then.`,
      {
        data: { status: 'running' },
      },
    );
  const plan = await recordedPlan(client, of);
  if (plan === undefined) throw neverBegan(of);
  const answer = await client
    .withDeadline(Date.now() + QUERY_MS, () =>
      client.workflow
        .getHandle(of)
        .query<{ readonly carried: Carried } | { readonly problem: Problem }, [RerunArgument]>(RERUN_QUERY, wanted),
    )
    .catch((error: unknown) => {
      throw error instanceof QueryNotRegisteredError ? neverBegan(of) : untold(of, error);
    });
  if ('problem' in answer) throw refusal(answer.problem, wanted);
  return { plan, carried: answer.carried };
}

function neverBegan(of: string): OmniError {
  return new OmniError(
    'conflict',
    `The execution ${of} ended before its first step, so there is nothing to take over. Start it anew.`,
  );
}

function untold(of: string, cause: unknown): OmniError {
  return new OmniError(
    'provider-unavailable',
    `No engine worker told what the execution ${of} has done. Start one (npm run worker -- engine) and try again.`,
    { cause },
  );
}

/** With the nearest of the names that the workflow knows. */
function refusal(problem: Problem, { from = '' }: RerunArgument): OmniError {
  const names = (problem.data as { readonly steps?: readonly string[] } | undefined)?.steps;
  if (problem.type !== 'not-found' || names === undefined) return asError(problem);
  const near = nearWord(from, names);
  const hint = near === undefined ? `Its steps: ${names.join(', ')}.` : `Did you mean ${near}?`;
  return new OmniError(
    'not-found',
    `${problem.detail} ${hint}`,
    near === undefined ? {} : { data: { suggestion: near } },
  );
}

interface Beginning {
  readonly plan: Plan;
  readonly carried: Carried;
  readonly executionId: string;
  readonly by?: string;
  /** The id follows from a key: a second start meets the first. */
  readonly named?: true;
}

async function begin(deps: RerunDependencies, { plan, carried, executionId, named, by }: Beginning): Promise<Started> {
  const { client, taskQueue, store } = deps;
  const { of, origin, from } = carried.rerun;
  const argument: StartArgument = { omni: 1, plan, snapshot: carried.snapshot, payload: null, context: null };
  const bytes = Buffer.byteLength(JSON.stringify([argument, carried]));
  if (bytes > MAX_START_BYTES)
    throw new OmniError(
      'too-large',
      `The execution ${of} holds ${bytes} bytes of results and plan, over the limit of ${MAX_START_BYTES} that a rerun can begin with.`,
    );
  // A value belongs to an execution; what the records refer to has to be the new one's before it begins.
  await deps.note(executionId, plan);
  await store.blobs.copy(of, executionId);
  try {
    const handle = await client.workflow.start(plan.id, {
      workflowId: executionId,
      taskQueue,
      args: [argument, carried],
      staticSummary: `${plan.name} ${plan.version}, run again`,
      typedSearchAttributes: [{ key: VERSION_ATTRIBUTE, value: plan.version }],
      memo: { rerun: { of, origin, ...(from === undefined ? {} : { from }) }, ...requesterMemo(by).memo },
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
    });
    return { executionId, runId: handle.firstExecutionRunId };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError && named === true) {
      const { runId } = await asked(executionId, () => client.workflow.getHandle(executionId).describe());
      return { executionId, runId, repeated: true };
    }
    throw requestError(error, executionId);
  }
}

/** Short, because it ends an id that people read. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
