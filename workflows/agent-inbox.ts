/**
 * The workflow type `inbox:agent`: the mail of one agent, there while there is some. It waits for the agent, and makes a task of every
 * message, in the order of priority and arrival. The signal's handler only notes; what each message says and how it ends is in the ledger.
 */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ChildWorkflowCancellationType,
  condition,
  defineSignal,
  makeContinueAsNewFunc,
  ParentClosePolicy,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  startChild,
  workflowInfo,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import type { AgentTaskAnswer, AgentTaskRequest } from '../src/plan/agent';
import { AGENT_TASK_TYPE, agentTaskWorkflowId, PRIORITY_KEYS } from '../src/plan/agent';
import type {
  AgentLook,
  Envelope,
  InboxArgument,
  LookAtAgent,
  SettleMessage,
  Settlement,
  TakeMessage,
  TaskEnd,
} from '../src/plan/agent-message';
import {
  isEnvelope,
  LOOK_AT_AGENT_ACTIVITY,
  MAIL_SIGNAL,
  SETTLE_MESSAGE_ACTIVITY,
  TAKE_MESSAGE_ACTIVITY,
  TASK_END_ACTIVITY,
} from '../src/plan/agent-message';
import type { Json } from '../src/plan/json';
import { isObject, jsonBytes } from '../src/plan/json';
import { problemOf } from '../src/plan/problem';
import { problemIn } from './call-failure';
import { asFailure } from './failure';

const mailSignal = defineSignal<[Envelope]>(MAIL_SIGNAL);

/** An agent that takes nothing is looked at so often at first, and at last; so is a task that an earlier run has started. */
const FIRST_LOOK_MS = 1_000;
const LAST_LOOK_MS = 30_000;

/** Newest ids that are known again when they come once more; the ledger knows older ones. */
const MAX_SEEN = 1_000;

/** What goes to the ledger has to fit into one of Temporal's values. */
const MAX_ANSWER_BYTES = 1024 * 1024;

interface Mail {
  readonly waiting: readonly Envelope[];
  /** Ids of messages that are tasks, or about to be. */
  readonly atWork: readonly string[];
  readonly seen: readonly string[];
}

interface Activities {
  readonly [TAKE_MESSAGE_ACTIVITY]: TakeMessage;
  readonly [SETTLE_MESSAGE_ACTIVITY]: SettleMessage;
  readonly [TASK_END_ACTIVITY]: TaskEnd;
}

const {
  [TAKE_MESSAGE_ACTIVITY]: take,
  [SETTLE_MESSAGE_ACTIVITY]: settle,
  [TASK_END_ACTIVITY]: taskEnd,
} = proxyActivities<Activities>({
  startToCloseTimeout: '1m',
  retry: { initialInterval: '500ms', maximumInterval: '30s' },
});

const { [LOOK_AT_AGENT_ACTIVITY]: look } = proxyLocalActivities<{ readonly [LOOK_AT_AGENT_ACTIVITY]: LookAtAgent }>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '500ms', maximumInterval: '30s' },
});

