/** Mail of agents: what an inbox asks of the ledger and the registry, and how a task has ended that another run of it has started. */
import { Context } from '@temporalio/activity';
import type { LookAtAgent, SettleMessage, TakeMessage, TaskEnd } from '../src/plan/agent-message';
import { OmniError } from '../src/plan/problem';
import { taskEndOf } from '../src/temporal/agent-inbox';
import type { ActivityDependencies } from './dependencies';
import { shown, told } from './failure';

type Parts = Pick<ActivityDependencies, 'mailbox'>;

export function createLookAtAgent(parts: Parts): LookAtAgent {
  return (agentId) => told(() => mailboxOf(parts).look(agentId));
}

export function createTakeMessage(parts: Parts): TakeMessage {
  return (messageId) => told(() => mailboxOf(parts).take(messageId));
}

/** Words of agents may quote what they were given, and the ledger's reasons are no secret. */
export function createSettleMessage(parts: Parts): SettleMessage {
  return (messageId, settlement) =>
    told(() =>
      mailboxOf(parts).settle(
        messageId,
        settlement.state === 'failed' ? { ...settlement, problem: shown(settlement.problem) } : settlement,
      ),
    );
}

export const taskEnd: TaskEnd = (taskId) => taskEndOf(Context.current().client, taskId);

/** Until a worker has one the inbox waits: another worker of the queue may have it. */
function mailboxOf({ mailbox }: Parts): NonNullable<Parts['mailbox']> {
  if (mailbox !== undefined) return mailbox;
  throw new OmniError('provider-unavailable', 'This worker was started without the ledger of messages.');
}
