/**
 * Where the steps of a definition stand when it is drawn. A definition is a tree, so nothing has to be searched for: steps that follow
 * one another are stacked on one line, lanes stand beside each other below the step that holds them, and what happens on a failure
 * stands to their right. Takes time in proportion to the number of steps. Lengths are pixels.
 */
import type { DrawnStep, Lane, StepTree } from '../shapes';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedNode extends Point {
  /** `start`, `end`, or the path of a step. */
  readonly path: string;
  readonly kind: string;
  readonly title: string;
  readonly lines: readonly string[];
  readonly width: number;
  readonly height: number;
}

export interface PlacedFrame extends Point {
  readonly title: string;
  readonly width: number;
  readonly height: number;
}

export interface PlacedEdge {
  readonly from: Point;
  readonly to: Point;
  /** Height at which it turns aside. */
  readonly bend: number;
  readonly kind: 'flow' | 'side' | 'undo';
  readonly label?: string;
  /** The step that it leads to, if it leads to one. */
  readonly target?: string;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly frames: readonly PlacedFrame[];
  readonly edges: readonly PlacedEdge[];
}

export const NODE_WIDTH = 208;
const HEAD = 28;
const LINE = 15;
const GAP = 30;
const BETWEEN = 28;
const PADDING = 16;
const MARGIN = 16;
const LANE_HEAD = 34;
const DOT = 14;
const EMPTY_LANE = 72;

/** A piece of the drawing around its own axis: x is 0 on the line on which it is entered and left, y is 0 at its top. */
interface Piece {
  readonly left: number;
  readonly right: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly frames: readonly PlacedFrame[];
  readonly edges: readonly PlacedEdge[];
  /** The step that it begins with. */
  readonly entry?: string;
  /** From where it goes on; none after a step that ends the execution. */
  readonly exits: readonly Exit[];
}

interface Exit extends Point {
  readonly label?: string;
  readonly side?: true;
}

export function layout({ steps, finally: last }: StepTree): Drawing {
  const flow = sequence(steps);
  const ending = last.length === 0 ? undefined : framed('finally', beside([{ as: 'steps', steps: last }]));
  // Nothing leads on from a `return` that all end with.
  const ended = flow.exits.length === 0 && ending === undefined;
  const whole = stack([
    dot('start'),
    ...(flow.height === 0 ? [] : [flow]),
    ...(ending ? [ending] : []),
    ...(ended ? [] : [dot('end')]),
  ]);
  const { nodes, frames, edges } = moved(whole, { x: whole.left + MARGIN, y: MARGIN });
  return { width: whole.left + whole.right + 2 * MARGIN, height: whole.height + 2 * MARGIN, nodes, frames, edges };
}

function sequence(steps: readonly DrawnStep[]): Piece {
  return stack(steps.map(block));
}

/** One below the other, each entered from where the one before goes on. */
function stack(pieces: readonly Piece[]): Piece {
  let y = 0;
  let exits: readonly Exit[] = [{ x: 0, y: 0 }];
  const placed: Piece[] = [];
  const edges: PlacedEdge[] = [];
  pieces.forEach((piece, index) => {
    if (index > 0) y += GAP;
    const entry = { x: 0, y };
    if (index > 0) for (const exit of exits) edges.push(edge(exit, entry, { bend: y - GAP / 2, ...targetOf(piece) }));
    placed.push(moved(piece, entry));
    exits = piece.exits.map((exit) => ({ ...exit, y: exit.y + y }));
    y += piece.height;
  });
  return {
    ...together(placed),
    height: y,
    edges: [...placed.flatMap((piece) => piece.edges), ...edges],
    ...(pieces[0]?.entry === undefined ? {} : { entry: pieces[0].entry }),
    exits,
  };
}

/** A step with all that it holds. */
function block(step: DrawnStep): Piece {
  const node = nodeOf(step);
  const inner = step.lanes.filter(({ as }) => as === 'steps' || as === 'branch' || as === 'case');
  const whenNone: readonly Lane[] =
    step.kind === 'switch' && !inner.some(({ label }) => label === 'default')
      ? [{ as: 'case', label: 'none', steps: [] }]
      : [];
  const lanes = [...inner, ...whenNone];
  const side = step.lanes.filter((lane) => !inner.includes(lane));
  const undo = step.compensate === undefined ? undefined : undoOf(step.compensate, node);
  const body = lanes.length === 0 ? undefined : framed(titleOf(step), beside(lanes));
  const below = body === undefined ? node.height : node.height + body.height;
  const main = together([
    bare(node),
    ...(body === undefined ? [] : [moved(body, { x: 0, y: node.height })]),
    ...(undo === undefined ? [] : [undo]),
  ]);
  const exits: readonly Exit[] =
    step.kind === 'return' || step.kind === 'fail'
      ? []
      : body === undefined
        ? [{ x: 0, y: node.height }]
        : body.exits.map((exit) => ({ ...exit, y: exit.y + node.height }));
  const whole: Piece = { ...main, height: below, entry: step.path, exits };
  return side.length === 0 ? whole : withSides(whole, side, node);
}

