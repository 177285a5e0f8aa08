/** Compiles definitions beside the process's own thread, which so stays free for requests, whatever the definition. */
import path from 'node:path';
import { MessageChannel, Worker as Thread } from 'node:worker_threads';
import { packageRoot } from '../config';
import type { Compiled } from '../language/compile';
import type { SchemaSource } from '../language/named-types';
import { OmniError } from '../plan/problem';
import type { ToolRegistry } from '../tools/registry';
import type { CompileJob, CompileOutcome, ThreadData } from './compile-thread';
import type { Compile } from './compiler';
import type { Question } from './registry-copy';
import { answer, copyRegistry } from './registry-copy';

export interface CompileThreads {
  readonly compile: Compile;
  /** What is under way then is refused. */
  close(): Promise<void>;
}

/** A definition that compiles for longer than this is ended; a machine under load takes a second for the largest. */
const BOUND_MS = 30_000;

const MAX_THREADS = 2;

/** A runaway definition ends its thread, not the process. */
const MAX_HEAP_MB = 512;

interface Job {
  readonly source: CompileJob['source'];
  readonly registry: ToolRegistry;
  readonly schemas: SchemaSource;
  readonly resolve: (compiled: Compiled) => void;
  readonly reject: (error: OmniError) => void;
}

interface Worker {
  readonly thread: Thread;
  /** The tools that it knows. */
  known?: { readonly registry: ToolRegistry; readonly revision: number };
  job?: Job | undefined;
  late?: NodeJS.Timeout;
}

/** Threads are started when they are first needed. */
export function createCompileThreads(boundMs = BOUND_MS): CompileThreads {
  const workers = new Set<Worker>();
  const waiting: Job[] = [];
  let closed = false;

  const next = (): void => {
    const idle = [...workers].find(({ job }) => job === undefined);
    const worker = idle ?? (waiting.length > 0 && workers.size < MAX_THREADS ? start() : undefined);
    const job = worker && waiting.shift();
    if (worker === undefined || job === undefined) return;
    const { registry, source } = job;
    const { known, thread } = worker;
    const same = known?.registry === registry && known.revision === registry.revision;
    worker.known = { registry, revision: registry.revision };
    worker.job = job;
    worker.late = setTimeout(() => {
      const words = `The definition takes longer than ${boundMs / 1000} s to compile. Split it into several definitions.`;
      drop(worker, new OmniError('too-large', words, { status: 422 }));
    }, boundMs);
    // Only while it has something to do does it keep the process alive.
    thread.ref();
    thread.postMessage({ source, ...(same ? {} : { copy: copyRegistry(registry) }) } satisfies CompileJob);
    next();
  };

  const release = (worker: Worker): Job | undefined => {
    const { job } = worker;
    clearTimeout(worker.late);
    worker.job = undefined;
    worker.thread.unref();
    return job;
  };
  const drop = (worker: Worker, error: OmniError): void => {
    workers.delete(worker);
    release(worker)?.reject(error);
    void worker.thread.terminate();
    if (!closed) next();
  };

  const start = (): Worker => {
    const { port1: questions, port2 } = new MessageChannel();
    const gate = new SharedArrayBuffer(4);
    const entry = threadEntry();
    const thread = new Thread(entry.file, {
      workerData: { questions: port2, gate, source: entry.source } satisfies ThreadData & { source: string },
      transferList: [port2],
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    const worker: Worker = { thread };
    questions.on('message', (question: Question) => {
      const { job } = worker;
      questions.postMessage({ answer: job && answered(question, job) });
      const bell = new Int32Array(gate);
      Atomics.store(bell, 0, 1);
      Atomics.notify(bell, 0);
    });
    questions.unref();
    thread.on('message', (outcome: CompileOutcome) => {
      const job = release(worker);
      if ('compiled' in outcome) job?.resolve(outcome.compiled);
      else job?.reject(new OmniError('internal', 'The definition could not be compiled.', { cause: outcome.fault }));
      next();
    });
    thread.on('error', (cause) => drop(worker, ended(cause)));
    thread.on('exit', () => {
      if (workers.has(worker)) drop(worker, ended());
    });
    workers.add(worker);
    return worker;
  };

  return {
    compile: ({ schemas, ...source }, registry) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(ended());
        waiting.push({ source, registry, schemas, resolve, reject });
        next();
      }),
    async close() {
      closed = true;
      for (const { reject } of waiting.splice(0)) reject(ended());
      const open = [...workers];
      for (const worker of open) drop(worker, ended());
      await Promise.all(open.map(({ thread }) => thread.terminate()));
    },
  };
}

/** Nobody may be left waiting: what cannot be answered is unknown. */
function answered(question: Question, { registry, schemas }: Job): unknown {
  try {
    return answer(question, registry, schemas);
  } catch {
    return undefined;
  }
}

function ended(cause?: unknown): OmniError {
  return new OmniError('internal', 'The thread that compiles definitions ended before this one was done.', { cause });
}

/** Sources are read by a loader, as there is no program of them. */
function threadEntry(): { readonly file: string; readonly source: string } {
  const built = __filename.endsWith('.js');
  const source = path.join(__dirname, `compile-thread.${built ? 'js' : 'ts'}`);
  return { source, file: built ? source : path.join(packageRoot(), 'scripts', 'source-thread.mjs') };
}
