/** Walks a plan over the records of a closed execution and sorts out which of them a rerun takes over. */
import type { ForEachStep, ParallelStep, RepeatStep, Step } from '../plan/plan';
import type { StepRecord } from '../plan/record';
import { isWithin } from './idempotency-key';
import { branchPrefix, handlersOf } from '../plan/paths';
import type { LiveState, LoopProgress } from './state';

/** `open`: something in it is left to be run. */
type Verdict = 'done' | 'open';

export interface Cuts {
  /** Path of the step to begin with. */
  readonly from: string | undefined;
  readonly undone: ReadonlySet<string>;
}

export class Survey {
  /** What is taken over; in no order. */
  readonly records = new Map<string, StepRecord>();
  readonly loops = new Map<string, LoopProgress>();
  readonly #cuts: readonly string[];

  constructor(
    private readonly old: LiveState,
    private readonly wishes: Cuts,
  ) {
    const { from, undone } = wishes;
    this.#cuts = [...(from === undefined ? [] : [from]), ...[...undone].filter((path) => !this.#isLoser(path))];
  }

  list(steps: readonly Step[], prefix: string): Verdict {
    for (const step of steps) if (this.#step(step, prefix + step.name) === 'open') return 'open';
    return 'done';
  }

  #step(step: Step, path: string): Verdict {
    const record = this.old.records.get(path);
    if (record === undefined || path === this.wishes.from || this.wishes.undone.has(path)) return 'open';
    if (endedWell(record) && !this.#cutBelow(path)) {
      this.#keep(path);
      return 'done';
    }
    const inHandler = `${path}.onError.`;
    const below = this.#cuts.filter((cut) => isWithin(cut, path));
    if (below.length > 0 && below.every((cut) => cut.startsWith(inHandler))) {
      this.#reopen(record, { handler: record.handler, error: record.error, handled: undefined });
      this.list(handlersOf(step)[record.handler ?? 0]?.steps ?? [], inHandler);
      return 'open';
    }
    const inside = this.#inside(step, path, record);
    if (inside === 'done' && record.status === 'failed') {
      // Nothing in it failed: it did so itself, and has to begin again.
      for (const one of [...this.records.keys()]) if (isWithin(one, path)) this.records.delete(one);
      for (const one of [...this.loops.keys()]) if (isWithin(one, path)) this.loops.delete(one);
    }
    return 'open';
  }

