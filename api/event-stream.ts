/** Live progress of an execution as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
import { setTimeout as pause } from 'node:timers/promises';
import type { Response } from 'express';
import type { Executions } from '../src/executions/executions';
import { isOpen } from '../src/executions/status';
import type { Caller } from '../src/security/caller';
import { may } from '../src/security/caller';
import type { PartialChannel } from '../src/store/partial-channel';
import { withAddresses } from './links';
import { seenBy } from './masked';
import { executionBody } from './started';

const POLL_MS = 500;
const KEEP_ALIVE_MS = 15_000;

/** A stream ends by itself after this time; the client connects again and is told where things stand. */
const MAX_STREAM_MS = 10 * 60 * 1000;

/** Partial text waits for a client that reads slowly up to this many bytes; beyond them it is left out. */
const MAX_WAITING_BYTES = 64 * 1024;

export interface Stream {
  readonly executions: Executions;
  readonly partials: PartialChannel;
  readonly executionId: string;
  readonly caller: Caller;
  readonly response: Response;
  /** Ends when the client goes away or the server stops. */
  readonly signal: AbortSignal;
}

/**
 * Sends every step that is new or has changed as `step`, every change of the whole as `status`, what models write as `partial`, and
 * at its end the execution as `end`. Throws `not-found` before anything is sent.
 */
export async function streamProgress({
  executions,
  partials,
  executionId,
  caller,
  response,
  signal,
}: Stream): Promise<void> {
  let execution = await executions.describe(executionId);
  const sent = new Map<string, string>();
  const reveals = may(caller, 'execution:reveal');
  const closeAt = performance.now() + MAX_STREAM_MS;
  let quietSince = performance.now();
  response.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store',
    'X-Accel-Buffering': 'no',
  });
  response.write('retry: 2000\n\n');

  const write = (event: string, text: string): void => {
    quietSince = performance.now();
    response.write(`event: ${event}\ndata: ${text}\n\n`);
  };
  const tell = (event: string, key: string, data: unknown): void => {
    const text = JSON.stringify(seenBy(caller, withAddresses(data, executionId)));
    if (sent.get(key) === text) return;
    sent.set(key, text);
    write(event, text);
  };
  const listening = partials.listen(executionId, (piece) => {
    if (reveals && !response.writableEnded && response.writableLength < MAX_WAITING_BYTES)
      write('partial', JSON.stringify(piece));
  });

  try {
    for (;;) {
      // Running times grow with every look; only what has happened counts as a change.
      for (const step of execution.steps)
        tell('step', `step ${step.path}`, step.endedAt === undefined ? { ...step, runMs: 0, waitMs: 0 } : step);
      const { status, paused, engineError } = execution;
      tell('status', 'status', { executionId, status, paused, engineError });
      if (!isOpen(execution.status)) {
        tell('end', 'end', executionBody(execution));
        break;
      }
      await pause(POLL_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted || performance.now() > closeAt) break;
      if (performance.now() - quietSince > KEEP_ALIVE_MS) {
        response.write(': still here\n\n');
        quietSince = performance.now();
      }
      // A client that does not keep up is told how things stand when it does, not how they came there.
      if (response.writableNeedDrain) continue;
      // A look that fails (Temporal restarts) is no news; the next one may succeed.
      execution = await executions.describe(executionId).catch(() => execution);
    }
  } finally {
    listening.stop();
  }
  response.end();
}
