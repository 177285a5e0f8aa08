/** `npm run bench -- <name>`: runs one measurement; each figure is a ratio of two things done in the same run, printed as one JSON line. */
import type { Bench } from './figure';
import { interpreterBench } from './interpreter/bench';
import { loopsBench } from './loops/bench';
import { monitoringBench } from './monitoring/bench';
import { piiBench } from './pii/bench';

const BENCHES: Readonly<Record<string, Bench>> = {
  interpreter: interpreterBench,
  loops: loopsBench,
  monitoring: monitoringBench,
  pii: piiBench,
};

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
