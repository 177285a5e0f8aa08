/** Starts a task: what its id means, and what Temporal is told about it. */
import { createHash } from 'node:crypto';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { AgentTaskRequest } from '../plan/agent';
import { AGENT_TASK_TYPE, agentTaskWorkflowId, ANY_AGENT, PRIORITY_KEYS } from '../plan/agent';
import { parseDuration } from '../plan/duration';
import type { Json } from '../plan/json';
import { canonical, jsonBytes } from '../plan/json';
import { OmniError } from '../plan/problem';
import { detach } from '../store/blob-value';
import type { AgentParts } from './agents';
import type { AgentTaskOrder, AgentTaskWish } from './task-request';
import { NewAgentTask } from './task-request';

export interface StartedTask {
  readonly taskId: string;
  /** It was there before. */
  readonly repeated?: true;
}

const STATUS_ATTRIBUTE = defineSearchAttributeKey('OmniStatus', SearchAttributeType.KEYWORD);
const TYPE_ATTRIBUTE = defineSearchAttributeKey('OmniAgentType', SearchAttributeType.KEYWORD);
/** Members of the memo: who asks, as with executions, and what the task is, by its digest. */
const REQUESTER = 'requestedBy';
const CONTENT = 'content';

const DAY_MS = 86_400_000;
const LONGEST_MS = 365 * DAY_MS;
/** Temporal refuses payloads of 2 MiB. */
const MAX_REQUEST_BYTES = 1_500_000;

/** `key`: the client's own name for the request; two callers do not meet in one. */
export async function startTask(
  parts: AgentParts,
  wish: AgentTaskWish,
  { requestedBy, key }: { readonly requestedBy?: string; readonly key?: string },
): Promise<StartedTask> {
  const order = parsed(wish);
  if (key !== undefined && order.id !== undefined)
    throw new OmniError('validation', 'An Idempotency-Key and an id are two names for one task. Send one of them.');
  const taskId =
    key === undefined ? (order.id ?? parts.uuid()) : digest(canonical([requestedBy ?? '', key])).slice(0, 32);
  const { client, taskQueue, store, home, now, logger } = parts;
  const workflowId = agentTaskWorkflowId(taskId);
  const request = await requestOf(parts, order, { taskId, workflowId, requestedBy });
  const { agent, capability, priority, terms } = request;
  const content = digest(canonical(contentOf(order)));
  const note = (): Promise<void> =>
    store.agentTasks
      .submit(home, {
        id: taskId,
        ...(agent === ANY_AGENT ? {} : { type: agent }),
        capability,
        priority,
        description: order.description,
        ...(requestedBy === undefined ? {} : { requestedBy }),
        ...(terms?.deadlineAt === undefined ? {} : { deadlineAt: terms.deadlineAt }),
      })
      // The task notes itself too.
      .catch((error: unknown) => logger.warn({ error, taskId }, 'task not noted'));
  try {
    await store.kept
      .note(home, { executionId: workflowId, openUntilMs: now() })
      .catch((error: unknown) => logger.warn({ error, taskId }, 'start not written down for its retention'));
    await client.workflow.start(AGENT_TASK_TYPE, {
      workflowId,
      taskQueue,
      args: [request],
      staticSummary: `${agent} · ${capability}`,
      priority: { priorityKey: PRIORITY_KEYS[priority] },
      typedSearchAttributes: [
        { key: TYPE_ATTRIBUTE, value: agent },
        { key: STATUS_ATTRIBUTE, value: 'submitted' },
      ],
      memo: { [CONTENT]: content, ...(requestedBy === undefined ? {} : { [REQUESTER]: requestedBy }) },
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw unavailable(error);
    const { memo } = await client.workflow.getHandle(workflowId).describe();
    if (memo?.[CONTENT] !== content)
      throw new OmniError(
        'conflict',
        `There is a task ${taskId} already, and it is another one. Take a new ${key === undefined ? 'id' : 'Idempotency-Key'} for a new task.`,
        { data: { taskId }, ...(key === undefined ? {} : { status: 422 }) },
      );
    await note();
    return { taskId, repeated: true };
  }
  await note();
  return { taskId };
}

function parsed(wish: AgentTaskWish): AgentTaskOrder {
  const { success, data, error } = NewAgentTask.safeParse(wish);
  if (success) return data;
  const errors = error.issues.map(({ path, message }) => ({
    pointer: path.map((part) => `/${String(part)}`).join(''),
    detail: message,
  }));
  const [first] = errors;
  throw new OmniError('validation', `The task is not right: ${first?.pointer} ${first?.detail}`, { errors });
}

async function requestOf(
  { store, now }: AgentParts,
  order: AgentTaskOrder,
  { taskId, workflowId, requestedBy }: { taskId: string; workflowId: string; requestedBy: string | undefined },
): Promise<AgentTaskRequest> {
  const { type = ANY_AGENT, capability, priority, description, to, pool, requires, otherwise, output, budget } = order;
  const deadlineAt = order.deadline === undefined ? undefined : Date.parse(order.deadline);
  if (deadlineAt !== undefined && (deadlineAt <= now() || deadlineAt > now() + LONGEST_MS))
    throw new OmniError('validation', 'The deadline is not within the next 365 days.', {
      errors: [{ pointer: '/deadline', detail: 'is not within the next 365 days' }],
    });
  const wait = order.wait === undefined ? undefined : parseDuration(order.wait);
  const tenant = order.tenant ?? requestedBy;
  const stored = (value: Json): Promise<Json> =>
    detach(value, (content, mediaType) => store.blobs.put(workflowId, content, mediaType));
  const request: AgentTaskRequest = {
    taskId,
    key: taskId,
    agent: type,
    capability,
    priority,
    input: await stored(order.payload),
    ...(output === undefined ? {} : { output }),
    retry: { maxAttempts: order.attempts, initialIntervalMs: 1_000, backoff: 2, maxIntervalMs: 30_000 },
    context: await stored(order.context),
    parent: {
      executionId: workflowId,
      depth: 0,
      remaining: {
        ...(budget?.maxTokens === undefined ? {} : { tokens: budget.maxTokens }),
        ...(budget?.maxCostUsd === undefined ? {} : { costUsd: budget.maxCostUsd }),
      },
    },
    terms: {
      description,
      ...(deadlineAt === undefined ? {} : { deadlineAt }),
      ...(to === undefined ? {} : { to }),
      ...(pool === undefined ? {} : { pool }),
      ...(requires === undefined ? {} : { requires }),
      waitMs: wait ?? (deadlineAt === undefined ? DAY_MS : Math.ceil(deadlineAt - now())),
      ...(otherwise === undefined ? {} : { otherwise }),
      ...(tenant === undefined ? {} : { tenant }),
    },
  };
  const bytes = jsonBytes(request);
  if (bytes > MAX_REQUEST_BYTES)
    throw new OmniError(
      'too-large',
      `The task holds ${bytes} bytes beside its large values; at most ${MAX_REQUEST_BYTES} are taken.`,
    );
  return request;
}

/** What the task is. Until when is none of it: whoever asks again asks at another time. */
function contentOf({ id: _id, deadline: _deadline, wait: _wait, ...rest }: AgentTaskOrder): Json {
  return JSON.parse(JSON.stringify(rest)) as Json;
}

function unavailable(error: unknown): OmniError {
  if (error instanceof OmniError) return error;
  return new OmniError(
    'provider-unavailable',
    'Temporal does not answer. Check that its server runs and that TEMPORAL_ADDRESS names it.',
    { cause: error },
  );
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
