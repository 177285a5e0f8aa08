/** What a measurement reports. */

/** One line of output. `ratio` is ours divided by the other side's. */
export interface Figure {
  readonly bench: string;
  readonly figure: string;
  readonly ratio: number;
  readonly [detail: string]: number | string;
}

export type Bench = (report: (figure: Figure) => void) => Promise<void>;
