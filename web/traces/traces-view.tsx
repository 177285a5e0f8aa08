/** Traces: what happened in one request or execution, found by operation, how it ended, definition and time. */
import type { ViewOf } from '../app';
import { duration } from '../format';
import { replacePlace, useAsked, useTitle } from '../hooks';
import { Empty, Loading, Refused, Status, View, When } from '../parts/parts';
import { Table } from '../parts/table';
import { hrefOf } from '../place';
import type { TraceSummary } from '../shapes';
import { STATUSES, tracesPath, wordsOf } from './filters';

const FRESH_EVERY_MS = 10_000;
const FIELDS = [
  ['operationName', 'Operation'],
  ['workflow', 'Definition'],
  ['executionId', 'Execution'],
  ['minDuration', 'At least, ms'],
] as const;

export function TracesView({ place: { query } }: ViewOf) {
  useTitle('Traces');
  const words = wordsOf(query);
  const { value, refusal } = useAsked<{ traces: readonly TraceSummary[]; next?: string }>(
    tracesPath(words),
    FRESH_EVERY_MS,
  );
  return (
    <View title="Traces">
      <form
        class="filters"
        onSubmit={(event) => {
          event.preventDefault();
          const given = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>;
          replacePlace(hrefOf(['traces'], wordsOf({ ...given, status: words.status ?? '' })));
        }}
      >
        <nav class="pills" aria-label="Status">
          {['', ...STATUSES].map((one) => (
            <a
              key={one}
              href={hrefOf(['traces'], { ...words, cursor: '', status: one })}
              aria-current={one === (words.status ?? '') ? 'true' : undefined}
            >
              {one === '' ? 'all' : one}
            </a>
          ))}
        </nav>
        {FIELDS.map(([name, text]) => (
          <label key={`${name} ${words[name] ?? ''}`}>
            <span class="label">{text}</span>
            <input name={name} defaultValue={words[name] ?? ''} size={name === 'minDuration' ? 6 : 14} />
          </label>
        ))}
        <button class="button is-plain">Filter</button>
      </form>
      <Refused refusal={refusal} />
      {value === undefined && refusal === undefined && <Loading />}
      {value?.traces.length === 0 && <Empty title="No trace fits. One shows up some seconds after it ended." />}
      {value !== undefined && value.traces.length > 0 && (
        <section class="panel" aria-label="All traces">
          <Table
            label="Traces"
            rows={value.traces}
            keyOf={({ traceId }) => traceId}
            columns={[
              { name: 'Stands', kind: 'short', cell: ({ status }) => <Status of={status} /> },
              {
                name: 'Operation',
                kind: 'wide',
                cell: ({ traceId, operationName, workflow }) => (
                  <span>
                    <a href={hrefOf(['traces', traceId])}>{operationName}</a> <span class="faint">{workflow}</span>
                  </span>
                ),
              },
              { name: 'Of', kind: 'short', cell: ({ service }) => service },
              { name: 'Spans', kind: 'number', cell: ({ spans }) => spans },
              { name: 'Began', kind: 'short', cell: ({ startTime }) => <When at={startTime} /> },
              { name: 'Took', kind: 'number', cell: (one) => duration(one.duration) },
            ]}
          />
        </section>
      )}
      {value?.next !== undefined && <a href={hrefOf(['traces'], { ...words, cursor: value.next })}>Older traces</a>}
    </View>
  );
}
