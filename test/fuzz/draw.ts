/** Random choices that one number determines, cheap enough for a million texts. */

export interface Draw {
  /** From 0 to below `bound`. */
  int(bound: number): number;
  of<T>(options: readonly T[]): T;
  /** True once in so many. */
  once(times: number): boolean;
}

/** Mulberry32. */
export function drawing(seed: number): Draw {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (bound: number): number => Math.floor(next() * bound);
  return { int, of: (options) => options[int(options.length)] as (typeof options)[number], once: (n) => int(n) === 0 };
}
