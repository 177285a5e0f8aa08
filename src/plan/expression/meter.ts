/** The step and size budget of one evaluation: whatever is asked, the answer comes soon or not at all. */
import { MAX_VALUE_BYTES } from '../blob';
import { fail } from './fault';

/** About 20 ms of work; 10,000 list elements with 50 operations each. */
export const MAX_STEPS = 500_000;

export class Meter {
  #steps = MAX_STEPS;
  #bytes = MAX_VALUE_BYTES;

  /** Bytes taken so far, about. */
  get grown(): number {
    return MAX_VALUE_BYTES - this.#bytes;
  }

  /** Takes `count` steps. */
  step(count = 1): void {
    if ((this.#steps -= count) < 0)
      fail(
        `it takes more than ${MAX_STEPS.toLocaleString('en-US')} steps; work on fewer elements or move the work into a tool`,
      );
  }

  /** Takes room for text or elements that this evaluation makes. */
  grow(bytes: number): void {
    if ((this.#bytes -= bytes) < 0) fail(`it makes more than ${MAX_VALUE_BYTES / 1024 / 1024} MB of data`);
  }
}
