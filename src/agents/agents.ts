/** Agents as the rest of the platform sees them: one member per part. */
import type { Logger } from 'pino';
import type { Store } from '../store/store';
import type { TemporalClient } from '../temporal/connection';
import type { AgentFigureBook } from './figures';
import { createAgentFigureBook } from './figures';
import type { AgentRegistry } from './registry';
import { createAgentRegistry } from './registry';

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
}

export interface Agents {
  readonly registry: AgentRegistry;
  readonly figures: AgentFigureBook;
}

export function createAgents({ store, home }: AgentParts): Agents {
  return { registry: createAgentRegistry(store, home), figures: createAgentFigureBook(store, home) };
}
