/** One execution, kept fresh by the events that the API streams while it runs. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import { ask, refusalOf } from '../ask';
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
      on<Execution>('end', (execution) => {
        source?.close();
        setLive({ execution, texts: {} });
      });
    };
    const look = async (tries: number): Promise<void> => {
      try {
        const execution = await ask<Execution>(address, { signal: gone.signal });
        setRefusal(undefined);
        setLive({ execution, texts: {} });
        if (execution.status === 'running' || execution.status === 'paused') follow();
      } catch (error) {
        if (gone.signal.aborted) return;
        if (refusalOf(error).problem.status === 404 && tries > 1) setTimeout(() => void look(tries - 1), AGAIN_MS);
        else setRefusal(refusalOf(error));
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
