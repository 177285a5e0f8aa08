/** Agents as the rest of the platform sees them: one member per part. */
import type { Logger } from 'pino';
import type { MatchAgent, NoteTask } from '../plan/agent-task';
import type { Store } from '../store/store';
import type { TemporalClient } from '../temporal/connection';
import type { AgentFigureBook } from './figures';
import { createAgentFigureBook } from './figures';
import type { AgentType } from './capability';
import type { Mailbox } from './mailbox';
import { aliasesOf, createMailbox } from './mailbox';
import type { AgentMessages } from './messages';
import { createMessages } from './messages';
import type { AgentRegistry } from './registry';
import { createAgentRegistry } from './registry';
import { taskMatcher, taskNotes } from './task-notes';
import type { AgentTasks, TaskEngine } from './tasks';
import { createAgentTasks } from './tasks';

export interface AgentParts {
  readonly store: Store;
  /** See `homeOf`. */
  readonly home: string;
  readonly client: TemporalClient['client'];
  /** Of the engine's worker. */
  readonly taskQueue: string;
  readonly now: () => number;
  readonly uuid: () => string;
  readonly logger: Logger;
  readonly engine: TaskEngine;
  /** Absent: no type of agents has other words for its capabilities. */
  readonly types?: () => readonly AgentType[];
}

export interface Agents {
  readonly registry: AgentRegistry;
  readonly figures: AgentFigureBook;
  readonly tasks: AgentTasks;
  /** What the engine's worker answers tasks and inboxes with. */
  readonly activities: { readonly matchAgent: MatchAgent; readonly noteTask: NoteTask; readonly mailbox: Mailbox };
  readonly messages: AgentMessages;
}

export function createAgents(parts: AgentParts): Agents {
  const { store, home, types = () => [] } = parts;
  const registry = createAgentRegistry(store, home);
  const mail = { ...parts, registry, table: store.agentMessages, aliasOf: aliasesOf(types) };
  return {
    registry,
    figures: createAgentFigureBook(store, home),
    tasks: createAgentTasks(parts),
    messages: createMessages(mail),
    activities: {
      matchAgent: taskMatcher(registry),
      noteTask: taskNotes(store.agentTasks, home),
      mailbox: createMailbox(mail),
    },
  };
}
