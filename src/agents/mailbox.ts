/** What an inbox asks of the ledger and the registry: how its agent is, what a message says as a task, and what became of it. */
import type { AgentTaskRequest } from '../plan/agent';
import type { AgentLook, LookAtAgent, SettleMessage, TakeMessage } from '../plan/agent-message';
import { BUSY_POLICIES, inboxId } from '../plan/agent-message';
import { OmniError } from '../plan/problem';
import type { AgentMessageTable, MessageRow } from '../store/agent-message-table';
import type { AgentType } from './capability';
import type { AgentRegistry, AgentView } from './registry';

export interface Mailbox {
  readonly look: LookAtAgent;
  readonly take: TakeMessage;
  readonly settle: SettleMessage;
}

/** Another word of a type of agents for one of its capabilities; undefined: it has none. */
export type AliasOf = (agentType: string, word: string) => string | undefined;

export function aliasesOf(types: () => readonly AgentType[]): AliasOf {
  return (agentType, word) => {
    const aliases = types().find(({ type }) => type === agentType)?.aliases ?? {};
    return Object.hasOwn(aliases, word) ? aliases[word] : undefined;
  };
}

export interface MailboxParts {
  readonly table: AgentMessageTable;
  readonly home: string;
  readonly registry: Pick<AgentRegistry, 'get' | 'list'>;
  readonly taskQueue: string;
  readonly aliasOf: AliasOf;
  readonly now: () => number;
}

/** How long the task of a message that never expires waits for its agent: it was there when the message was delivered. */
const WAIT_MS = 7 * 24 * 60 * 60_000;

const RETRY = { maxAttempts: 3, initialIntervalMs: 1_000, backoff: 2, maxIntervalMs: 30_000 } as const;

export function createMailbox(parts: MailboxParts): Mailbox {
  const { table, home, registry, aliasOf } = parts;
  const agentOf = (id: string): Promise<AgentView | undefined> =>
    registry.get(id).catch((error: unknown) => {
      if (error instanceof OmniError && error.problem.type === 'not-found') return undefined;
      throw error;
    });
  return {
    async look(agentId) {
      const agent = await agentOf(agentId);
      return agent && lookOf(agent);
    },
    async take(messageId) {
      const message = await table.get(home, messageId);
      if (message === undefined) return { over: true };
      const { settledAt, taskId } = message;
      if (settledAt !== undefined) return { over: true, ...(taskId === undefined ? {} : { taskId }) };
      const agent = await agentOf(message.receiver);
      const capability = agent && capabilityOf(agent, message.type, aliasOf);
      if (agent === undefined || capability === undefined) {
        const reason =
          agent === undefined ? `${message.receiver} is not registered any more.` : cannot(agent, message.type);
        await table.settle(home, messageId, { state: 'rejected', reason });
        return { over: true };
      }
      const delivered = await table.deliver(home, messageId, messageId);
      return delivered === undefined ? { over: true } : { request: requestOf(delivered, { agent, capability, parts }) };
    },
    async settle(messageId, settlement) {
      const { state } = settlement;
      if (state === 'answered') await table.settle(home, messageId, { state, answer: settlement.answer });
      else if (state === 'failed')
        await table.settle(home, messageId, {
          state,
          reason: settlement.problem.type,
          detail: settlement.problem.detail,
        });
      else await table.settle(home, messageId, { state, reason: settlement.reason });
    },
  };
}

/** The capability that a message's type means to the agent. Undefined: it cannot do that. */
export function capabilityOf(
  agent: Pick<AgentView, 'type' | 'capabilities'>,
  word: string,
  aliasOf: AliasOf,
): string | undefined {
  return [word, aliasOf(agent.type, word)].find((one) => one !== undefined && agent.capabilities.includes(one));
}

/** One sentence that says what it can do. */
export function cannot({ id, capabilities }: Pick<AgentView, 'id' | 'capabilities'>, word: string): string {
  const can = capabilities.length === 0 ? 'It can do nothing.' : `It can do ${capabilities.join(', ')}.`;
  return `The agent ${id} has no capability for messages of the type ${word}. ${can}`;
}

function lookOf({ status, config, maxConcurrency }: AgentView): AgentLook {
  const wish = BUSY_POLICIES.find((policy) => policy === config['whenBusy']);
  return {
    isTaking: !['offline', 'paused', 'draining'].includes(status),
    isBusy: status === 'busy',
    whenBusy: wish ?? 'enqueue',
    slots: maxConcurrency,
  };
}

interface RequestParts {
  readonly agent: AgentView;
  readonly capability: string;
  readonly parts: MailboxParts;
}

function requestOf(message: MessageRow, { agent, capability, parts }: RequestParts): AgentTaskRequest {
  const { id, sender, type, correlationId, priority, payload = null, expiresAt } = message;
  const waitMs = expiresAt === undefined ? WAIT_MS : Math.max(1, expiresAt.getTime() - parts.now());
  return {
    taskId: id,
    key: id,
    agent: agent.type,
    capability,
    priority,
    input: payload,
    retry: RETRY,
    context: { message: { id, from: sender, type, ...(correlationId === undefined ? {} : { correlationId }) } },
    parent: { executionId: inboxId(agent.id, parts.taskQueue), depth: 1, remaining: {} },
    terms: { description: `Message ${type} from ${sender}`, to: agent.id, pool: agent.pool, waitMs },
  };
}
