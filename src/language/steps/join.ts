/** What holds for steps that run at once: `join`, and that no two of them set one variable. */
import type { Compilation } from '../compilation';
import type { Range } from '../report';
import type { BranchVariables } from '../scope';
import type { Entry } from '../tree';
import { describe } from '../tree';

interface Joined {
  readonly of: 'branches' | 'items';
  /** How many there are, where it is known. */
  readonly most: number | undefined;
}

export function readJoin(cx: Compilation, entry: Entry | undefined, { of, most }: Joined): 'all' | number {
  if (entry === undefined) return 'all';
  const { value } = entry;
  if (value.kind === 'scalar') {
    const { value: join } = value;
    if (join === 'all') return 'all';
    const number = join === 'any' ? 1 : join;
    if (typeof number === 'number' && Number.isInteger(number) && number >= 1 && number <= (most ?? number))
      return number;
  }
  cx.report.add(
    'invalid-join',
    value.range,
    `The key join is all, any, or how many of the ${most === undefined ? '' : `${most} `}${of} must complete; this is ${describe(value)}.`,
  );
  return 'all';
}

interface Writer {
  /** `branch mail`. */
  readonly label: string;
  readonly range: Range;
}

/** Which of two writers came last would be chance. */
export function reportConcurrent(
  cx: Compilation,
  writers: readonly Writer[],
  variables: readonly BranchVariables[],
): void {
  const first = new Map<string, string>();
  for (const [index, names] of variables.entries()) {
    const writer = writers[index];
    if (writer === undefined) continue;
    for (const name of names.keys()) {
      const other = first.get(name);
      if (other !== undefined)
        cx.report.add(
          'concurrent-set',
          writer.range,
          `The ${other} and the ${writer.label} run at once and both set ${name}. Use two names, or set it after them.`,
        );
      else first.set(name, writer.label);
    }
  }
}
