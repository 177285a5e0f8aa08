/** Messages to a task on which a model works: taken out of the mailbox between two turns, each once. */
import type { LoopMessage } from '../../plan/agent-loop';
import { MESSAGE_SIGNAL } from '../../plan/agent-loop';
import type { Json } from '../../plan/json';
import { own } from '../../plan/json';
import type { AgentProgress, LiveState } from '../state';
import { messageWords } from './words';

/** Ids that are remembered. */
const MAX_HEARD = 1_000;

/** What the model is told of those that came since. Anything else under the signal's name is dropped. */
export function readMessages(state: LiveState, progress: AgentProgress): readonly string[] {
  const letters = state.mailbox.filter(({ name }) => name === MESSAGE_SIGNAL);
  if (letters.length === 0) return [];
  const heard = new Set(progress.heard);
  const fresh = letters.flatMap(({ payload }) => {
    const message = messageIn(payload);
    if (message === undefined || heard.has(message.id)) return [];
    heard.add(message.id);
    return [message];
  });
  state.mailbox = state.mailbox.filter(({ name }) => name !== MESSAGE_SIGNAL);
  progress.heard = [...heard].slice(-MAX_HEARD);
  return fresh.length === 0 ? [] : [`Messages that came in:\n${fresh.map(messageWords).join('\n')}`];
}

function messageIn(payload: Json): LoopMessage | undefined {
  const [id, from, type] = ['id', 'from', 'type'].map((key) => own(payload, key));
  if (typeof id !== 'string' || typeof from !== 'string' || typeof type !== 'string') return undefined;
  return { id, from, type, payload: own(payload, 'payload') ?? null };
}
