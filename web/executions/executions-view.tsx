/** The list of executions: filtered by the address, read page by page, and fresh at its top. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ViewOf } from '../app';
import { ask, refusalOf } from '../ask';
import type { Refusal } from '../ask';
import { duration, plural } from '../format';
import { useTitle } from '../hooks';
import { Empty, Loading, Refused, Status, View, When } from '../parts/parts';
import { VirtualRows } from '../parts/virtual-rows';
import { hrefOf } from '../place';
import type { Summary } from '../shapes';
import { FilterBar } from './filter-bar';
import { filtersOf, listPath } from './filters';
import type { Filters } from './filters';
import type { Listed, Page } from './pages';
import { extended, refreshed } from './pages';

const PAGE = 200;
/** Few rows change in a moment: what is new stands at the top. */
const FRESH_EVERY_MS = 3000;
const ROW = { wide: 36, narrow: 62 };
const NARROW = '(max-width: 700px)';

export function ExecutionsView({ place }: ViewOf) {
  useTitle('Executions');
  const filters = filtersOf(place);
  return (
    <View title="Executions">
      <FilterBar filters={filters} />
      <Rows key={JSON.stringify(filters)} filters={filters} />
    </View>
  );
}

function Rows({ filters }: { readonly filters: Filters }) {
  const { listed, refusal, more, setAtTop } = useExecutions(filters);
  const narrow = useNarrow();
  if (listed === undefined) return refusal === undefined ? <Loading /> : <Refused refusal={refusal} />;
  const { rows, next } = listed;
  return (
    <>
      <Refused refusal={refusal} />
      {rows.length === 0 ? (
        <Empty title="No execution fits.">
          <a href={hrefOf(['definitions'])}>Start one from a definition</a>
        </Empty>
      ) : (
        <>
          <VirtualRows
            label="Executions"
            count={rows.length}
            rowHeight={narrow ? ROW.narrow : ROW.wide}
            head={['Status', 'Definition', 'Execution', 'Started by', 'Started', 'Took'].map((name) => (
              <span role="columnheader" key={name}>
                {name}
              </span>
            ))}
            row={(index) => <Row one={rows[index]} />}
            onNearEnd={more}
            onTop={setAtTop}
          />
          <p class="faint table-foot" role="status">
            {plural(rows.length, 'execution')}
            {next === undefined ? '' : ' so far; scroll for more'}
          </p>
        </>
      )}
    </>
  );
}

function Row({ one }: { readonly one: Summary | undefined }) {
  if (one === undefined) return null;
  const { executionId, workflow, version, status, origin, startedAt, duration: took, waitsFor } = one;
  const waits = waitsFor === undefined || status !== 'running' ? undefined : `waits for ${waitsFor.join(', ')}`;
  return (
    <>
      <span role="cell">
        <Status of={waits === undefined ? status : 'waiting'} {...(waits === undefined ? {} : { title: waits })} />
      </span>
      <span role="cell" class="strong">
        <a href={hrefOf(['executions', executionId])}>{workflow}</a>{' '}
        <span class="faint">{version === undefined ? '' : `v${version}`}</span>
      </span>
      <span role="cell" class="mono faint clip" title={executionId}>
        {executionId}
      </span>
      <span role="cell" class="faint">
        {origin}
      </span>
      <span role="cell">
        <When at={startedAt} />
      </span>
      <span role="cell" class="number">
        {duration(took)}
      </span>
    </>
  );
}

function useExecutions(filters: Filters) {
  const [listed, setListed] = useState<Listed>();
  const [refusal, setRefusal] = useState<Refusal>();
  const fetching = useRef(false);
  const atTop = useRef(true);
  const path = useMemo(() => listPath(filters, { from: Date.now(), limit: PAGE }), []);
  useEffect(() => {
    const gone = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (): Promise<void> => {
      if (!document.hidden && atTop.current && !fetching.current)
        await ask<Page>(path, { signal: gone.signal }).then(
          (page) => {
            setListed((before) =>
              before === undefined ? { ...page, rows: page.executions } : refreshed(before, page),
            );
            setRefusal(undefined);
          },
          (error: unknown) => !gone.signal.aborted && setRefusal(refusalOf(error)),
        );
      if (!gone.signal.aborted) timer = setTimeout(() => void look(), FRESH_EVERY_MS);
    };
    void look();
    return () => {
      gone.abort();
      clearTimeout(timer);
    };
  }, [path]);
  const more = useCallback((): void => {
    const next = listed?.next;
    if (next === undefined || fetching.current) return;
    fetching.current = true;
    ask<Page>(`${path}&cursor=${encodeURIComponent(next)}`)
      .then(
        (page) => setListed((before) => extended(before ?? { rows: [] }, page)),
        (error: unknown) => setRefusal(refusalOf(error)),
      )
      .finally(() => (fetching.current = false));
  }, [path, listed?.next]);
  const setAtTop = useCallback((top: boolean): void => void (atTop.current = top), []);
  return { listed, refusal, more, setAtTop };
}

function useNarrow(): boolean {
  const [narrow, setNarrow] = useState(() => matchMedia(NARROW).matches);
  useEffect(() => {
    const media = matchMedia(NARROW);
    const changed = (): void => setNarrow(media.matches);
    media.addEventListener('change', changed);
    return () => media.removeEventListener('change', changed);
  }, []);
  return narrow;
}
