/** What changed between two texts, line by line: the shortest script of Myers (https://doi.org/10.1007/BF01840446). */

export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed';
  readonly text: string;
  /** Numbers from 1 in the older and the newer text. */
  readonly before?: number;
  readonly after?: number;
}

/** Beyond so many changes the rest is shown as removed and added: nobody reads it line by line. */
const MAX_CHANGES = 2000;

export function diffLines(before: string, after: string): readonly DiffLine[] {
  const a = before.split('\n');
  const b = after.split('\n');
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const kinds = [
    ...Array.from({ length: head }, () => 'same' as const),
    ...script(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...Array.from({ length: tail }, () => 'same' as const),
  ];
  return numbered(kinds, a, b);
}

function numbered(kinds: readonly DiffLine['kind'][], a: readonly string[], b: readonly string[]): readonly DiffLine[] {
  let x = 0;
  let y = 0;
  return kinds.map((kind) => {
    if (kind === 'removed') return { kind, text: a[x++] ?? '', before: x };
    const text = b[y++] ?? '';
    return kind === 'added' ? { kind, text, after: y } : { kind, text, before: ++x, after: y };
  });
}

function script(a: readonly string[], b: readonly string[]): readonly DiffLine['kind'][] {
  const trace: Map<number, number>[] = [];
  let reach = new Map<number, number>([[1, 0]]);
  const most = Math.min(a.length + b.length, MAX_CHANGES);
  for (let changes = 0; changes <= most; changes += 1) {
    trace.push(reach);
    reach = new Map(reach);
    for (let k = -changes; k <= changes; k += 2) {
      let x = downFrom(reach, k, changes) ? (reach.get(k + 1) ?? 0) : (reach.get(k - 1) ?? 0) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      reach.set(k, x);
      if (x >= a.length && x - k >= b.length) return walked(trace, a.length, b.length);
    }
  }
  return [...a.map(() => 'removed' as const), ...b.map(() => 'added' as const)];
}

/** Whether the furthest way to diagonal `k` comes by adding a line. */
function downFrom(reach: ReadonlyMap<number, number>, k: number, changes: number): boolean {
  return k === -changes || (k !== changes && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
}

/** Back from the end. */
function walked(trace: readonly Map<number, number>[], endX: number, endY: number): readonly DiffLine['kind'][] {
  const kinds: DiffLine['kind'][] = [];
  let x = endX;
  let y = endY;
  for (let changes = trace.length - 1; changes >= 0; changes -= 1) {
    const reach = trace[changes] ?? new Map<number, number>();
    const k = x - y;
    const from = downFrom(reach, k, changes) ? k + 1 : k - 1;
    const fromX = reach.get(from) ?? 0;
    const fromY = fromX - from;
    while (x > fromX && y > fromY && x > 0 && y > 0) {
      kinds.push('same');
      x -= 1;
      y -= 1;
    }
    if (changes > 0) kinds.push(x === fromX ? 'added' : 'removed');
    x = fromX;
    y = fromY;
  }
  return kinds.reverse();
}

/** The changes with some lines around them; undefined stands for lines that are left out. */
export function excerpt(lines: readonly DiffLine[], around = 3): readonly (DiffLine | undefined)[] {
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - around), index + around + 1).some(({ kind }) => kind !== 'same'),
  );
  return lines.flatMap((line, index) => (near[index] === true ? [line] : near[index - 1] === true || index === 0 ? [undefined] : []));
}
