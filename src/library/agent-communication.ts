/** The library's face to what agents are asked to do and told. */
import type { Agents } from '../agents/agents';
import type { AgentTaskWish } from '../agents/task-request';
import type { AgentTaskDetail } from '../agents/task-view';
import type { AgentTaskPage, TaskFilter } from '../agents/tasks';
import type { Json } from '../plan/json';
import type { MessageCalls } from './agent-messages';
import { createMessageCalls } from './agent-messages';
import type { UnderWay } from './under-way';

/** How a task is to be done; all may be left out. */
export interface TaskOptions extends Omit<
  AgentTaskWish,
  'type' | 'capability' | 'description' | 'payload' | 'deadline'
> {
  /** Then the task ends as `timeout`. */
  readonly deadline?: Date;
  /** Only agents of this type. */
  readonly agentType?: string;
  /** On whose behalf: he answers none of its questions to people. */
  readonly by?: string;
}

export interface AgentCommunication extends MessageCalls {
  /**
   * Asks an agent that has the capability `type`, and gives the task's id. It goes on by itself. With `id` in the options the same call means
   * the same task. Rejects with `validation`, and `conflict` when another task has that id.
   */
  createTask(type: string, description: string, payload: Json, options?: TaskOptions): Promise<string>;
  /** Where it stands; its output once it has ended. Rejects with `not-found`. */
  getTask(id: string): Promise<AgentTaskDetail>;
  /** Newest first. */
  getTasks(filter?: Partial<TaskFilter>): Promise<AgentTaskPage>;
  /** The task when it has ended, however that was and however long it takes. Rejects with `not-found`. */
  waitForTask(id: string): Promise<AgentTaskDetail>;
  /** Rejects with `not-found`, and `conflict` when it has ended otherwise. */
  cancelTask(id: string, reason?: string): Promise<void>;
}

const PAGE = 50;

/** Waits end when the orchestrator closes; the tasks themselves go on. */
export function createAgentCommunication(
  { tasks, messages }: Pick<Agents, 'tasks' | 'messages'>,
  underWay: UnderWay,
): AgentCommunication {
  const create: AgentCommunication['createTask'] = async (capability, description, payload, options = {}) => {
    const { agentType, by, deadline, ...rest } = options;
    const { taskId } = await tasks.create(
      {
        ...rest,
        capability,
        description,
        payload,
        ...(agentType === undefined ? {} : { type: agentType }),
        ...(deadline === undefined ? {} : { deadline: deadline.toISOString() }),
      },
      by === undefined ? {} : { requestedBy: by },
    );
    return taskId;
  };
  return {
    ...createMessageCalls(messages, underWay),
    createTask: (...call) => underWay.track(create(...call)),
    getTask: (id) => underWay.track(tasks.get(id)),
    getTasks: (filter = {}) => underWay.track(tasks.list({ limit: PAGE, ...filter })),
    waitForTask: (id) => underWay.track(tasks.wait(id, underWay.signal)),
    cancelTask: (id, reason) => underWay.track(tasks.cancel(id, reason)),
  };
}
