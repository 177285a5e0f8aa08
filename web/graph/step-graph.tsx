/** The steps of a definition as a drawing, with what has become of them laid over it. */
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { StepTree } from '../shapes';
import { clipped, layout, pathOf } from './layout';
import type { Drawing, PlacedEdge, PlacedNode } from './layout';
import type { NodeState } from './overlay';

interface StepGraphProps {
  readonly tree: StepTree;
  readonly states?: ReadonlyMap<string, NodeState>;
  /** Path in the drawing of the step that is chosen. */
  readonly chosen?: string;
  readonly onChoose?: (pattern: string) => void;
}

const ZOOMS = [0.25, 0.5, 0.75, 1, 1.25];
/** Below this nobody can read it: the drawing is then cut off rather than made smaller. */
const READABLE = 0.7;
/** Where the eye is led when not all of it is shown. */
const TELLING: readonly string[] = ['failed', 'waiting', 'running', 'degraded'];

export function StepGraph({ tree, states, chosen, onChoose }: StepGraphProps) {
  const drawing = useMemo(() => layout(tree), [tree]);
  const [zoom, setZoom] = useState<number>();
  const port = useRef<HTMLDivElement>(null);
  const { width, height } = drawing;
  useLayoutEffect(() => {
    const { current } = port;
    if (current === null || Math.min(current.clientWidth / width, (innerHeight * 0.7) / height) >= READABLE) return;
    setZoom(0.75);
  }, [drawing]);
  useLayoutEffect(() => {
    const { current } = port;
    if (zoom === undefined || current === null) return;
    const told = TELLING.map((word) => drawing.nodes.find(({ path }) => states?.get(path)?.status === word));
    const at = drawing.nodes.find(({ path }) => path === chosen) ?? told.find((one) => one !== undefined);
    current.scrollLeft =
      at === undefined
        ? (current.scrollWidth - current.clientWidth) / 2
        : (at.x + at.width / 2) * zoom - current.clientWidth / 2;
    current.scrollTop = at === undefined ? 0 : at.y * zoom - current.clientHeight / 3;
  }, [drawing, zoom]);
  const size =
    zoom === undefined
      ? { width: '100%', style: { maxWidth: `${width}px`, maxHeight: '70vh' } }
      : { width: width * zoom, height: height * zoom };
  const step = (by: number) => () =>
    setZoom((before) => {
      const at = ZOOMS.indexOf(before ?? 1);
      return ZOOMS[Math.min(ZOOMS.length - 1, Math.max(0, at + by))] ?? 1;
    });
  return (
    <div class="graph">
      <div class="graph-tools" role="group" aria-label="Size of the drawing">
        <button type="button" onClick={step(-1)} aria-label="Smaller">
          −
        </button>
        <button type="button" onClick={step(1)} aria-label="Larger">
          +
        </button>
        <button
          type="button"
          onClick={() => setZoom(zoom === undefined ? 1 : undefined)}
          aria-pressed={zoom === undefined}
        >
          Fit
        </button>
      </div>
      <div class="graph-port" tabIndex={0} role="group" aria-label={`Steps of ${tree.workflow}`} ref={port}>
        <svg viewBox={`0 0 ${width} ${height}`} {...size}>
          <Picture drawing={drawing} states={states} chosen={chosen} onChoose={onChoose} />
        </svg>
      </div>
    </div>
  );
}

interface PictureProps {
  readonly drawing: Drawing;
  readonly states: ReadonlyMap<string, NodeState> | undefined;
  readonly chosen: string | undefined;
  readonly onChoose: ((pattern: string) => void) | undefined;
}

function Picture({ drawing: { frames, edges, nodes }, states, chosen, onChoose }: PictureProps) {
  return (
    <>
      {frames.map(({ x, y, width, height, title }, index) => (
        <g key={index} class="graph-frame">
          <rect x={x} y={y} width={width} height={height} rx={8} />
          <text x={x + width - 8} y={y + 14} text-anchor="end">
            {title}
          </text>
        </g>
      ))}
      {edges.map((edge, index) => (
        <Edge key={index} edge={edge} taken={taken(edge, states)} />
      ))}
      {nodes.map((node) =>
        node.kind === 'start' || node.kind === 'end' ? (
          <circle key={node.path} class="graph-dot" cx={node.x + 7} cy={node.y + 7} r={node.kind === 'start' ? 5 : 6} />
        ) : (
          <Node
            key={node.path}
            node={node}
            state={states?.get(node.path)}
            live={states !== undefined}
            chosen={node.path === chosen}
            onChoose={onChoose}
          />
        ),
      )}
    </>
  );
}

function taken({ target }: PlacedEdge, states: ReadonlyMap<string, NodeState> | undefined): boolean {
  const state = target === undefined ? undefined : states?.get(target);
  return state !== undefined && state.status !== 'skipped';
}

function Edge({ edge, taken: was }: { readonly edge: PlacedEdge; readonly taken: boolean }) {
  const { label, from, to, kind } = edge;
  const at = kind === 'undo' ? { x: (from.x + to.x) / 2, y: from.y - 5 } : { x: to.x, y: to.y - 8 };
  return (
    <g class={`graph-edge is-${kind}${was ? ' is-taken' : ''}`}>
      <path d={pathOf(edge)} />
      {label !== undefined && (
        <text x={at.x} y={at.y} text-anchor="middle">
          {clipped(label, 30)}
          <title>{label}</title>
        </text>
      )}
    </g>
  );
}

interface NodeProps {
  readonly node: PlacedNode;
  readonly state: NodeState | undefined;
  /** Of an execution: a step without a state has not begun. */
  readonly live: boolean;
  readonly chosen: boolean;
  readonly onChoose: ((pattern: string) => void) | undefined;
}

function Node({ node, state, live, chosen, onChoose }: NodeProps) {
  const { path, title, lines, x, y, width, height } = node;
  const status = state?.status ?? (live ? 'pending' : 'plain');
  const choose = onChoose && (() => onChoose(path));
  const keyed = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    choose?.();
  };
  return (
    <g
      class={`graph-node is-${status}${chosen ? ' is-chosen' : ''}`}
      transform={`translate(${x} ${y})`}
      {...(choose === undefined
        ? {}
        : {
            role: 'button',
            tabIndex: 0,
            'aria-pressed': chosen,
            'aria-description': status,
            onClick: choose,
            onKeyDown: keyed,
          })}
    >
      <rect width={width} height={height} rx={6}>
        <title>{[title, ...lines].join('\n')}</title>
      </rect>
      <rect class="graph-mark" width={4} height={height - 12} x={6} y={6} rx={2} />
      <text class="graph-title" x={18} y={19}>
        {clipped(title, state === undefined ? 25 : 21)}
      </text>
      {state !== undefined && (
        <text class="graph-note" x={width - 8} y={19} text-anchor="end">
          {noteOf(state)}
        </text>
      )}
      {lines.map((line, index) => (
        <text key={index} class="graph-line" x={18} y={36 + index * 15}>
          {clipped(line, Math.floor((width - 24) / 6))}
        </text>
      ))}
    </g>
  );
}

const SIGNS: Readonly<Record<string, string>> = {
  completed: '✓',
  failed: '✕',
  running: '●',
  waiting: '◔',
  degraded: '!',
  cancelled: '⊘',
  skipped: '–',
};

/** How often it was done or tried, and a sign that does not need colour. */
function noteOf({ status, records, ended, attempts }: NodeState): string {
  const rounds = records > 1 ? `${ended}/${records} ` : attempts > 1 ? `×${attempts} ` : '';
  return `${rounds}${SIGNS[status] ?? '?'}`;
}
