/** Runs a claim over many seeds, so that a failure names the command that repeats it. */
import path from 'node:path';
import { expect } from '@jest/globals';

const { SEED, RUNS } = process.env;
/** Others on every run. */
const FIRST = SEED === undefined ? Math.floor(Math.random() * 1_000_000_000) : Number(SEED);

/** `SEED=7 RUNS=1` in the environment chooses the seeds, else there are so many; `lanes` run at once. */
export async function eachSeed(runs: number, claim: (seed: number) => Promise<void>, lanes = 1): Promise<void> {
  const seeds = Array.from({ length: Number(RUNS ?? runs) }, (_, index) => FIRST + index).values();
  const lane = async (): Promise<void> => {
    for (const seed of seeds)
      await claim(seed).catch((error: unknown) => {
        const file = path.relative(process.cwd(), expect.getState().testPath ?? '');
        const why = error instanceof Error ? error.message : String(error);
        throw new Error(`To repeat it: SEED=${seed} RUNS=1 npx jest ${file} --runInBand\n${why}`, { cause: error });
      });
  };
  // What runs beside a failure is awaited: it stands on what the test takes away.
  const ended = await Promise.allSettled(Array.from({ length: lanes }, lane));
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
}
