/** What views have in common: the place, the clock, and answers of the API that stay fresh. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ask, refusalOf } from './ask';
import type { Refusal } from './ask';
import { placeOf } from './place';
import type { Place } from './place';

export function usePlace(): Place {
  const [place, setPlace] = useState(() => placeOf(location.hash));
  useEffect(() => {
    const changed = (): void => setPlace(placeOf(location.hash));
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return place;
}

/** Goes to a place without leaving one behind: filters are no pages. */
export function replacePlace(href: string): void {
  history.replaceState(null, '', href);
  dispatchEvent(new Event('hashchange'));
}

/** Milliseconds since 1970, told anew every so often. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

export interface Asked<T> {
  /** The last good answer. */
  readonly value?: T;
  /** Why the last question was refused. */
  readonly refusal?: Refusal;
  /** Asks at once. */
  readonly again: () => void;
}

/** What a path answers, asked again every so often while the page is looked at; an undefined path asks nothing. */
export function useAsked<T>(path: string | undefined, everyMs?: number): Asked<T> {
  const [answer, setAnswer] = useState<{ path?: string; value?: T; refusal?: Refusal }>({});
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (path === undefined) return undefined;
    const gone = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (): Promise<void> => {
      if (!document.hidden)
        await ask<T>(path, { signal: gone.signal }).then(
          (value) => setAnswer({ path, value }),
          (error: unknown) => {
            if (!gone.signal.aborted)
              setAnswer((before) => ({ ...(before.path === path ? before : { path }), refusal: refusalOf(error) }));
          },
        );
      if (everyMs !== undefined && !gone.signal.aborted) timer = setTimeout(() => void look(), everyMs);
    };
    void look();
    return () => {
      gone.abort();
      clearTimeout(timer);
    };
  }, [path, everyMs, round]);
  const again = useCallback(() => setRound((before) => before + 1), []);
  const known = answer.path === path ? answer : {};
  return {
    ...(known.value === undefined ? {} : { value: known.value }),
    ...(known.refusal === undefined ? {} : { refusal: known.refusal }),
    again,
  };
}

export interface Deed {
  readonly busy: boolean;
  readonly refusal?: Refusal;
  /** True when it was done. */
  readonly run: (deed: () => Promise<unknown>) => Promise<boolean>;
  readonly clear: () => void;
}

/** Something that somebody asks for with a button: one at a time, and what came of it. */
export function useDeed(): Deed {
  const [state, setState] = useState<{ busy: boolean; refusal?: Refusal }>({ busy: false });
  const running = useRef(false);
  return {
    ...state,
    async run(deed) {
      if (running.current) return false;
      running.current = true;
      setState({ busy: true });
      try {
        await deed();
        setState({ busy: false });
        return true;
      } catch (error) {
        setState({ busy: false, refusal: refusalOf(error) });
        return false;
      } finally {
        running.current = false;
      }
    },
    clear: () => setState({ busy: false }),
  };
}

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · MCP Orchestrator`;
  }, [title]);
}

/** After the last key. */
const PAUSE_MS = 400;

/** What a path says of a body that somebody is writing, asked whenever the keys rest; an undefined body asks nothing. */
export function useFound<T>(path: string, body: object | undefined): Omit<Asked<T>, 'again'> {
  const [state, setState] = useState<Omit<Asked<T>, 'again'>>({});
  useEffect(() => {
    if (body === undefined) {
      setState({});
      return undefined;
    }
    const gone = new AbortController();
    const timer = setTimeout(() => {
      ask<T>(path, { method: 'POST', body, signal: gone.signal }).then(
        (value) => setState({ value }),
        (error: unknown) => !gone.signal.aborted && setState({ refusal: refusalOf(error) }),
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
  }, [JSON.stringify(body)]);
  return state;
}
