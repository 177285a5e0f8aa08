/** Bounds a provider's work by its timeout and by the cancellation of the call, and shows Temporal that the worker lives. */
import { Context } from '@temporalio/activity';
import { OmniError } from '../src/plan/problem';
import { lateAnswer } from '../src/tools/call-attempt';

const HEARTBEAT_MS = 2_000;

export interface Bounds {
  readonly timeoutMs: number;
  readonly what: string;
  /** What each heartbeat says. */
  readonly pulse: () => void;
  /** Aborted with an `OmniError` when the worker has to end. */
  readonly ending?: AbortSignal | undefined;
}

/** Rejects as soon as the time is over or the call is cancelled, whether or not the work minds its signal. */
export async function withinTime<T>(
  { timeoutMs, what, pulse, ending }: Bounds,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const context = Context.current();
  const controller = new AbortController();
  const cancelled = (): void => controller.abort(new OmniError('cancelled', `The call of ${what} was cancelled.`));
  context.cancellationSignal.addEventListener('abort', cancelled, { once: true });
  if (context.cancellationSignal.aborted) cancelled();
  const ended = (): void => controller.abort(ending?.reason);
  ending?.addEventListener('abort', ended, { once: true });
  if (ending?.aborted === true) ended();
  const timer = setTimeout(() => controller.abort(lateAnswer({ timeoutMs, what })), timeoutMs);
  const heart = context.info.isLocal ? undefined : setInterval(pulse, HEARTBEAT_MS);
  try {
    return await Promise.race([work(controller.signal), aborted(controller.signal)]);
  } catch (thrown) {
    // What a provider makes of an aborted socket is less telling than why it was aborted.
    throw controller.signal.aborted ? controller.signal.reason : thrown;
  } finally {
    clearTimeout(timer);
    clearInterval(heart);
    context.cancellationSignal.removeEventListener('abort', cancelled);
    ending?.removeEventListener('abort', ended);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (): void => reject(signal.reason as Error);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}
