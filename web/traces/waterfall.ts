/** The spans of a trace as rows of a waterfall: each below the one that it is a part of, in the order of their start. */
import type { Span } from '../shapes';

export interface WaterfallRow {
  readonly span: Span;
  /** How deep it lies in others. */
  readonly depth: number;
  /** Spans that are a part of it, at any depth. */
  readonly inside: number;
  /** Parts of the whole time, 0 to 1. */
  readonly from: number;
  readonly length: number;
}

export interface Waterfall {
  readonly rows: readonly WaterfallRow[];
  /** Milliseconds since 1970, and of the whole. */
  readonly startedAt: number;
  readonly totalMs: number;
}

/** Spans whose parent is not here begin a tree of their own; `spans` are in order of their start. `folded`: ids of spans whose parts are left out. */
export function waterfallOf(spans: readonly Span[], folded: ReadonlySet<string> = new Set()): Waterfall {
  const times = spans.map(({ startTime, duration }) => ({ from: Date.parse(startTime), ms: duration }));
  const startedAt = Math.min(...times.map(({ from }) => from));
  const endedAt = Math.max(...times.map(({ from, ms }) => from + ms));
  const totalMs = spans.length === 0 ? 0 : endedAt - startedAt;
  const whole = Math.max(totalMs, 1e-6);
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const children = new Map<string, Span[]>();
  for (const span of spans) {
    const { parentId, spanId } = span;
    const parent = parentId !== undefined && parentId !== spanId && ids.has(parentId) ? parentId : '';
    const siblings = children.get(parent) ?? [];
    children.set(parent, siblings);
    siblings.push(span);
  }
  const rows: WaterfallRow[] = [];
  const seen = new Set<string>();
  const sizes = new Map<string, number>();
  const sizeOf = (id: string): number => {
    const known = sizes.get(id);
    if (known !== undefined) return known;
    sizes.set(id, 0);
    const size = (children.get(id) ?? []).reduce((sum, { spanId }) => sum + 1 + sizeOf(spanId), 0);
    sizes.set(id, size);
    return size;
  };
  const add = (span: Span, depth: number): void => {
    if (seen.has(span.spanId)) return;
    seen.add(span.spanId);
    const from = clamp((Date.parse(span.startTime) - startedAt) / whole);
    const length = Math.min(1 - from, span.duration / whole);
    rows.push({ span, depth, inside: sizeOf(span.spanId), from, length });
    if (!folded.has(span.spanId)) for (const child of children.get(span.spanId) ?? []) add(child, depth + 1);
  };
  for (const root of children.get('') ?? []) add(root, 0);
  // Of a circle, which no right trace has, each is shown once.
  if (folded.size === 0) for (const span of spans) add(span, 0);
  return { rows, startedAt: spans.length === 0 ? 0 : startedAt, totalMs };
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
