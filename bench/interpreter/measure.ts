/** Takes turns between the sides, so that a machine that slows down slows them all. */
import type { WorkflowHandle } from '@temporalio/client';

export type Start = () => Promise<WorkflowHandle>;
type Sides = Readonly<Record<'hand' | 'remote' | 'local', Start>>;
type PerSide<T> = Record<keyof Sides, T>;

const NAMES = ['hand', 'remote', 'local'] as const;

/** Milliseconds from start to result, one execution at a time, a turn each. */
export async function inTurns(
  sides: Sides,
  { warmUp, rounds }: { warmUp: number; rounds: number },
): Promise<PerSide<number[]>> {
  const times: PerSide<number[]> = { hand: [], remote: [], local: [] };
  for (let round = -warmUp; round < rounds; round += 1)
    for (const name of rotated(round)) {
      const started = performance.now();
      await (await sides[name]()).result();
      if (round >= 0) times[name].push(performance.now() - started);
    }
  return times;
}

/** Executions per second with so many at once: the median of the rounds. */
export async function throughput(
  sides: Sides,
  { rounds, executions, atOnce }: { rounds: number; executions: number; atOnce: number },
): Promise<PerSide<number>> {
  const rates: PerSide<number[]> = { hand: [], remote: [], local: [] };
  for (let round = 0; round < rounds; round += 1)
    for (const name of rotated(round)) {
      let left = executions;
      const started = performance.now();
      const lane = async (): Promise<void> => {
        while (left-- > 0) await (await sides[name]()).result();
      };
      await Promise.all(Array.from({ length: atOnce }, lane));
      rates[name].push(executions / ((performance.now() - started) / 1000));
    }
  return { hand: median(rates.hand), remote: median(rates.remote), local: median(rates.local) };
}

/** Events in the history of one finished execution. */
export async function eventsOf(start: Start): Promise<number> {
  const handle = await start();
  await handle.result();
  return (await handle.describe()).historyLength;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const value = ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
  return Math.round(value * 10) / 10;
}

/** A new order each round: whoever comes after a slow neighbour pays for it. */
function rotated(round: number): readonly (keyof Sides)[] {
  const by = ((round % NAMES.length) + NAMES.length) % NAMES.length;
  return [...NAMES.slice(by), ...NAMES.slice(0, by)];
}
