/** A provider's rate that all processes share, because the vendor counts them as one. */
import type { ProviderLimits } from './tool';
import { burstOf } from './turnstile';

/** Milliseconds until it is worth asking again; 0: the call may go on. Never rejects. */
export type JointRate = (provider: string, limits: ProviderLimits) => Promise<number>;

export const ALONE: JointRate = () => Promise.resolve(0);

export interface JointRateParts {
  readonly take: (bucket: {
    readonly provider: string;
    readonly perSecond: number;
    readonly burst: number;
  }) => Promise<number>;
  /** Told when what is shared cannot be reached any more, and when it can be again. */
  readonly onReach: (reached: boolean) => void;
}

/** A call is not held up longer than this by a count that does not answer. */
const PATIENCE_MS = 1_000;

/** While the count cannot be reached each process goes by its own: the vendor's 429 is cheaper than to stand still. */
export function createJointRate({ take, onReach }: JointRateParts): JointRate {
  let reached = true;
  const tell = (now: boolean): void => {
    if (now !== reached) onReach(now);
    reached = now;
  };
  return async (provider, limits) => {
    const { perSecond, shared } = limits;
    if (shared !== true || perSecond === undefined) return 0;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('late')), PATIENCE_MS);
    });
    try {
      const waitMs = await Promise.race([take({ provider, perSecond, burst: burstOf(limits) }), late]);
      tell(true);
      return waitMs;
    } catch {
      tell(false);
      return 0;
    } finally {
      clearTimeout(timer);
    }
  };
}
