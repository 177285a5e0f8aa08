/** Tells the work of a task when it has to end: by its deadline, by whoever cancels it, or by its worker; and shows Temporal that the worker lives. */
import { Context } from '@temporalio/activity';
import { OmniError } from '../src/plan/problem';

const HEARTBEAT_MS = 2_000;
/** The longest time that a timer of Node takes. */
const LONGEST_MS = 2 ** 31 - 1;

/** How long work that has to end may take to do so. */
export const SETTLE_MS = 15_000;

export interface TaskBounds {
  /** Agent and capability, for texts. */
  readonly what: string;
  /** Milliseconds since 1970. */
  readonly deadlineAt: number | undefined;
  /** Aborted with an `OmniError` when the worker has to end. */
  readonly ending: AbortSignal;
  /** What each heartbeat says. */
  readonly pulse: () => void;
}

/** Rejects with the reason when the work does not end within `SETTLE_MS` of being told to. */
export async function bounded<T>(
  { what, deadlineAt, ending, pulse }: TaskBounds,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const context = Context.current();
  const { cancellationSignal } = context;
  const controller = new AbortController();
  const cancel = (): void => controller.abort(cancellation(context, what));
  const end = (): void => controller.abort(ending.reason);
  const late = (): void => controller.abort(new OmniError('timeout', `${what} was not done by its deadline.`));
  cancellationSignal.addEventListener('abort', cancel);
  ending.addEventListener('abort', end);
  if (cancellationSignal.aborted) cancel();
  else if (ending.aborted) end();
  const leftMs = deadlineAt === undefined ? undefined : Math.min(LONGEST_MS, Math.max(0, deadlineAt - Date.now()));
  const timer = leftMs === undefined ? undefined : setTimeout(late, leftMs);
  const heart = setInterval(pulse, HEARTBEAT_MS);
  let settling: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => {
      settling = setTimeout(() => reject(controller.signal.reason as Error), SETTLE_MS);
    });
  });
  try {
    if (controller.signal.aborted) throw controller.signal.reason;
    return await Promise.race([work(controller.signal), overdue]);
  } catch (thrown) {
    // What a capability makes of an aborted socket is less telling than why it was aborted.
    throw controller.signal.aborted && !(thrown instanceof OmniError) ? controller.signal.reason : thrown;
  } finally {
    cancellationSignal.removeEventListener('abort', cancel);
    ending.removeEventListener('abort', end);
    clearTimeout(timer);
    clearInterval(heart);
    clearTimeout(settling);
  }
}

/** Where nobody has cancelled it, Temporal has given it to another worker, or is about to. */
function cancellation({ cancellationDetails }: Context, what: string): OmniError {
  return cancellationDetails?.cancelRequested === true
    ? new OmniError('cancelled', `${what} was cancelled.`)
    : new OmniError('provider-unavailable', `${what} was taken from this worker, which was too slow or not heard of.`);
}
