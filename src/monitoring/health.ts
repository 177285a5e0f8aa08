/** Whether what this process stands on does its work: each part is asked within a deadline, and what went wrong last is remembered. */
import type { Logger } from 'pino';
import { OmniError } from '../plan/problem';
import type { Clean } from './clean-text';
import { createClean } from './clean-text';

export const HEALTH_STATES = ['healthy', 'degraded', 'unhealthy'] as const;
export type HealthState = (typeof HEALTH_STATES)[number];

export interface HealthCheck {
  readonly name: string;
  /** Nothing can be served without it: what fails is unhealthy. Of any other part it is degraded. */
  readonly needed: boolean;
  /** Milliseconds; default 3 s. */
  readonly deadlineMs?: number;
  /** For so long a good answer counts; default: it is asked each time. */
  readonly keepMs?: number;
  /** Rejects when the part does not do its work; a text says what is not as it should be, though it does. */
  readonly ask: () => Promise<string | void>;
}

export interface CheckedPart extends Required<Pick<HealthCheck, 'name' | 'needed' | 'deadlineMs'>> {
  readonly state: HealthState;
  /** Until it answered, or was given up. */
  readonly latencyMs: number;
  readonly checkedAt: Date;
  /** Why it is not healthy, without secrets. */
  readonly detail?: string;
  /** Also when it is healthy again. */
  readonly lastError?: { readonly at: Date; readonly detail: string };
}

export interface HealthReport {
  /** `unavailable`: something needed is unhealthy. `degraded`: it serves, and something is not as it should be. */
  readonly status: 'ok' | 'degraded' | 'unavailable';
  readonly parts: readonly CheckedPart[];
}

export interface Health {
  /** Whoever asks while others wait for the same answer gets theirs. */
  look(): Promise<HealthReport>;
}

export interface HealthOptions {
  readonly logger: Logger;
  /** Takes secrets out of texts. */
  readonly clean?: Clean;
}

/** A part that takes longer to answer counts as absent. */
const DEADLINE_MS = 3_000;
/** Beyond this share of its deadline an answer is late. */
const SLOW = 0.5;

export function createHealth(checks: readonly HealthCheck[], options: HealthOptions): Health {
  const parts = checks.map((check) => watched(check, { clean: createClean(), ...options }));
  return {
    async look() {
      const seen = await Promise.all(parts.map((part) => part()));
      const bad = seen.some(({ state }) => state === 'unhealthy');
      const status = bad ? 'unavailable' : seen.every(({ state }) => state === 'healthy') ? 'ok' : 'degraded';
      return { status, parts: seen };
    },
  };
}

function watched(check: HealthCheck, { logger, clean }: Required<HealthOptions>): () => Promise<CheckedPart> {
  const { name, needed, deadlineMs = DEADLINE_MS, keepMs = 0, ask } = check;
  let last: CheckedPart | undefined;
  let asking: Promise<CheckedPart> | undefined;
  const say = (now: HealthState, error?: unknown): void => {
    if (now === (last?.state ?? 'healthy')) return;
    if (now === 'healthy') logger.info({ part: name }, 'a part of this process is healthy again');
    else logger.warn({ part: name, state: now, err: error }, 'a part of this process is not healthy');
  };
  const look = async (): Promise<CheckedPart> => {
    const begunAt = performance.now();
    const facts = (): Pick<CheckedPart, 'latencyMs' | 'checkedAt'> => ({
      latencyMs: Math.round(performance.now() - begunAt),
      checkedAt: new Date(),
    });
    const as = (state: HealthState, detail?: string): CheckedPart => {
      const { latencyMs, checkedAt } = facts();
      const error = state === 'healthy' || detail === undefined ? last?.lastError : { at: checkedAt, detail };
      return {
        ...{ name, needed, state, latencyMs, deadlineMs, checkedAt },
        ...(state !== 'healthy' && detail !== undefined && { detail }),
        ...(error && { lastError: error }),
      };
    };
    let now: CheckedPart;
    try {
      const amiss = await within(deadlineMs, ask());
      const { latencyMs } = facts();
      const late = latencyMs > deadlineMs * SLOW ? `It took ${latencyMs} ms to answer.` : undefined;
      const detail = amiss ?? late;
      now = detail === undefined ? as('healthy') : as('degraded', clean(detail));
      say(now.state);
    } catch (error) {
      now = as(needed ? 'unhealthy' : 'degraded', clean(textOf(error)));
      say(now.state, error);
    }
    last = now;
    return now;
  };
  return () => {
    if (asking !== undefined) return asking;
    if (last?.state === 'healthy' && Date.now() - last.checkedAt.getTime() < keepMs) return Promise.resolve(last);
    return (asking = look().finally(() => (asking = undefined)));
  };
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new OmniError('timeout', `No answer within ${ms} ms.`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Some errors of sockets hold only a code, or only what each address said. */
function textOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(textOf).join('; ');
  if (!(error instanceof Error)) return 'It failed without an error.';
  const { code } = error as { readonly code?: unknown };
  return error.message !== '' ? error.message : typeof code === 'string' ? code : error.name;
}