  /** What a step holds; a step that holds nothing is begun again as a whole. */
  #inside(step: Step, path: string, record: StepRecord): Verdict {
    switch (step.kind) {
      case 'steps':
        this.#reopen(record);
        return this.list(step.steps, `${path}.`);
      case 'switch':
        this.#reopen(record);
        return this.list(step.cases[record.choice ?? -1]?.steps ?? [], `${path}.`);
      case 'parallel':
        return this.#parallel(step, path, record);
      case 'forEach':
        return this.#forEach(step, path, record);
      case 'repeat':
        return this.#repeat(step, path, record);
      case 'tool':
      case 'set':
      case 'wait':
      case 'emit':
      case 'agent':
      case 'loop':
      case 'waitFor':
      case 'workflow':
      case 'fail':
      case 'return':
        return 'open';
    }
  }

  #parallel(step: ParallelStep, path: string, record: StepRecord): Verdict {
    const open = new Set<string>();
    for (const branch of step.branches)
      if (this.list(branch.steps, `${path}.${branchPrefix(branch)}`) === 'open') open.add(branch.name);
    this.#reopen(record, { settled: (record.settled ?? []).filter((name) => !open.has(name)) });
    return open.size === 0 ? 'done' : 'open';
  }

  #forEach(step: ForEachStep, path: string, record: StepRecord): Verdict {
    const progress = this.old.loops.get(path);
    if (progress?.kind !== 'forEach') return 'open';
    const cutIn = (index: number): boolean => this.#cuts.some((cut) => cut.startsWith(`${path}[${index}].`));
    // A result that is stored in a row with others cannot be taken back alone.
    if (this.#rounds(path).some((index) => progress.results[index] === 0 && cutIn(index))) return 'open';
    const results = [...progress.results];
    let verdict: Verdict = 'done';
    for (const index of this.#rounds(path)) {
      const round = `${path}[${index}].`;
      if (results[index] != null && !cutIn(index)) {
        this.#keepBelow(round);
        continue;
      }
      if (this.list(step.steps, round) === 'open') verdict = 'open';
      if (results[index] != null) results[index] = null;
    }
    this.#reopen(record);
    const winners = progress.winners.filter((index) => results[index] != null);
    this.loops.set(path, { ...progress, results, winners });
    return verdict;
  }

  /** Rounds come after each other, so the first one with something to be run is gone on with and the later ones are dropped. */
  #repeat(step: RepeatStep, path: string, record: StepRecord): Verdict {
    const progress = this.old.loops.get(path);
    if (progress?.kind !== 'repeat') return 'open';
    const rounds = this.#rounds(path);
    const cut = rounds.find((index) => this.#cuts.some((one) => one.startsWith(`${path}[${index}].`)));
    const index = cut ?? progress.index;
    const running = cut !== undefined || progress.running;
    for (const earlier of rounds.filter((round) => round < index)) this.#keepBelow(`${path}[${earlier}].`);
    this.#reopen(record);
    this.loops.set(path, { ...progress, index, running, over: false });
    return running ? this.list(step.steps, `${path}[${index}].`) : 'done';
  }

  /** Rounds of a loop that have records, in order. */
  #rounds(path: string): readonly number[] {
    const rounds = new Set<number>();
    for (const one of this.old.records.keys())
      if (one.startsWith(`${path}[`)) rounds.add(Number(one.slice(path.length + 1, one.indexOf(']', path.length))));
    return [...rounds].sort((a, b) => a - b);
  }

  #keep(path: string): void {
    const record = this.old.records.get(path);
    if (record !== undefined) this.records.set(path, { ...record, reused: true });
    const loop = this.old.loops.get(path);
    if (loop !== undefined) this.loops.set(path, loop);
    this.#keepBelow(`${path}.`);
    this.#keepBelow(`${path}[`);
  }

  /** All as it is, but for what was undone and the compensations, which may have to run again. */
  #keepBelow(prefix: string): void {
    for (const [path, record] of this.old.records)
      if (path.startsWith(prefix) && !this.#isCompensation(path) && !this.wishes.undone.has(path))
        this.records.set(path, { ...record, reused: true });
    for (const [path, loop] of this.old.loops) if (path.startsWith(prefix)) this.loops.set(path, loop);
  }

  /** The step goes on from what is known of it, with a new deadline. */
  #reopen(record: StepRecord, fields: { readonly [K in keyof StepRecord]?: StepRecord[K] | undefined } = {}): void {
    const { path, name, kind, startedAt, choice } = record;
    const open = { path, name, kind, status: 'running' as const, startedAt, choice, ...fields };
    const present = Object.entries(open).filter(([, value]) => value !== undefined);
    this.records.set(path, Object.fromEntries(present) as unknown as StepRecord);
  }

  #cutBelow(path: string): boolean {
    return this.#cuts.some((cut) => cut !== path && isWithin(cut, path));
  }

  #isCompensation(path: string): boolean {
    return this.old.undo.some((undo) => isWithin(path, `${undo.path}.compensate`));
  }

  /** It was undone because others had decided a race, which has ended well since: they still have. */
  #isLoser(undone: string): boolean {
    const { endedAt: undoneAt = 0 } = this.old.records.get(`${undone}.compensate`) ?? {};
    return [...this.old.records.values()].some(
      ({ path, status, endedAt = 0 }) =>
        status === 'completed' && path !== undone && isWithin(undone, path) && undoneAt <= endedAt,
    );
  }
}

function endedWell({ status, handled }: StepRecord): boolean {
  return status === 'completed' || status === 'degraded' || status === 'skipped' || handled === true;
}
