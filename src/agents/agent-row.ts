/** Agents to and from the table's columns. */
import type { AgentRow, AgentTerms } from '../store/agent-table';
import { PRIORITY_KEYS } from '../plan/agent';
import type { Priority } from '../plan/agent';
import type { AgentDefinition, AgentRecord, SetStatus, StatusOverride } from './agent';
import { SET_STATUSES } from './agent';

export function termsOf({ maxConcurrency, ...rest }: AgentDefinition): AgentTerms {
  return { ...rest, max_concurrency: maxConcurrency };
}

export function agentOf(row: AgentRow): AgentRecord {
  const { id, name, type, pool, capabilities, config, metadata, version } = row;
  const override = overrideOf(row);
  const { owner, build, started_at: startedAt, seen_at: seenAt, in_flight: inFlight, draining } = row;
  return {
    id,
    name,
    type,
    pool,
    capabilities,
    maxConcurrency: row.max_concurrency,
    priority: isPriority(row.priority) ? row.priority : 'normal',
    config,
    metadata,
    version,
    registeredAt: row.registered_at,
    updatedAt: row.updated_at,
    ...(override && { override }),
    ...(owner !== null &&
      build !== null &&
      startedAt !== null &&
      seenAt !== null && { heard: { owner, build, startedAt, seenAt, inFlight, draining } }),
  };
}

function overrideOf({
  set_status: status,
  set_metadata,
  set_by: by,
  set_until: until,
}: AgentRow): StatusOverride | undefined {
  if (status === null || !isSetStatus(status) || by === null || until === null) return undefined;
  return { status, metadata: set_metadata ?? {}, by, until };
}

function isPriority(word: string): word is Priority {
  return Object.hasOwn(PRIORITY_KEYS, word);
}

function isSetStatus(word: string): word is SetStatus {
  return (SET_STATUSES as readonly string[]).includes(word);
}
