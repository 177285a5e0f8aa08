/** Answers calls with a scenario's mocks, in the place of providers. */
import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import type { AgentTaskAnswer, AgentTaskRequest } from '../src/plan/agent';
import type { CallAnswer, CallOutcome, CallRequest } from '../src/plan/call';
import type { ChildOutcome } from '../src/plan/child';
import type { JsonObject } from '../src/plan/json';
import { spentIn } from '../src/plan/spent';
import type { FailedAttempt } from '../src/scenarios/mock-calls';
import { spentBy } from '../src/scenarios/mock-calls';
import type { BlobStore } from '../src/store/blob-table';
import { attach, detach } from '../src/store/blob-value';
import type { CallTool } from './call-tool';
import { asFailure } from './failure';

export interface PlayedAttempt {
  readonly request: CallRequest;
  /** Counts from 1. */
  readonly number: number;
  readonly executionId: string;
  readonly signal: AbortSignal;
}

/** `next.nextRetryMs` in real milliseconds. */
export type PlayAttempt = (attempt: PlayedAttempt) => Promise<CallOutcome | FailedAttempt>;

const HEARTBEAT_MS = 2_000;

/** What stands in for providers and agents. */
export interface Players {
  readonly call: PlayAttempt;
  readonly agent: (request: AgentTaskRequest, signal: AbortSignal) => Promise<ChildOutcome>;
}

export function createPlayCall({ call, agent }: Players, blobs: BlobStore): PlayActivity {
  const callTool = createPlayTool(call, blobs);
  return (request) => ('taskId' in request ? playTask(request, agent) : callTool(request));
}

/** Every activity that a definition's steps ask for. */
export type PlayActivity = (request: CallRequest | AgentTaskRequest) => Promise<CallAnswer | AgentTaskAnswer>;

async function playTask(request: AgentTaskRequest, play: Players['agent']): Promise<AgentTaskAnswer> {
  const { cancellationSignal: signal } = Context.current();
  const heart = setInterval(() => Context.current().heartbeat(), HEARTBEAT_MS);
  try {
    const outcome = await play(request, signal);
    if (outcome.status === 'completed') return { output: outcome.output, usage: outcome.usage };
    if (outcome.status === 'cancelled') throw new CancelledFailure(`${request.capability} was cancelled`);
    const { error, usage } = outcome;
    throw ApplicationFailure.create({
      message: error.detail,
      type: error.type,
      nonRetryable: true,
      details: [error, usage],
    });
  } finally {
    clearInterval(heart);
  }
}

function createPlayTool(play: PlayAttempt, blobs: BlobStore): CallTool {
  return async (request) => {
    const { info, cancellationSignal: signal } = Context.current();
    const executionId = info.workflowExecution?.workflowId ?? '';
    const before = spentIn(info.heartbeatDetails);
    const heart = setInterval(() => Context.current().heartbeat({ spent: before }), HEARTBEAT_MS);
    try {
      const input = (await attach(request.input, (hash) => blobs.get(hash, executionId))) as JsonObject;
      const outcome = await play({ request: { ...request, input }, number: info.attempt, executionId, signal });
      if ('next' in outcome) {
        const { failure, next } = outcome;
        const spent = spentBy(before, failure.usage);
        Context.current().heartbeat({ spent });
        throw asFailure(failure.problem, { detail: { ...failure, usage: spent }, ...next });
      }
      if (outcome.status !== 'completed') throw new CancelledFailure(`${request.tool} was cancelled`);
      const store = (content: Uint8Array, mediaType: string) => blobs.put(executionId, content, mediaType);
      return { ...outcome, usage: spentBy(before, outcome.usage), output: await detach(outcome.output, store) };
    } finally {
      clearInterval(heart);
    }
  };
}
