/** `npm run bench -- <name>`: runs one measurement; each figure is a ratio of two things done in the same run, printed as one JSON line. */
import { interpreterBench } from './interpreter/bench';

/** One line of output. `ratio` is ours divided by the other side's. */
export interface Figure {
  readonly bench: string;
  readonly figure: string;
  readonly ratio: number;
  readonly [detail: string]: number | string;
}

export type Bench = (report: (figure: Figure) => void) => Promise<void>;

const BENCHES: Readonly<Record<string, Bench>> = { interpreter: interpreterBench };

async function main(): Promise<void> {
  const [name = ''] = process.argv.slice(2);
  const bench = BENCHES[name];
  if (bench === undefined) {
    console.error(`There is no bench "${name}". Say one of: ${Object.keys(BENCHES).join(', ')}.`);
    process.exitCode = 2;
    return;
  }
  await bench((figure) => console.log(JSON.stringify(figure)));
}

void main();
