/** What the platform logs as an error, handed on as events for Sentry; never waits, and never logs about itself. */
import { randomUUID } from 'node:crypto';
import type { SentryEvent } from './sentry-event';

/** Takes one event; a rejection may say how long to be silent, in milliseconds. */
export type SendEvent = (event: SentryEvent) => Promise<void>;

/** A destination for lines of the log that are errors. */
export interface ErrorReport {
  write(line: string): void;
}

const MOST_UNDER_WAY = 5;
const SILENCE_MS = 60_000;

/** Events beyond what can be sent at a time are dropped, as Sentry asks of its senders. */
export function createErrorReport(send: SendEvent, now: () => number = Date.now): ErrorReport {
  let underWay = 0;
  let silentUntil = 0;
  return {
    write(line) {
      const event = eventOf(line, now());
      if (event === undefined || underWay >= MOST_UNDER_WAY || now() < silentUntil) return;
      underWay += 1;
      send(event)
        .catch((thrown: { readonly retryAfterMs?: number }) => {
          silentUntil = now() + (thrown.retryAfterMs ?? SILENCE_MS);
        })
        .finally(() => (underWay -= 1));
    },
  };
}

/** The line is redacted already; its message is constant, so that events of one cause are one issue. */
function eventOf(line: string, atMs: number): SentryEvent | undefined {
  const { level, msg, role, ...extra } = parsed(line);
  if ((level !== 'error' && level !== 'fatal') || typeof msg !== 'string') return undefined;
  return {
    id: randomUUID().replaceAll('-', ''),
    message: msg,
    level,
    atMs,
    tags: { role: String(role) },
    extra,
    fingerprint: [msg],
  };
}

function parsed(line: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