export async function runAgentInbox(argument: unknown, carried: Mail | undefined): Promise<Json> {
  const agent = agentIn(argument);
  let waiting: readonly Envelope[] = carried?.waiting ?? [];
  const atWork = new Set(carried?.atWork);
  const seen = new Set(carried?.seen);
  let changed = false;
  setHandler(mailSignal, (envelope) => {
    if (!isEnvelope(envelope) || seen.has(envelope.id) || atWork.has(envelope.id)) return;
    seen.add(envelope.id);
    for (const oldest of seen) if (seen.size > MAX_SEEN) seen.delete(oldest);
    waiting = [...waiting.filter(({ id }) => id !== envelope.id), envelope].sort(
      (one, other) => PRIORITY_KEYS[one.priority] - PRIORITY_KEYS[other.priority],
    );
    changed = true;
  });

  const leave = async (envelope: Envelope, settlement: Settlement): Promise<void> => {
    waiting = waiting.filter((one) => one !== envelope);
    await settle(envelope.id, settlement);
  };
  const begin = (id: string): void => {
    atWork.add(id);
    const done = (): void => {
      atWork.delete(id);
      changed = true;
    };
    // A cancelled inbox ends with what is at work still open in the ledger; whoever tends it begins another.
    worked(id).then(done, done);
  };
  const deliver = async ({ whenBusy, slots, isBusy }: AgentLook): Promise<void> => {
    const most = whenBusy === 'interleave' ? slots : 1;
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const full = atWork.size >= most;
      if (whenBusy === 'reject' && (full || isBusy))
        await leave(next, { state: 'rejected', reason: `${agent} is busy, and takes no message while it is.` });
      else if (full) return;
      else {
        waiting = waiting.slice(1);
        begin(next.id);
      }
    }
  };

  for (const id of atWork) begin(id);
  for (let pauseMs = FIRST_LOOK_MS; ;) {
    changed = false;
    for (const one of waiting.filter(({ expiresAt = Infinity }) => expiresAt <= Date.now()))
      await leave(one, { state: 'expired', reason: `${agent} did not take it in its time.` });
    const seenAgent = waiting.length === 0 ? undefined : await look(agent);
    if (waiting.length > 0 && seenAgent === undefined)
      for (const one of waiting)
        await leave(one, { state: 'rejected', reason: `There is no agent ${agent} any more.` });
    const isAway = seenAgent?.isTaking === false;
    if (seenAgent?.isTaking === true) await deliver(seenAgent);
    if (changed) continue;
    if (waiting.length === 0 && atWork.size === 0) return null;
    setCurrentDetails(`${atWork.size} at work, ${waiting.length} waiting${isAway ? ` for ${agent} to come back` : ''}`);
    if (workflowInfo().continueAsNewSuggested)
      return makeContinueAsNewFunc<(argument: unknown, carried: Mail) => Promise<Json>>()(argument, {
        waiting,
        atWork: [...atWork],
        seen: [...seen],
      });
    const untilMs = Math.min(isAway ? pauseMs : Infinity, ...waiting.map(expiryIn));
    if (untilMs === Infinity) await condition(() => changed);
    else if (!(await condition(() => changed, Math.max(1, untilMs)))) pauseMs = Math.min(LAST_LOOK_MS, pauseMs * 2);
    if (changed) pauseMs = FIRST_LOOK_MS;
  }
}

/** From its turn to its end. Twice is as once: the ledger and the id of the task know it again. */
async function worked(id: string): Promise<void> {
  const taken = await take(id);
  if ('request' in taken) await settle(id, await outcomeOf(taken.request));
  else if (taken.taskId !== undefined) await endOf(taken.taskId);
}

async function outcomeOf(request: AgentTaskRequest): Promise<Settlement> {
  const { taskId, agent, capability, priority } = request;
  try {
    const task = await startChild<(request: AgentTaskRequest) => Promise<AgentTaskAnswer>>(AGENT_TASK_TYPE, {
      workflowId: agentTaskWorkflowId(taskId),
      args: [request],
      staticSummary: `${agent} · ${capability}`,
      priority: { priorityKey: PRIORITY_KEYS[priority] },
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      // A task goes on without the inbox that made it, and the next run of the inbox finds it.
      parentClosePolicy: ParentClosePolicy.ABANDON,
    });
    return answerOf((await task.result()).output);
  } catch (thrown) {
    if (thrown instanceof WorkflowExecutionAlreadyStartedError) return endOf(taskId);
    return { state: 'failed', problem: problemIn(thrown) };
  }
}

function answerOf(answer: Json): Settlement {
  const bytes = jsonBytes(answer);
  if (bytes <= MAX_ANSWER_BYTES) return { state: 'answered', answer };
  const detail = `The answer has ${bytes} bytes, and one to a message may have ${MAX_ANSWER_BYTES}. It lies in the task's result.`;
  return { state: 'failed', problem: problemOf('too-large', detail) };
}

/** Of a task that another run of this inbox has started. */
async function endOf(taskId: string): Promise<Settlement> {
  for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(LAST_LOOK_MS, pauseMs * 2)) {
    const end = await taskEnd(taskId);
    if (end?.state === 'answered') return answerOf(end.answer);
    if (end !== undefined) return end;
    await sleep(pauseMs);
  }
}

function expiryIn({ expiresAt = Infinity }: Envelope): number {
  return expiresAt - Date.now();
}

function agentIn(argument: unknown): string {
  if (isObject(argument) && typeof argument['agent'] === 'string') return (argument as unknown as InboxArgument).agent;
  throw asFailure(problemOf('validation', 'An inbox needs the id of its agent. Send a message over the API instead.'));
}
