/** The thread in which definitions are compiled: takes one after the other and gives back what became of it. */
import type { MessagePort } from 'node:worker_threads';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { Compiled, DefinitionSource } from '../language/compile';
import { compileDefinition } from '../language/compile';
import type { SchemaSource } from '../language/named-types';
import type { ToolRegistry } from '../tools/registry';
import type { Ask, RegistryCopy } from './registry-copy';
import { registryFrom } from './registry-copy';

export interface CompileJob {
  readonly source: Omit<DefinitionSource, 'schemas'>;
  /** Of the tools as they are now; absent: as before. */
  readonly copy?: RegistryCopy;
}

export type CompileOutcome = { readonly compiled: Compiled } | { readonly fault: string };

export interface ThreadData {
  readonly questions: MessagePort;
  /** One number, which is no longer 0 when the answer is there. */
  readonly gate: SharedArrayBuffer;
}

const { questions, gate } = workerData as ThreadData;
const bell = new Int32Array(gate);

/** The compiler is one synchronous walk, so it waits for its answers. */
const ask: Ask = (question) => {
  Atomics.store(bell, 0, 0);
  questions.postMessage(question);
  Atomics.wait(bell, 0, 0);
  return (receiveMessageOnPort(questions)?.message as { readonly answer: unknown } | undefined)?.answer;
};

const schemas: SchemaSource = (name) =>
  (ask({ about: 'schema', name }) as ReturnType<SchemaSource> | undefined) ?? { fault: `There is no schema ${name}.` };

let registry: ToolRegistry | undefined;

parentPort?.on('message', ({ source, copy }: CompileJob) => {
  if (copy !== undefined) registry = registryFrom(copy, ask);
  const say = (outcome: CompileOutcome): void => parentPort?.postMessage(outcome);
  try {
    if (registry === undefined) throw new Error('No tools have come before the first definition.');
    say({ compiled: compileDefinition({ ...source, schemas }, registry) });
  } catch (error) {
    say({ fault: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
