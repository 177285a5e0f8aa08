/** What an agent does with what comes from its queues: a task runs one of its capabilities, all else is the call of a tool. */
import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import type { Logger } from 'pino';
import type { AgentType, Capability, CapabilityAnswer } from '../src/agents/capability';
import { CostlyFailure } from '../src/agents/capability';
import { pointer } from '../src/language/call-check';
import type { AgentTaskAnswer, AgentTaskRequest } from '../src/plan/agent';
import type { CallRequest } from '../src/plan/call';
import type { Json } from '../src/plan/json';
import { OmniError, problemOf } from '../src/plan/problem';
import type { Usage } from '../src/plan/record';
import { NO_USAGE } from '../src/plan/record';
import type { BlobStore } from '../src/store/blob-table';
import { attach, detach } from '../src/store/blob-value';
import { genAi } from '../src/tracing/gen-ai';
import { annotate } from '../src/tracing/span';
import type { CallTool } from './call-tool';
import { checkSize } from './call-tool';
import { asFailure, shown } from './failure';
import { bounded } from './task-bounds';

export interface AgentWorkParts {
  readonly agentId: string;
  readonly type: AgentType;
  readonly callTool: CallTool;
  readonly blobs: BlobStore;
  /** Aborted with an `OmniError` when what runs is left to other agents. */
  readonly ending: AbortSignal;
  /** Told when a task begins; `attempt` counts from 1. */
  readonly onTaken: (taskId: string, attempt: number) => Promise<void>;
  /** Told when a task has ended here, well or not; what is cancelled or left to others has not. */
  readonly onEnd: (end: 'done' | 'failed') => void;
  readonly logger: Logger;
}

export type AgentWork = (request: AgentTaskRequest | CallRequest) => Promise<unknown>;

export function createAgentWork(parts: AgentWorkParts): AgentWork {
  const { agentId, type, callTool } = parts;
  return (request) => {
    const isTask = 'taskId' in request;
    annotate(genAi({ operation: isTask ? 'invoke_agent' : 'execute_tool', agentId, agent: type.type }));
    return isTask ? doTask(request, parts) : callTool(request);
  };
}

async function doTask(request: AgentTaskRequest, parts: AgentWorkParts): Promise<AgentTaskAnswer> {
  const { agentId, ending, onTaken, onEnd } = parts;
  const { info, cancellationSignal } = Context.current();
  const { taskId, capability, parent } = request;
  annotate({ 'omni.agent.capability': capability });
  const logger = parts.logger.child({ task: taskId, capability, attempt: info.attempt, execution: parent.executionId });
  const startedAt = Date.now();
  logger.debug('task begun');
  onTaken(taskId, info.attempt).catch((error: unknown) => logger.warn({ error }, 'beginning of a task not noted'));
  try {
    const { output, usage } = await perform(request, parts);
    const durationMs = Date.now() - startedAt;
    onEnd('done');
    if (usage) tellUsage(usage);
    logger.info({ durationMs }, 'task done');
    return { output, usage: { ...NO_USAGE, ...usage, durationMs }, agent: agentId };
  } catch (thrown) {
    if (thrown instanceof ApplicationFailure) throw thrown;
    const durationMs = Date.now() - startedAt;
    const error = asOmniError(thrown, agentId, capability);
    const problem = shown(error.problem);
    const usage: Usage = { ...NO_USAGE, ...('usage' in error ? (error as CostlyFailure).usage : {}), durationMs };
    tellUsage(usage);
    if (cancellationSignal.aborted) {
      logger.info({ durationMs }, 'task cancelled');
      throw new CancelledFailure(problem.detail, [problem, usage]);
    }
    if (!ending.aborted) onEnd('failed');
    logger.warn({ durationMs, type: problem.type, ...(thrown !== error && { err: thrown }) }, 'task failed');
    throw asFailure(problem, {
      nonRetryable: !error.retryable || isLate(request),
      usage,
      ...(error.retryAfterMs === undefined ? {} : { nextRetryMs: error.retryAfterMs }),
    });
  }
}

function tellUsage({ inputTokens, outputTokens, costUsd }: Usage): void {
  annotate({ ...genAi({ operation: 'invoke_agent', inputTokens, outputTokens }), 'omni.usage.cost_usd': costUsd });
}

async function perform(request: AgentTaskRequest, parts: AgentWorkParts): Promise<CapabilityAnswer> {
  const { agentId, blobs, ending } = parts;
  const { taskId, key, capability: name, parent, context, terms } = request;
  const { executionId, remaining, depth } = parent;
  const activity = Context.current();
  const capability = capabilityOf(name, parts);
  const what = `${agentId} (${name})`;
  const deadlineAt = terms?.deadlineAt;
  let progress = 'begun';
  const pulse = (): void => activity.heartbeat({ agent: agentId, progress });
  pulse();
  return bounded({ what, deadlineAt, ending, pulse }, async (signal) => {
    // What the asker stored is in its own name, and the answer goes there too: so both are deleted together.
    const given = await attach(request.input, (hash) => blobs.get(hash, executionId));
    const answer = await capability.run(checked(capability, given, request) as never, {
      taskId,
      agentId,
      key,
      attempt: activity.info.attempt,
      context,
      remaining,
      depth,
      ...(deadlineAt === undefined ? {} : { deadlineAt }),
      signal,
      report(now) {
        progress = now;
        pulse();
      },
    });
    const promised = promisedBy(capability, answer, what);
    const output = await detach(promised, (content, mediaType) => blobs.put(executionId, content, mediaType));
    checkSize(output, what);
    return { ...answer, output };
  });
}

function capabilityOf(name: string, { agentId, type }: AgentWorkParts): Capability {
  const { capabilities } = type;
  const capability = Object.hasOwn(capabilities, name) ? capabilities[name] : undefined;
  if (capability !== undefined) return capability;
  throw new OmniError(
    'no-agent',
    `The agent ${agentId} cannot do ${name}. Agents of the type ${type.type} can: ${Object.keys(capabilities).join(', ')}.`,
  );
}

function checked({ input }: Capability, given: Json, { capability, taskId }: AgentTaskRequest): unknown {
  const parsed = input.safeParse(given);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, message }) => ({ pointer: pointer(path), detail: message }));
  const [first] = errors;
  throw new OmniError(
    'validation',
    `The input of the task ${taskId} does not fit ${capability}: ${first?.pointer} ${first?.detail}`,
    { errors },
  );
}

function promisedBy({ output }: Capability, answer: CapabilityAnswer, what: string): Json {
  const parsed = output.safeParse(answer.output);
  if (parsed.success) return parsed.data as Json;
  const [first] = parsed.error.issues;
  const detail = `The answer of ${what} is not what it promises: ${pointer(first?.path ?? [])} ${first?.message}`;
  throw new CostlyFailure(problemOf('tool-error', detail), answer.usage ?? NO_USAGE);
}

/** What others throw may quote anything, so only its name goes on. */
function asOmniError(thrown: unknown, agentId: string, capability: string): OmniError {
  if (thrown instanceof OmniError) return thrown;
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  return new OmniError('tool-error', `The agent ${agentId} failed in ${capability} on a defect of its own (${name}).`, {
    cause: thrown,
  });
}

function isLate({ terms }: AgentTaskRequest): boolean {
  return terms?.deadlineAt !== undefined && Date.now() >= terms.deadlineAt;
}