/** Lanes to the right, for what happens besides: they are entered from the step's side, and most of them lead on. */
function withSides(whole: Piece, lanes: readonly Lane[], node: PlacedNode): Piece {
  let right = whole.right;
  let height = whole.height;
  const pieces: Piece[] = [whole];
  const edges: PlacedEdge[] = [];
  const exits: Exit[] = [...whole.exits];
  for (const lane of lanes) {
    const label = sideLabel(lane);
    const piece = lane.steps.length === 0 ? space(EMPTY_LANE) : sequence(lane.steps);
    const x = right + BETWEEN + Math.max(piece.left, textWidth(label) / 2);
    const y = node.height / 2 + LANE_HEAD;
    const from = { x: NODE_WIDTH / 2, y: node.height / 2 };
    edges.push(edge(from, { x, y }, { bend: from.y, kind: 'side', label, ...targetOf(piece) }));
    pieces.push(moved(piece, { x, y }));
    height = Math.max(height, y + piece.height);
    right = x + Math.max(piece.right, textWidth(label) / 2);
    if (lane.as !== 'reminder')
      exits.push(...piece.exits.map((exit) => ({ x: exit.x + x, y: exit.y + y, side: true as const })));
  }
  const all = together(pieces);
  return {
    ...whole,
    ...all,
    right: Math.max(all.right, right),
    height,
    edges: [...all.edges, ...edges],
    exits,
  };
}

function beside(lanes: readonly Lane[]): Piece {
  const pieces = lanes.map(({ steps, label }) => ({
    label,
    piece: steps.length === 0 ? space(EMPTY_LANE) : sequence(steps),
  }));
  const widths = pieces.map(({ piece, label }) => ({
    left: Math.max(piece.left, textWidth(label) / 2),
    right: Math.max(piece.right, textWidth(label) / 2),
  }));
  const total =
    widths.reduce((sum, { left, right }) => sum + left + right, 0) + BETWEEN * Math.max(0, pieces.length - 1);
  let x = pieces.length === 1 ? -(widths[0]?.left ?? 0) : -total / 2;
  const edges: PlacedEdge[] = [];
  const exits: Exit[] = [];
  const placed = pieces.map(({ piece, label }, index) => {
    const { left, right } = widths[index] ?? { left: 0, right: 0 };
    const at = { x: x + left, y: LANE_HEAD };
    x += left + right + BETWEEN;
    edges.push(
      edge({ x: 0, y: 0 }, at, { bend: GAP / 3, ...(label === undefined ? {} : { label }), ...targetOf(piece) }),
    );
    exits.push(...piece.exits.map((exit) => ({ ...exit, x: exit.x + at.x, y: exit.y + at.y })));
    return moved(piece, at);
  });
  const all = together(placed);
  return {
    ...all,
    left: Math.max(all.left, NODE_WIDTH / 2),
    right: Math.max(all.right, NODE_WIDTH / 2),
    edges: [...all.edges, ...edges],
    exits,
  };
}

/** In a box of its own, with its name at the top; lines go through its border. */
function framed(title: string, piece: Piece): Piece {
  const y = PADDING;
  const inside = moved(piece, { x: 0, y });
  const half = Math.max(textWidth(title) / 2, 0);
  const left = Math.max(piece.left, half) + PADDING;
  const right = Math.max(piece.right, half) + PADDING;
  const height = piece.height + 2 * PADDING;
  const frame: PlacedFrame = { x: -left, y: PADDING / 2, width: left + right, height: height - PADDING / 2, title };
  const edges = inside.edges.map((one) => (one.from.y === y && one.from.x === 0 ? fromTop(one) : one));
  return {
    ...inside,
    left,
    right,
    height,
    edges,
    frames: [frame, ...inside.frames],
    exits: inside.exits,
  };
}

/** What came from the top of the piece comes from the top of its box. */
function fromTop(one: PlacedEdge): PlacedEdge {
  return { ...one, from: { x: one.from.x, y: 0 } };
}

function nodeOf({ path, kind, name, lines, if: condition }: DrawnStep): PlacedNode {
  const shown = [...(condition === undefined ? [] : [`if ${condition}`]), ...lines];
  const height = HEAD + shown.length * LINE + (shown.length > 0 ? 6 : 2);
  return { path, kind, title: name, lines: shown, x: -NODE_WIDTH / 2, y: 0, width: NODE_WIDTH, height };
}

