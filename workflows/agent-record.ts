/** Where a task stands: told to whoever asks the workflow, shown in a search attribute, and noted for lists and figures. */
import {
  defineQuery,
  defineSignal,
  isCancellation,
  proxyLocalActivities,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { AgentTaskRequest, TaskState } from '../src/plan/agent';
import type { AgentTaskState, Approvals, MatchDecision, NoteTask, TaskFacts, TaskNote } from '../src/plan/agent-task';
import { APPROVAL_REASON, CANCEL_WORDS_SIGNAL, NOTE_TASK_ACTIVITY } from '../src/plan/agent-task';
import { canonical } from '../src/plan/json';
import type { Usage } from '../src/plan/record';
import { STATE_QUERY } from '../src/plan/record';
import { hasLoop } from './agent-loop';
import type { TaskWatch } from './entry';
import { statusAttribute } from './search-attributes';

const stateQuery = defineQuery<AgentTaskState>(STATE_QUERY);
const wordsSignal = defineSignal<[unknown]>(CANCEL_WORDS_SIGNAL);

/** Lists may be behind; no task waits for them. */
const local = proxyLocalActivities<Record<string, NoteTask>>({
  startToCloseTimeout: '3s',
  retry: { initialInterval: '200ms', maximumAttempts: 3 },
});

export interface TaskRecord extends TaskWatch {
  matched(decision: MatchDecision): Promise<void>;
  /** Its model has handed it over: another type's agents go on. */
  placedAnew(decision: MatchDecision): Promise<void>;
  /** Nobody took it from there while it could wait. */
  untaken(queue: string): void;
  /** People are asked, by that execution. */
  handedOver(byHand: string): Promise<void>;
  end(state: TaskState, end: TaskEnd): Promise<void>;
  /** Why there is nobody: a sentence. */
  readonly why: string;
}

export interface TaskEnd {
  readonly usage: Usage;
  readonly reason?: string;
  readonly errorType?: string;
}

/** `resumed`: a model works on it already. */
export function openRecord(request: AgentTaskRequest, resumed = false): TaskRecord {
  const facts = factsOf(request);
  let now: AgentTaskState = { state: resumed ? 'working' : 'submitted' };
  // What the run before has shown may be anything.
  if (resumed) upsertSearchAttributes([{ key: statusAttribute, value: now.state }]);
  let why = '';
  let approvals: Approvals | undefined;
  let told = '';
  let telling = Promise.resolve();
  let noted = false;
  setHandler(stateQuery, () => now, { description: 'Where the task stands, and who was chosen for it, and why.' });
  setHandler(wordsSignal, (given) => {
    if (typeof given === 'string') now = { ...now, words: given };
  });
  const become = (next: AgentTaskState): void => {
    if (next.state !== now.state) upsertSearchAttributes([{ key: statusAttribute, value: next.state }]);
    now = next;
  };
  const note = async (rest: Omit<TaskNote, keyof TaskFacts>): Promise<void> => {
    noted = true;
    try {
      await local[NOTE_TASK_ACTIVITY]?.({ ...facts, ...rest });
    } catch (thrown) {
      if (isCancellation(thrown)) throw thrown;
    }
  };
  /** Of many questions at once only the newest state is worth a note. */
  const tellAsked = async (): Promise<void> => {
    const { state, reason } = now;
    const standing = { state, ...(reason === undefined ? {} : { reason }), ...(approvals && { approvals }) };
    if (canonical(standing) === told) return;
    told = canonical(standing);
    await note(standing);
  };
  return {
    now: () => now,
    asks(open, counted) {
      const rest = withoutReason(now);
      become(open > 0 ? { ...rest, state: 'input_required', reason: APPROVAL_REASON } : { ...rest, state: 'working' });
      approvals = counted;
      telling = telling.then(tellAsked).catch(() => undefined);
    },
    async matched(decision) {
      const { found: given, reason } = decision;
      why = `${reason}.`;
      become({ ...now, state: given ? 'working' : 'submitted', decision });
      // While nobody is there one look is like the other. An agent that begins says so itself; a model begins at once.
      if (given || !noted) await note({ state: given && hasLoop(request) ? 'working' : 'submitted', decision });
    },
    async placedAnew(decision) {
      become({ ...now, decision });
      await note({ state: now.state, decision });
    },
    untaken(queue) {
      why = `No agent took it from the queue ${queue}.`;
      become({ ...now, state: 'submitted' });
    },
    async handedOver(byHand) {
      become({ ...now, state: 'input_required', reason: 'no_agent_available', byHand });
      await note({ state: 'input_required', reason: 'no_agent_available' });
    },
    async end(state, { reason, usage, errorType }) {
      await telling;
      const why = reason === undefined ? {} : { reason };
      become({ ...now, state, ...why });
      await note({
        state,
        ...why,
        ...(approvals && { approvals }),
        end: { usage, ...(errorType === undefined ? {} : { errorType }) },
      });
    },
    get why() {
      return why;
    },
  };
}

function withoutReason({ reason: _reason, ...rest }: AgentTaskState): AgentTaskState {
  return rest;
}

function factsOf({ taskId, agent, capability, priority, parent, terms }: AgentTaskRequest): TaskFacts {
  const { description, deadlineAt } = terms ?? {};
  const parentId = workflowInfo().parent === undefined ? undefined : parent.executionId;
  return {
    taskId,
    agent,
    capability,
    priority,
    ...(description === undefined ? {} : { description }),
    ...(parentId === undefined ? {} : { parentId }),
    ...(deadlineAt === undefined ? {} : { deadlineAt }),
  };
}
