/**
 * The process in which one engine runs: `node engine.mjs <engine>`. It is asked over Node's IPC channel, one thing at a time, and ends
 * with its parent, whichever way that ends. Plain JavaScript, so that it runs alike from the sources and from the build.
 *
 * In: `{ id, load: true }` once, then `{ id, input }`. Out: `{ id, value }` or `{ id, fault: { type, detail, data?, retryable? } }`.
 */
import { faultOf } from './engines/fault.mjs';

const ENGINES = new Set(['recogniser', 'analyser', 'grammar', 'translator', 'voice']);
const name = process.argv[2] ?? '';
if (!ENGINES.has(name) || process.send === undefined) {
  process.stderr.write('This program is started by the local provider, not by hand.\n');
  process.exit(64);
}

process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole process group: the parent decides when its engines end, so that calls in flight can be finished.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

let ask;
async function answer({ id, load, input }) {
  try {
    if (load !== undefined) ask = await (await import(`./engines/${name}.mjs`)).load();
    process.send({ id, value: load === undefined ? await ask(input) : null });
  } catch (error) {
    process.send({ id, fault: faultOf(error) });
  }
  // Emscripten programs add listeners that keep a broken process alive; without them it dies and is started anew.
  process.removeAllListeners('uncaughtException');
  process.removeAllListeners('unhandledRejection');
}

let last = Promise.resolve();
process.on('message', (message) => {
  last = last.then(() => answer(message));
});
