/** One evaluation under way: where its names lead, what it may still spend. */
import type { Json } from '../json';
import { Meter } from './meter';
import type { Value } from './value';

/** What the names of an expression mean. */
export interface EvaluationScope {
  /** By root name; undefined: the root exists and is absent. */
  readonly roots: Readonly<Record<string, Json | undefined>>;
  /** Milliseconds since 1970. Asked at most once per evaluation. */
  now(): number;
  /** A new one at each call. */
  uuid(): string;
}

export class Run {
  readonly meter = new Meter();
  /** Values of macro variables, by slot. */
  readonly locals: Value[] = [];
  #now: number | undefined;
  readonly #used = new Set<string>();

  constructor(readonly scope: EvaluationScope) {}

  /**
   * Charges what making a thing costs, once per evaluation: never by what a cache holds, or the same history would succeed
   * on one worker and fail on another.
   */
  make(thing: string, steps: number): void {
    if (this.#used.has(thing)) return;
    this.#used.add(thing);
    this.meter.step(steps);
  }

  now(): number {
    return (this.#now ??= this.scope.now());
  }
}
