/** One engine in a process of its own: started when first asked, kept warm, asked one thing at a time, started anew when it dies. */
import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { Json } from '../../plan/json';
import { OmniError, type ProblemType } from '../../plan/problem';

export type EngineName = 'recogniser' | 'analyser' | 'grammar' | 'translator' | 'voice';

export interface EngineOptions {
  readonly name: EngineName;
  /** A process that takes longer than this to load is ended. */
  readonly loadMs: number;
  /** A process that takes longer than this for one answer is ended, whoever still waits for it. */
  readonly hangMs: number;
}

export interface EngineCall {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly fault?: {
    readonly type: ProblemType;
    readonly detail: string;
    readonly data?: Json;
    readonly retryable?: boolean;
  };
}

interface Job {
  readonly message: { readonly load?: unknown; readonly input?: unknown };
  readonly limitMs: number;
  settle(outcome: { readonly value: unknown } | { readonly error: OmniError }): void;
  /** Nobody waits any more. */
  dropped: boolean;
}

/** Plain JavaScript beside this file, in the sources and in the build alike. */
const ENTRY = path.join(__dirname, 'engine.mjs');

export class EngineProcess {
  readonly #options: EngineOptions;
  readonly #queue: Job[] = [];
  #child: ChildProcess | undefined;
  /** Settles when the running process has loaded. */
  #ready: Promise<void> | undefined;
  #running: { readonly job: Job; readonly id: number; readonly timer: NodeJS.Timeout } | undefined;
  #serial = 0;
  #closed = false;

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  /** Process id while one runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts and loads the engine, if it is not running. */
  async warm(): Promise<void> {
    await (this.#ready ?? this.#load());
  }

  /** The engine's answer. Throws `OmniError`: the engine's own, `timeout`, `cancelled`, or `tool-error` when the process died. */
  async call(input: unknown, { signal, timeoutMs }: EngineCall): Promise<unknown> {
    if (this.#closed) throw this.#failure('provider-unavailable', 'is closed');
    if (signal.aborted) throw this.#failure('cancelled', 'was not asked: the call was cancelled');
    return new Promise((resolve, reject) => {
      const job: Job = {
        message: { input },
        limitMs: this.#options.hangMs,
        dropped: false,
        settle: (outcome) => {
          clearTimeout(timer);
          signal.removeEventListener('abort', onAbort);
          if (job.dropped) return;
          job.dropped = true;
          if ('error' in outcome) reject(outcome.error);
          else resolve(outcome.value);
        },
      };
      const drop = (error: OmniError): void => job.settle({ error });
      const onAbort = (): void => drop(this.#failure('cancelled', 'was interrupted: the call was cancelled'));
      const late = (): void => drop(this.#failure('timeout', `gave no answer within ${timeoutMs} ms`));
      const timer = setTimeout(late, timeoutMs);
      signal.addEventListener('abort', onAbort, { once: true });
      if (this.#ready === undefined) this.#load().catch(() => undefined); // each waiting call hears of it by itself
      this.#queue.push(job);
      this.#next();
    });
  }

  /** Ends the process and refuses what waits; resolves when the process is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    const child = this.#child;
    if (child === undefined) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGKILL');
    await gone;
  }

  #load(): Promise<void> {
    if (this.#closed) return Promise.reject(this.#failure('provider-unavailable', 'is closed'));
    this.#start();
    this.#ready = new Promise((resolve, reject) => {
      this.#queue.unshift({
        message: { load: true },
        limitMs: this.#options.loadMs,
        dropped: false,
        settle: (outcome) => {
          if ('error' in outcome) {
            this.#refuseAll(outcome.error);
            this.#child?.kill('SIGKILL');
            reject(outcome.error);
          } else resolve();
        },
      });
      this.#next();
    });
    return this.#ready;
  }

  #start(): void {
    const child = fork(ENTRY, [this.#options.name], {
      env: {}, // no key of ours reaches an engine
      execArgv: [],
      serialization: 'advanced', // samples and audio travel as bytes
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#child = child;
    child.on('message', (reply: Reply) => this.#answered(child, reply));
    child.on('error', () => child.kill('SIGKILL'));
    child.once('exit', (code, signal) => this.#ended(child, signal ?? `code ${code}`));
    this.#letGo(child);
  }

  #next(): void {
    const child = this.#child;
    if (child === undefined || this.#running !== undefined) return;
    let job = this.#queue.shift();
    while (job?.dropped) job = this.#queue.shift();
    if (job === undefined) return this.#letGo(child);
    const id = ++this.#serial;
    const timer = setTimeout(() => child.kill('SIGKILL'), job.limitMs);
    this.#running = { job, id, timer };
    child.ref();
    child.channel?.ref();
    child.send({ id, ...job.message }, (error) => {
      if (error) child.kill('SIGKILL');
    });
  }

  #answered(child: ChildProcess, { id, value, fault }: Reply): void {
    if (child !== this.#child || this.#running?.id !== id) return;
    const { job, timer } = this.#running;
    clearTimeout(timer);
    this.#running = undefined;
    if (fault === undefined) job.settle({ value });
    else {
      const { type, detail, ...options } = fault;
      job.settle({ error: new OmniError(type, detail, { provider: 'local', ...options }) });
    }
    this.#next();
  }

  #ended(child: ChildProcess, how: string): void {
    if (child !== this.#child) return;
    this.#child = undefined;
    this.#ready = undefined;
    const running = this.#running;
    this.#running = undefined;
    if (running) {
      clearTimeout(running.timer);
      running.job.settle({
        error: this.#failure('tool-error', `ended in mid-call (${how}); the next call starts it anew`),
      });
    }
    if (this.#closed) this.#refuseAll(this.#failure('provider-unavailable', 'is closed'));
    else if (this.#queue.some((job) => !job.dropped)) this.#load().catch(() => undefined);
  }

  #refuseAll(error: OmniError): void {
    for (const job of this.#queue.splice(0)) job.settle({ error });
  }

  /** An idle engine keeps nobody's process alive. */
  #letGo(child: ChildProcess): void {
    child.unref();
    child.channel?.unref();
  }

  #failure(type: ProblemType, what: string): OmniError {
    return new OmniError(type, `The local engine ${this.#options.name} ${what}.`, { provider: 'local' });
  }
}
