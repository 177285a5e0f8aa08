/**
 * What a request counts whose answer never came whole. A vendor bills what it has read and written even when nobody hears the end of
 * it, so that much is told before and while the answer comes: the estimate stands when the connection breaks in the middle of it,
 * when the time is over, and when the worker is lost.
 */
import { OmniError } from '../plan/problem';
import type { AnswerUsage, CallContext } from '../tools/tool';
import type { AnswerSoFar } from './http/client';

/** A vendor that floods us is not believed to have written all that for us: tokens, where `config.maxTokens` does not say. */
const MOST_OUTPUT_TOKENS = 4096;

/** `sent`: what is billed even when nothing comes back. */
export async function accounted<T>(
  call: Pick<CallContext, 'used' | 'config'>,
  sent: AnswerUsage,
  exchange: (onAnswer: (answer: AnswerSoFar) => void) => Promise<T>,
): Promise<T> {
  const { maxTokens } = call.config;
  const most = typeof maxTokens === 'number' ? maxTokens : MOST_OUTPUT_TOKENS;
  let answered: AnswerSoFar | undefined;
  call.used?.({ ...sent, estimated: true });
  try {
    return await exchange((answer) => {
      answered = answer;
      const outputTokens =
        sent.inputTokens === undefined ? {} : { outputTokens: Math.min(most, Math.floor(answer.bytes / 4)) };
      call.used?.({ ...sent, ...outputTokens, estimated: true });
    });
  } catch (thrown) {
    if (!mayBeBilled(thrown, answered)) call.used?.({});
    throw thrown;
  }
}

/** A refusal costs nothing, nor does a vendor that was never reached; one that was still at work when we left may bill. */
function mayBeBilled(thrown: unknown, answered: AnswerSoFar | undefined): boolean {
  const type = thrown instanceof OmniError ? thrown.problem.type : '';
  if (answered === undefined) return type === 'timeout' || type === 'cancelled';
  // Any other type is a refusal inside a 200.
  const broken = ['timeout', 'cancelled', 'provider-unavailable', 'tool-error', 'too-large'].includes(type);
  return broken && answered.status >= 200 && answered.status <= 299;
}