function undoOf({ path, lines }: NonNullable<DrawnStep['compensate']>, node: PlacedNode): Piece {
  const width = NODE_WIDTH * 0.75;
  const height = HEAD + lines.length * LINE + 6;
  const x = NODE_WIDTH / 2 + BETWEEN * 3;
  const placed: PlacedNode = { path, kind: 'tool', title: 'undo', lines, x, y: 0, width, height };
  const at = { x: NODE_WIDTH / 2, y: Math.min(height, node.height) / 2 };
  const line = edge(at, { x, y: at.y }, { bend: at.y, kind: 'undo', label: 'undone by', target: path });
  return { ...bare(placed), left: 0, right: x + width, edges: [line] };
}

function bare(node: PlacedNode): Piece {
  return {
    left: -node.x,
    right: node.x + node.width,
    height: node.height,
    nodes: [node],
    frames: [],
    edges: [],
    entry: node.path,
    exits: [{ x: 0, y: node.height }],
  };
}

function dot(kind: 'start' | 'end'): Piece {
  return bare({ path: kind, kind, title: kind, lines: [], x: -DOT / 2, y: 0, width: DOT, height: DOT });
}

/** A lane in which nothing is done: what comes in goes out. */
function space(width: number): Piece {
  return { left: width / 2, right: width / 2, height: 0, nodes: [], frames: [], edges: [], exits: [{ x: 0, y: 0 }] };
}

function together(pieces: readonly Piece[]): Omit<Piece, 'exits' | 'entry'> {
  return {
    left: Math.max(0, ...pieces.map(({ left }) => left)),
    right: Math.max(0, ...pieces.map(({ right }) => right)),
    height: Math.max(0, ...pieces.map(({ height }) => height)),
    nodes: pieces.flatMap(({ nodes }) => nodes),
    frames: pieces.flatMap(({ frames }) => frames),
    edges: pieces.flatMap(({ edges }) => edges),
  };
}

function moved(piece: Piece, { x, y }: Point): Piece {
  if (x === 0 && y === 0) return piece;
  const shift = <T extends Point>(one: T): T => ({ ...one, x: one.x + x, y: one.y + y });
  return {
    ...piece,
    left: piece.left - x,
    right: piece.right + x,
    height: piece.height + y,
    nodes: piece.nodes.map(shift),
    frames: piece.frames.map(shift),
    edges: piece.edges.map((one) => ({ ...one, from: shift(one.from), to: shift(one.to), bend: one.bend + y })),
  };
}

interface EdgeFacts {
  readonly bend: number;
  readonly kind?: PlacedEdge['kind'];
  readonly label?: string;
  readonly target?: string;
}

function edge(from: Exit, to: Point, { kind, ...facts }: EdgeFacts): PlacedEdge {
  const { x, y, side, label } = from;
  return {
    from: { x, y },
    to,
    kind: kind ?? (side === true ? 'side' : 'flow'),
    ...(label === undefined ? {} : { label }),
    ...facts,
  };
}

function targetOf({ entry }: Piece): { readonly target?: string } {
  return entry === undefined ? {} : { target: entry };
}

function titleOf({ kind }: DrawnStep): string {
  if (kind === 'forEach') return '↻ each item';
  if (kind === 'repeat') return '↻ round';
  return kind === 'parallel' ? 'at the same time' : kind === 'switch' ? 'one of' : '';
}

function sideLabel({ as, label }: Lane): string {
  const what = { error: 'on error', timeout: 'on timeout', reminder: 'reminder', steps: '', branch: '', case: '' }[as];
  return clipped(label === undefined ? what : `${what}: ${label}`, 30);
}

/** About as wide as a label is drawn. */
function textWidth(text: string | undefined): number {
  return text === undefined ? 0 : Math.min(text.length, 30) * 6.2 + 8;
}

export function clipped(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** An edge as an SVG path: down, aside with round corners, down. */
export function pathOf({ from, to, bend, kind }: PlacedEdge): string {
  const { x: x1, y: y1 } = from;
  const { x: x2, y: y2 } = to;
  if (kind === 'undo' || Math.abs(x1 - x2) < 0.5) return `M${x1} ${y1}L${x2} ${y2}`;
  const turn = Math.sign(x2 - x1);
  const r = Math.min(8, Math.abs(x2 - x1) / 2, Math.max(0, y2 - bend));
  const before = Math.min(r, Math.max(0, bend - y1));
  return [
    `M${x1} ${y1}`,
    before > 0 ? `V${bend - before}Q${x1} ${bend} ${x1 + turn * before} ${bend}` : '',
    `H${x2 - turn * r}Q${x2} ${bend} ${x2} ${bend + r}`,
    `V${y2}`,
  ].join('');
}
