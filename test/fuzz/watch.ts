/** What hostile input must not do: take long, or change what every object inherits. */
import { performance } from 'node:perf_hooks';

/** Where there is nothing that takes long, everything stays far below it. */
const BOUND_MS = 250;

/** Milliseconds that the work takes, undisturbed: what seems slow is done again, since others use the machine too. */
export function slowest(work: () => void): number {
  let best = Infinity;
  for (let run = 0; run < 5 && best > BOUND_MS; run += 1) {
    const start = performance.now();
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, performance.now() - start, (user + system) / 1_000);
  }
  return best;
}

export function checkTime(work: () => void): void {
  const ms = slowest(work);
  if (ms > BOUND_MS) throw new Error(`It takes ${ms.toFixed(0)} ms.`);
}

const HOSTS: readonly object[] = [
  ...[
    Object,
    Array,
    Function,
    String,
    Number,
    Boolean,
    Symbol,
    BigInt,
    Map,
    Set,
    WeakMap,
    Promise,
    RegExp,
    Date,
    Error,
  ],
  ...[JSON, Math, Reflect, globalThis],
].flatMap((host) => ('prototype' in host ? [host, host.prototype as object] : [host]));

function state(): readonly unknown[] {
  return HOSTS.flatMap((host) =>
    Reflect.ownKeys(host).flatMap((key) => {
      const found: object = Object.getOwnPropertyDescriptor(host, key) ?? {};
      return [key, ...(Object.values(found) as readonly unknown[])];
    }),
  );
}

/** Throws, from then on, when anything that programs share has become another. */
export function watchPrototypes(): () => void {
  const before = state();
  return () => {
    const now = state();
    if (now.length !== before.length || now.some((one, index) => !Object.is(one, before[index])))
      throw new Error('A prototype or a global object was changed.');
  };
}
