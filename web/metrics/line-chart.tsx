/** A chart of lines: read with the eye, with the arrow keys value by value, or as a table. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { moment } from '../format';
import { Table } from '../parts/table';
import type { Lines } from './series';
import { marks, pathOf } from './series';

const HEIGHT = 150;
const LEFT = 58;
const BELOW = 20;
/** Outcomes have their colours everywhere; all else takes the next of the row. */
const KNOWN: Readonly<Record<string, string>> = {
  completed: 'completed',
  failed: 'failed',
  cancelled: 'still',
  terminated: 'paused',
};
/** Rows of a table beyond this are read by nobody. */
const MOST_ROWS = 60;

interface LineChartProps {
  readonly title: string;
  readonly drawn: Lines;
  readonly format: (value: number) => string;
}

export function LineChart({ title, drawn, format }: LineChartProps) {
  const { times, lines } = drawn;
  const [port, width] = useWidth();
  const [at, setAt] = useState<number>();
  const inside = Math.max(60, width - LEFT - 10);
  const most = Math.max(0, ...lines.flatMap(({ values }) => values.filter((value) => value !== undefined)));
  const scale = marks(most);
  const frame = { width: inside, height: HEIGHT, most: scale.at(-1) ?? 1 };
  const last = times.length - 1;
  const step = last > 0 ? inside / last : 0;
  const move = (by: number): void => setAt((before) => Math.min(last, Math.max(0, (before ?? last) + by)));
  const keyed = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -1, ArrowRight: 1, Home: -last, End: last }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    move(by);
  };
  const pointed = (event: PointerEvent): void => {
    const left = (event.currentTarget as SVGElement).getBoundingClientRect().left;
    setAt(Math.min(last, Math.max(0, Math.round((event.clientX - left - LEFT) / (step || 1)))));
  };
  return (
    <figure class="chart">
      <figcaption class="panel-head">
        <h2>{title}</h2>
        <span class="legend">
          {lines
            .filter(({ name }) => name !== '')
            .map(({ name }, index) => (
              <span key={name}>
                <i class={`swatch ${toneOf(name, index)}`} aria-hidden="true" /> {name}
              </span>
            ))}
        </span>
      </figcaption>
      <div class="chart-port" ref={port}>
        <svg
          width={width}
          height={HEIGHT + BELOW + 10}
          role="application"
          tabIndex={0}
          aria-label={`${title}. Arrow keys read it value by value.`}
          onKeyDown={keyed}
          onPointerMove={pointed}
          onPointerLeave={() => setAt(undefined)}
          onBlur={() => setAt(undefined)}
        >
          <g transform={`translate(${LEFT} 8)`}>
            {scale.map((mark) => {
              const y = HEIGHT - (mark / frame.most) * HEIGHT;
              return (
                <g key={mark} class="chart-mark">
                  <path d={`M0 ${y}H${inside}`} />
                  <text x={-8} y={y + 4} text-anchor="end">
                    {format(mark)}
                  </text>
                </g>
              );
            })}
            {[0, Math.round(last / 2), last].map((index, place) => (
              <text
                key={place}
                class="chart-time"
                x={index * step}
                y={HEIGHT + BELOW - 3}
                text-anchor={(['start', 'middle', 'end'] as const)[place]}
              >
                {clock(times, index)}
              </text>
            ))}
            {lines.map(({ name, values }, index) => (
              <path key={name} class={`chart-line ${toneOf(name, index)}`} d={pathOf(values, frame)} />
            ))}
            {at !== undefined && <path class="chart-cursor" d={`M${at * step} 0V${HEIGHT}`} />}
          </g>
        </svg>
      </div>
      <p class="chart-words" role="status">
        {at === undefined ? '' : wordsAt(at, drawn, format)}
      </p>
      <details>
        <summary>As a table</summary>
        <ValueTable title={title} drawn={drawn} format={format} />
      </details>
    </figure>
  );
}

function toneOf(name: string, index: number): string {
  return `is-${KNOWN[name] ?? `line-${index + 1}`}`;
}

function wordsAt(at: number, { times, lines }: Lines, format: (value: number) => string): string {
  const values = lines.flatMap(({ name, values: all }) => {
    const value = all[at];
    return value === undefined ? [] : [`${name} ${format(value)}`.trim()];
  });
  return `${moment(new Date(times[at] ?? 0).toISOString())}: ${values.length === 0 ? 'nothing' : values.join(', ')}`;
}

function ValueTable({ title, drawn: { times, lines }, format }: LineChartProps) {
  const slots = times.map((_, index) => index).filter((index) => lines.some(({ values }) => values[index]));
  return (
    <>
      <Table
        label={title}
        rows={slots.slice(-MOST_ROWS).reverse()}
        keyOf={(slot) => slot}
        columns={[
          { name: 'From', kind: 'short', cell: (slot) => moment(new Date(times[slot] ?? 0).toISOString()) },
          ...lines.map(({ name, values }) => ({
            name: name === '' ? 'Value' : name,
            kind: 'number' as const,
            cell: (slot: number) => {
              const value = values[slot];
              return value === undefined ? '' : format(value);
            },
          })),
        ]}
      />
      {slots.length > MOST_ROWS && (
        <p class="pad faint">
          The newest {MOST_ROWS} of {slots.length} are shown.
        </p>
      )}
    </>
  );
}

/** With the day where a clock would say too little. */
function clock(times: readonly number[], index: number): string {
  const days = (times.at(-1) ?? 0) - (times[0] ?? 0) > 2 * 86_400_000;
  const text = moment(new Date(times[index] ?? 0).toISOString());
  return days ? text.slice(5, 10) : text.slice(11, 16);
}

/** Pixels that an element is wide. */
function useWidth() {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(480);
  useEffect(() => {
    const { current } = ref;
    if (current === null) return undefined;
    const watch = new ResizeObserver(() => setWidth(current.clientWidth));
    watch.observe(current);
    return () => watch.disconnect();
  }, []);
  return [ref, width] as const;
}
