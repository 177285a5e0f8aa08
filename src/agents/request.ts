/** A message that is asked for an answer: waits for it, and for no longer than its time. */
import type { Json } from '../plan/json';
import { OmniError } from '../plan/problem';
import type { MessageRow } from '../store/agent-message-table';
import type { NewMessage } from './message';
import type { AgentMessages } from './messages';

/** A little longer than the ledger: it is the ledger that says whether an answer came in time. */
const GRACE_MS = 50;

/**
 * Resolves with the answer. Throws what sending throws, `timeout` when there is none in time (what comes then is recorded as late and
 * dropped), `tool-error` when the receiver failed, `conflict` when he takes no message, `cancelled` when `closing` comes first.
 */
export async function requestAnswer(
  messages: Pick<AgentMessages, 'send' | 'wait' | 'giveUp'>,
  message: NewMessage & { readonly replyWithinMs: number },
  closing: AbortSignal,
): Promise<Json> {
  if (message.to.startsWith('type:'))
    throw new OmniError(
      'validation',
      'A request goes to one agent or task, which can answer. Send to the type without waiting.',
    );
  const { messageId } = await messages.send(message);
  const time = AbortSignal.timeout(message.replyWithinMs + GRACE_MS);
  const row = await messages.wait(messageId, AbortSignal.any([closing, time]));
  if (row.settledAt !== undefined) return answerIn(row, message);
  if (closing.aborted)
    throw new OmniError('cancelled', `The wait for the answer to ${messageId} was ended. The message itself goes on.`, {
      data: { messageId },
    });
  await messages.giveUp(messageId);
  // It may have come in this very moment.
  return answerIn(await messages.wait(messageId, AbortSignal.abort()), message);
}

function answerIn(
  { id: messageId, receiver, state, reason = '', answer }: MessageRow,
  { replyWithinMs }: { readonly replyWithinMs: number },
): Json {
  const data = { messageId, state };
  if (state === 'answered') return answer ?? null;
  if (state === 'failed')
    throw new OmniError('tool-error', `${receiver} failed at the message ${messageId}. ${reason}`, { data });
  if (state === 'rejected')
    throw new OmniError('conflict', `${receiver} does not take the message ${messageId}. ${reason}`, { data });
  throw new OmniError(
    'timeout',
    `${receiver} did not answer the message ${messageId} within ${replyWithinMs} ms. An answer that comes now is dropped; send it again with more time.`,
    { data },
  );
}
