/** A place in a text where personal data stand. */

export interface Finding {
  readonly kind: string;
  /** First character, and the one after the last. */
  readonly start: number;
  readonly end: number;
}

/** Finds one or a few kinds, in time that grows with the text and not faster. */
export type Detector = (text: string) => Iterable<Finding>;

/** Every match of a pattern that stands the test. Patterns repeat at most so often, so that no text makes them slow. */
export function byPattern(kind: string, pattern: RegExp, fits: (match: string) => boolean = () => true): Detector {
  return function* (text) {
    for (const match of text.matchAll(pattern))
      if (fits(match[0])) yield { kind, start: match.index, end: match.index + match[0].length };
  };
}

/** Overlapping findings become one, of the kind that stands first in `order`; so nothing that was found is left out. */
export function united(findings: readonly Finding[], order: readonly string[]): readonly Finding[] {
  const rank = ({ kind }: Finding): number => (order.includes(kind) ? order.indexOf(kind) : -1);
  const sorted = [...findings].sort((a, b) => a.start - b.start);
  const result: Finding[] = [];
  for (const one of sorted) {
    const last = result.at(-1);
    if (last === undefined || one.start >= last.end) result.push(one);
    else
      result[result.length - 1] = {
        kind: rank(one) < rank(last) ? one.kind : last.kind,
        start: last.start,
        end: Math.max(last.end, one.end),
      };
  }
  return result;
}
