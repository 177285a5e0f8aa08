/** One execution, kept fresh by the events that the API streams while it runs. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import { ask, noAnswer, refusalOf } from '../ask';
import type { Refusal } from '../ask';
import type { Execution } from '../shapes';
import { withPiece, withStatus, withStep } from './live';
import type { Live, Piece } from './live';

export interface Followed {
  readonly live?: Live;
  readonly refusal?: Refusal;
  /** Looks again at once. */
  readonly again: () => void;
}

/** Visibility trails the engine: what was just started may not be there yet. */
const TRIES = 5;
const AGAIN_MS = 700;
/** While the server is away. */
const REOPEN_MS = 3000;
/** A stream ends after some minutes, and is open again soon. */
const LOST_MS = 6000;

export function useExecution(id: string): Followed {
  const [live, setLive] = useState<Live>();
  const [refusal, setRefusal] = useState<Refusal>();
  const [round, setRound] = useState(0);
  useEffect(() => {
    const address = `/executions/${encodeURIComponent(id)}`;
    const gone = new AbortController();
    let source: EventSource | undefined;
    const change = (next: (before: Live) => Live): void => setLive((before) => before && next(before));
    const follow = (): void => {
      source = new EventSource(`${address}/events`);
      const on = <T>(event: string, take: (data: T) => void): void =>
        source?.addEventListener(event, ({ data }: MessageEvent<string>) => take(JSON.parse(data) as T));
      on<Execution['steps'][number]>('step', (step) => change((before) => withStep(before, step)));
      on<Partial<Execution>>('status', (status) => change((before) => withStatus(before, status)));
      on<Piece>('partial', (piece) => change((before) => withPiece(before, piece)));
      // The browser opens a stream again that broke off, and gives up one that was refused.
      source.addEventListener('error', () => {
        if (source?.readyState === EventSource.CLOSED) later(() => void look(1), REOPEN_MS);
        else later(() => source?.readyState === EventSource.CONNECTING && setRefusal(noAnswer()), LOST_MS);
      });
      source.addEventListener('open', () => setRefusal(undefined));
      on<Execution>('end', (execution) => {
        source?.close();
        setLive({ execution, texts: {} });
      });
    };
    const later = (then: () => void, ms: number): void =>
      void setTimeout(() => {
        if (!gone.signal.aborted) then();
      }, ms);
    const look = async (tries: number): Promise<void> => {
      try {
        const execution = await ask<Execution>(address, { signal: gone.signal });
        setRefusal(undefined);
        setLive({ execution, texts: {} });
        if (execution.status === 'running' || execution.status === 'paused') follow();
      } catch (error) {
        if (gone.signal.aborted) return;
        const refused = refusalOf(error);
        const { status } = refused.problem;
        if (status === 404 && tries > 1) return later(() => void look(tries - 1), AGAIN_MS);
        setRefusal(refused);
        if (status >= 500) later(() => void look(1), REOPEN_MS);
      }
    };
    void look(TRIES);
    return () => {
      gone.abort();
      source?.close();
    };
  }, [id, round]);
  const again = useCallback(() => setRound((before) => before + 1), []);
  return { ...(live && { live }), ...(refusal && { refusal }), again };
}
