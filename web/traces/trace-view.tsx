/** One trace: its spans over time, each below the one that it is a part of, and what a chosen one says of itself. */
import { useMemo, useState } from 'preact/hooks';
import type { ViewOf } from '../app';
import { duration, moment, plural } from '../format';
import { replacePlace, useAsked, useTitle } from '../hooks';
import { JsonView } from '../parts/json-view';
import { Fact, Loading, Refused, Status, View, When } from '../parts/parts';
import { hrefOf } from '../place';
import type { Span, Trace } from '../shapes';
import { waterfallOf } from './waterfall';
import type { WaterfallRow } from './waterfall';

const FRESH_EVERY_MS = 5000;

export function TraceView({ place }: ViewOf) {
  const [, id = ''] = place.path;
  useTitle(`Trace ${id}`);
  const [live, setLive] = useState(true);
  const path = `/monitoring/traces/${encodeURIComponent(id)}`;
  const { value, refusal } = useAsked<Trace>(path, live ? FRESH_EVERY_MS : undefined);
  if (value !== undefined && live !== grows(value)) setLive(!live);
  if (value === undefined)
    return <View title="Trace">{refusal === undefined ? <Loading /> : <Refused refusal={refusal} />}</View>;
  const { operationName, status, service, startTime, executionId, workflow, spans, truncated } = value;
  const chosen = spans.find(({ spanId }) => spanId === place.query['span']);
  const choose = (spanId: string | undefined): void =>
    replacePlace(hrefOf(['traces', id], { span: spanId === chosen?.spanId ? undefined : spanId }));
  return (
    <View
      title={
        <>
          {operationName} <Status of={status} />
        </>
      }
      facts={
        <>
          <Fact name="trace">
            <code>{id}</code>
          </Fact>
          <Fact name="of">{service}</Fact>
          {workflow !== undefined && <Fact name="definition">{workflow}</Fact>}
          {executionId !== undefined && <a href={hrefOf(['executions', executionId])}>The execution</a>}
          <Fact name="began">
            <When at={startTime} />
          </Fact>
          <Fact name="took">{duration(value.duration)}</Fact>
          <Fact name="spans">{truncated ?? spans.length}</Fact>
        </>
      }
    >
      <Refused refusal={refusal} />
      {truncated !== undefined && (
        <div class="banner">
          It has {plural(truncated, 'span')}; the first {spans.length} are shown.
        </div>
      )}
      <div class={`split${chosen === undefined ? '' : ' is-split'}`}>
        <Spans spans={spans} chosen={chosen?.spanId} choose={choose} />
        {chosen !== undefined && <SpanPanel span={chosen} close={() => choose(undefined)} />}
      </div>
    </View>
  );
}

/** Processes hand their spans on some seconds after they ended. */
const LATE_MS = 60_000;

function grows({ status, startTime, duration: took }: Trace): boolean {
  return status === 'running' || Date.now() - Date.parse(startTime) - took < LATE_MS;
}

interface SpansProps {
  readonly spans: readonly Span[];
  readonly chosen: string | undefined;
  readonly choose: (spanId: string) => void;
}

function Spans({ spans, chosen, choose }: SpansProps) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const { rows, totalMs } = useMemo(() => waterfallOf(spans, folded), [spans, folded]);
  const fold = (id: string): void =>
    setFolded((before) => new Set(before.has(id) ? [...before].filter((one) => one !== id) : [...before, id]));
  return (
    <section class="panel" aria-label="Spans">
      <header class="panel-head">
        <h2>Spans</h2>
        <span class="faint">from 0 to {duration(totalMs)}</span>
      </header>
      <ol class="timeline is-waterfall">
        {rows.map((row) => (
          <Row
            key={row.span.spanId}
            row={row}
            folded={folded.has(row.span.spanId)}
            chosen={row.span.spanId === chosen}
            choose={choose}
            fold={fold}
          />
        ))}
      </ol>
    </section>
  );
}

interface RowProps {
  readonly row: WaterfallRow;
  readonly folded: boolean;
  readonly chosen: boolean;
  readonly choose: (spanId: string) => void;
  readonly fold: (spanId: string) => void;
}

function Row({ row: { span, depth, inside, from, length }, folded, chosen, choose, fold }: RowProps) {
  const { spanId, name, kind, status } = span;
  const tone = status === 'error' ? 'failed' : kind === 'client' ? 'client' : kind === 'server' ? 'server' : 'run';
  return (
    <li class={chosen ? 'is-chosen' : undefined}>
      <span class="span-name" style={{ paddingInlineStart: `${4 + Math.min(depth, 10) * 11}px` }}>
        {inside > 0 ? (
          <button
            type="button"
            class="span-fold"
            aria-expanded={!folded}
            aria-label={`${folded ? 'Show' : 'Hide'} ${plural(inside, 'span')} in ${name}`}
            onClick={() => fold(spanId)}
          >
            {folded ? '▸' : '▾'}
          </button>
        ) : (
          <span class="span-fold" />
        )}
        <button
          type="button"
          class="timeline-name clip"
          title={name}
          aria-pressed={chosen}
          onClick={() => choose(spanId)}
        >
          {status === 'error' && <span class="span-error">✕ </span>}
          {name}
          {folded && <span class="faint"> +{inside}</span>}
        </button>
      </span>
      <span class="timeline-track">
        <i
          class={`bar is-span-${tone}`}
          style={{ insetInlineStart: `${from * 100}%`, width: `max(2px, ${length * 100}%)` }}
          title={`${kind}, ${duration(span.duration)}`}
        />
      </span>
      <span class="timeline-time number">{duration(span.duration)}</span>
    </li>
  );
}

function SpanPanel({ span, close }: { readonly span: Span; readonly close: () => void }) {
  const { spanId, name, kind, status, service, startTime, executionId, attributes, links } = span;
  return (
    <section class="panel step-panel" aria-label={`Span ${name}`}>
      <header class="panel-head">
        <h2>
          {name} <Status of={status === 'unset' ? 'ok' : status} />
        </h2>
        <button type="button" class="link" onClick={close} aria-label="Close the span">
          Close
        </button>
      </header>
      <div class="pad">
        <p class="facts">
          <Fact name="span">
            <code>{spanId}</code>
          </Fact>
          <Fact name="kind">{kind}</Fact>
          <Fact name="of">{service}</Fact>
          <Fact name="began">{moment(startTime)}</Fact>
          <Fact name="took">{duration(span.duration)}</Fact>
          {executionId !== undefined && <a href={hrefOf(['executions', executionId])}>The execution</a>}
        </p>
        {Object.keys(attributes).length > 0 && (
          <>
            <h3>Attributes</h3>
            <JsonView value={attributes} />
          </>
        )}
        {links.length > 0 && (
          <>
            <h3>Goes on from</h3>
            <ul>
              {links.map((link) => (
                <li key={link.spanId}>
                  <a href={hrefOf(['traces', link.traceId], { span: link.spanId })}>
                    <code>{link.spanId}</code>
                  </a>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </section>
  );
}
