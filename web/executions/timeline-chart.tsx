/** The timeline, drawn: a bar for each step, in shades of what it did with its time. */
import { count, duration, usd } from '../format';
import type { Step } from '../shapes';
import type { Attempts } from './attempts';
import type { Segment, TimelineRow, TimeScale } from './timeline';
import { timelineRows, timeScale } from './timeline';

interface TimelineChartProps {
  readonly steps: readonly Step[];
  readonly now: number;
  readonly attempts: Attempts;
  readonly chosen: string | undefined;
  readonly onChoose: (path: string) => void;
}

const SHADES = [
  ['queue', 'queue, between attempts'],
  ['run', 'work'],
  ['human', 'people'],
  ['timer', 'a time'],
  ['hold', 'steps inside'],
] as const;

export function TimelineChart({ steps, now, attempts, chosen, onChoose }: TimelineChartProps) {
  const rows = timelineRows(steps, now, attempts);
  if (rows.length === 0) return null;
  const scale = timeScale(rows);
  const priced = rows.some(({ tokens, costUsd }) => tokens > 0 || costUsd > 0);
  return (
    <section class="panel" aria-label="Timeline">
      <header class="panel-head">
        <h2>Timeline</h2>
        <span class="legend">
          {SHADES.map(([shade, text]) => (
            <span key={shade}>
              <i class={`bar is-${shade}`} aria-hidden="true" /> {text}
            </span>
          ))}
        </span>
      </header>
      <ol class={`timeline${priced ? ' is-priced' : ''}`}>
        {rows.map((row) => (
          <li key={row.path} class={row.path === chosen ? 'is-chosen' : undefined}>
            <button
              type="button"
              class="timeline-name clip"
              style={{ paddingInlineStart: `${8 + Math.min(row.depth, 6) * 12}px` }}
              title={row.path}
              onClick={() => onChoose(row.path)}
            >
              {row.name}
              {/\[\d+\]/.test(row.path) ? <span class="faint"> {/\[(\d+)\](?!.*\[)/.exec(row.path)?.[1]}</span> : null}
            </button>
            <span class="timeline-track">
              <Bars row={row} scale={scale} />
            </span>
            <span class="timeline-time number">{duration(row.to - row.from)}</span>
            {priced && <span class="timeline-spent number">{spent(row)}</span>}
          </li>
        ))}
      </ol>
      <p class="timeline-ends faint">
        <span>0</span>
        {scale.fold !== undefined && (
          <span>the longest wait, {duration(scale.fold.to - scale.fold.from)}, is folded</span>
        )}
        <span>{duration(scale.to - scale.from)}</span>
      </p>
    </section>
  );
}

function Bars({ row, scale }: { readonly row: TimelineRow; readonly scale: TimeScale }) {
  return (
    <>
      {row.segments.map((segment, index) => {
        const left = scale.at(segment.from);
        const width = scale.at(segment.to) - left;
        return (
          <i
            key={index}
            class={`bar is-${segment.shade}${segment.failed === true ? ' is-failed' : ''}`}
            style={{ insetInlineStart: `${left * 100}%`, width: `max(2px, ${width * 100}%)` }}
            title={titleOf(segment)}
          />
        );
      })}
    </>
  );
}

function spent({ tokens, costUsd }: TimelineRow): string {
  const parts = [...(tokens > 0 ? [`${count(tokens)} tokens`] : []), ...(costUsd > 0 ? [usd(costUsd)] : [])];
  return parts.join(' · ');
}

function titleOf({ shade, from, to, call, attempt, provider, failed }: Segment): string {
  const what = SHADES.find(([name]) => name === shade)?.[1] ?? shade;
  const which = attempt !== undefined ? ` attempt ${attempt}` : call !== undefined ? ` call ${call}` : '';
  const who = `${which}${provider === undefined ? '' : ` of ${provider}`}`;
  return `${what}${who}${failed === true ? ', failed' : ''}: ${duration(to - from)}`;
}
