/** Inboxes of agents and their tasks as Temporal's clients see them. */
import type { Client } from '@temporalio/client';
import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure } from '@temporalio/common';
import type { AgentTaskAnswer } from '../plan/agent';
import { agentTaskWorkflowId } from '../plan/agent';
import type { Envelope, InboxArgument, Settlement } from '../plan/agent-message';
import { AGENT_INBOX_TYPE, inboxId, MAIL_SIGNAL } from '../plan/agent-message';
import type { LoopMessage } from '../plan/agent-loop';
import { MESSAGE_SIGNAL } from '../plan/agent-loop';
import { isObject } from '../plan/json';
import type { Problem } from '../plan/problem';
import { problemOf } from '../plan/problem';
import { stillRunning } from './turn-lock';

interface Inbox {
  readonly agent: string;
  /** The engine's. */
  readonly taskQueue: string;
}

/** Begins the inbox if it does not run. */
export async function tellInbox(client: Client, { agent, taskQueue }: Inbox, envelope: Envelope): Promise<void> {
  const argument: InboxArgument = { agent };
  await client.workflow.signalWithStart(AGENT_INBOX_TYPE, {
    workflowId: inboxId(agent, taskQueue),
    taskQueue,
    args: [argument],
    staticSummary: `Mail of ${agent}`,
    signal: MAIL_SIGNAL,
    signalArgs: [envelope],
  });
}

/** When its run began; undefined: it does not run. */
export async function inboxSince(client: Client, { agent, taskQueue }: Inbox): Promise<Date | undefined> {
  try {
    const { status, startTime } = await client.workflow.getHandle(inboxId(agent, taskQueue)).describe();
    return status.name === 'RUNNING' ? startTime : undefined;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** False: the task does not run. */
export async function tellTask(client: Client, taskId: string, message: LoopMessage): Promise<boolean> {
  try {
    await client.workflow.getHandle(agentTaskWorkflowId(taskId)).signal(MESSAGE_SIGNAL, message);
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** Undefined: it runs. */
export async function taskEndOf(client: Client, taskId: string): Promise<Settlement | undefined> {
  const workflowId = agentTaskWorkflowId(taskId);
  if ((await stillRunning(client, [workflowId])).length > 0) return undefined;
  try {
    const answer = await client.workflow.getHandle<() => Promise<AgentTaskAnswer>>(workflowId).result();
    return { state: 'answered', answer: answer.output };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError)
      return failed(problemOf('not-found', `The task ${taskId} is gone, and nobody knows how it ended.`));
    if (error instanceof WorkflowFailedError) return failed(problemIn(error.cause, taskId));
    throw error;
  }
}

function failed(problem: Problem): Settlement {
  return { state: 'failed', problem };
}

function problemIn(cause: unknown, taskId: string): Problem {
  const [detail] = cause instanceof ApplicationFailure ? (cause.details ?? []) : [];
  if (isObject(detail) && typeof detail['type'] === 'string') return detail as unknown as Problem;
  if (cause instanceof CancelledFailure || cause instanceof TerminatedFailure)
    return problemOf('cancelled', `The task ${taskId} was cancelled.`);
  return problemOf('internal', `The task ${taskId} failed. Its history at Temporal tells more.`);
}
