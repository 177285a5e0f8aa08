/** Lines of a chart out of the kept samples of a metric: grouped by a label, on even steps of time, the largest first. */
import type { MetricSeries } from '../shapes';

/** How values with other labels become one: `sum` of what is counted, `mean` of what is measured, `last` of what stands. */
export type Merge = 'sum' | 'mean' | 'last';

export interface Span {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

export interface Line {
  readonly name: string;
  /** One for each time; undefined: nothing is known of it. */
  readonly values: readonly (number | undefined)[];
  /** Of what is counted the sum, else the newest value. */
  readonly total: number;
}

export interface Lines {
  /** Beginnings of the steps, milliseconds since 1970. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
}

/** More would be told apart by nobody. */
const MOST_LINES = 6;
/** Stands for the rest, as in labels of metrics. */
const OTHER = 'other';

interface Terms extends Span {
  readonly merge: Merge;
  /** Labels whose values name a line; none: one line for all. */
  readonly by: readonly string[];
}

interface Cell {
  readonly sum: number;
  readonly weight: number;
}

export function linesOf({ series, stepSeconds }: MetricSeries, { from, to, merge, by }: Terms): Lines {
  const stepMs = stepSeconds * 1000;
  const first = Math.floor(from / stepMs);
  const length = Math.max(1, Math.floor(to / stepMs) - first + 1);
  const groups = new Map<string, Map<number, Cell>>();
  for (const { labels, points } of series) {
    const name = by.map((label) => labels[label] ?? '').join(' · ');
    const cells = groups.get(name) ?? new Map<number, Cell>();
    groups.set(name, cells);
    for (const { at, value, count = 1 } of points) {
      const slot = Math.floor(Date.parse(at) / stepMs) - first;
      if (slot >= 0 && slot < length) cells.set(slot, added(cells.get(slot), cellOf(value, count, merge)));
    }
  }
  const lines = [...groups].map(([name, cells]) => lineOf(name, cells, { length, merge }));
  const shown = lines.filter(({ values }) => values.some((value) => value !== undefined && value !== 0));
  const sorted = [...(merge === 'last' ? lines : shown)].sort((a, b) => b.total - a.total || order(a.name, b.name));
  return {
    times: Array.from({ length }, (_, index) => (first + index) * stepMs),
    lines: sorted.length <= MOST_LINES ? sorted : withOther(sorted, { groups, length, merge }),
  };
}

function cellOf(value: number, count: number, merge: Merge): Cell {
  return merge === 'mean' ? { sum: value * count, weight: count } : { sum: value, weight: 1 };
}

function added(before: Cell = { sum: 0, weight: 0 }, { sum, weight }: Cell): Cell {
  return { sum: before.sum + sum, weight: before.weight + weight };
}

interface Shape {
  readonly length: number;
  readonly merge: Merge;
}

/** What was not counted in a step was nothing; what was not measured is unknown; what stands does so until it is told anew. */
function lineOf(name: string, cells: ReadonlyMap<number, Cell>, { length, merge }: Shape): Line {
  let newest: number | undefined;
  const values = Array.from({ length }, (_, slot) => {
    const cell = cells.get(slot);
    const value = cell && (merge === 'mean' ? (cell.weight === 0 ? undefined : cell.sum / cell.weight) : cell.sum);
    newest = value ?? newest;
    return merge === 'sum' ? (value ?? 0) : merge === 'last' ? newest : value;
  });
  const all = values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
  return { name, values, total: merge === 'sum' ? all : (newest ?? 0) };
}

function withOther(
  sorted: readonly Line[],
  { groups, ...shape }: Shape & { readonly groups: ReadonlyMap<string, ReadonlyMap<number, Cell>> },
): readonly Line[] {
  const kept = sorted.filter(({ name }) => name !== OTHER).slice(0, MOST_LINES - 1);
  const rest = sorted.filter((line) => !kept.includes(line));
  const cells = new Map<number, Cell>();
  for (const { name } of rest)
    for (const [slot, cell] of groups.get(name) ?? []) cells.set(slot, added(cells.get(slot), cell));
  return [...kept, lineOf(OTHER, cells, shape)];
}

function order(a: string, b: string): number {
  return a < b ? -1 : 1;
}

/** Round marks from 0 to at least `most`, three to six of them. */
export function marks(most: number): readonly number[] {
  if (!(most > 0)) return [0, 1];
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? power * 10;
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  /** The largest value that is drawn. */
  readonly most: number;
}

/** Pixels. */
const DASH = 4;

/** The `d` of an SVG path; the line is broken where nothing is known, and a value alone is a dash. */
export function pathOf(values: Line['values'], { width, height, most }: Frame): string {
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  let drawing = false;
  return values
    .map((value, index) => {
      if (value === undefined) {
        drawing = false;
        return '';
      }
      const x = round(index * step);
      const y = round(height - (value / most) * height);
      const alone = !drawing && values[index + 1] === undefined;
      const mark = alone ? `M${x - DASH / 2} ${y}h${DASH}` : `${drawing ? 'L' : 'M'}${x} ${y}`;
      drawing = true;
      return mark;
    })
    .join('');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
