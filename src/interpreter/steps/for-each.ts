/** `forEach`: runs its steps for every item of a list, so many at once, and gives the results in the order of the list. */
import { isBlobReference } from '../../plan/blob';
import type { Json, JsonObject } from '../../plan/json';
import type { ForEachStep } from '../../plan/plan';
import type { Problem } from '../../plan/problem';
import { asError, OmniError, problemOf, toProblem } from '../../plan/problem';
import { CancelToken, Cancelled } from '../cancel-token';
import { undoWithin } from '../compensation';
import type { Context, Flow, Runner, StepContext, StepResult } from '../context';
import { withTimeout } from '../deadline';
import type { ItemList } from '../item-list';
import { itemList } from '../item-list';
import { checkRoom, listed } from '../loop-results';
import { evaluateAt } from '../scope';
import type { ItemResult, LoopProgress } from '../state';
import { forget } from '../state';

type Progress = Extract<LoopProgress, { kind: 'forEach' }>;
type Decision = 'won' | 'lost' | Extract<Flow, { kind: 'return' }>;

export const runForEach: Runner<'forEach'> = (step, context) =>
  withTimeout(step.timeoutMs, context, async (bounded) => {
    const progress = progressOf(step, bounded);
    checkRoom(progress, bounded.path);
    const undone = progress.results.findIndex((result) => result === null);
    const first = undone === -1 ? progress.results.length : undone;
    const items = await itemList(progress.source, first, bounded.effects);
    return new Items(step, bounded, progress, items).run();
  });

/** The list is read once: what the steps assign meanwhile does not change it. */
function progressOf(step: ForEachStep, context: StepContext): Progress {
  const earlier = context.state.loops.get(context.path);
  if (earlier?.kind === 'forEach') return earlier;
  const source = evaluateAt(context, step.list, { path: context.path, part: 'forEach' });
  if (!Array.isArray(source) && !isBlobReference(source))
    throw new OmniError(
      'expression',
      `${context.path} goes over ${source === undefined ? 'an absent value' : typeof source}, not a list.`,
    );
  const progress: Progress = { kind: 'forEach', source: source as Json, results: [], winners: [] };
  context.state.loops.set(context.path, progress);
  return progress;
}

class Items {
  readonly #cancel: CancelToken;
  readonly #failures: Problem[] = [];
  #next = 0;
  #done: number;
  #decision: Decision | undefined;

  constructor(
    private readonly step: ForEachStep,
    private readonly context: StepContext,
    private readonly progress: Progress,
    private readonly items: ItemList,
  ) {
    this.#cancel = new CancelToken(context.cancel);
    this.#done = progress.results.filter((result) => result != null).length;
    if (this.#done >= this.#needed()) this.#decide('won');
  }

  async run(): Promise<StepResult> {
    const lanes = Math.min(this.step.concurrency, this.items.length);
    await Promise.all(Array.from({ length: lanes }, () => this.#lane()));
    if (this.#cancel.reason !== undefined) await this.#unwind();
    this.#cancel.release();
    return this.#result();
  }

  /** Closes what an earlier run left running and this one did not come to, because the loop was decided before. */
  async #unwind(): Promise<void> {
    const prefix = `${this.context.path}[`;
    const running = [...this.context.state.records.values()].filter(
      ({ path, status }) => status === 'running' && path.startsWith(prefix),
    );
    const begun = new Set(running.map(({ path }) => parseInt(path.slice(prefix.length), 10)));
    for (const index of [...begun].sort((a, b) => a - b)) await this.#item(index, await this.items.at(index));
  }

  /** Takes the lowest item that is not done, again and again. */
  async #lane(): Promise<void> {
    for (;;) {
      while (this.progress.results[this.#next] != null) this.#next += 1;
      if (this.#next >= this.items.length || this.#cancel.reason !== undefined) return;
      const index = this.#next;
      this.#next += 1;
      const item = this.items.at(index);
      const ready = item instanceof Promise ? await item.catch((thrown: unknown) => this.#unread(thrown)) : item;
      if (ready !== undefined) await this.#item(index, ready);
    }
  }

  /** A list that cannot be read to its end is no fault of an item. */
  #unread(thrown: unknown): undefined {
    this.#failures.push(toProblem(thrown));
    if (this.#decision === undefined) this.#decide('lost');
  }

  async #item(index: number, item: Json): Promise<void> {
    const { context, step } = this;
    const prefix = `${context.path}[${index}].`;
    const locals: JsonObject = { ...context.locals, [step.as]: item, index };
    const inner: Context = { ...context, prefix, locals, cancel: this.#cancel };
    try {
      const flow = await context.runSteps(step.steps, inner);
      if (this.#decision !== undefined) return;
      if (flow.kind === 'return') return this.#decide(flow);
      const output =
        step.collect === undefined ? flow.output : evaluateAt(inner, step.collect, { path: prefix, part: 'collect' });
      this.#finish(index, { output: output ?? null });
    } catch (thrown) {
      if (thrown instanceof Cancelled) return undoWithin(context, prefix, thrown.reason);
      if (this.#decision === undefined) this.#failed(index, toProblem(thrown));
    }
  }

  #failed(index: number, problem: Problem): void {
    const { type, title, detail } = problem;
    if (this.step.onItemError === 'continue' && type !== 'budget-exceeded')
      return this.#finish(index, { error: { type, title, detail } });
    this.#failures.push(problem);
    if (this.items.length - this.#failures.length < this.#needed() || type === 'budget-exceeded') this.#decide('lost');
  }

  /** The result takes the place of all that the item's steps have on record. */
  #finish(index: number, result: ItemResult): void {
    const { progress, context } = this;
    while (progress.results.length <= index) progress.results.push(null);
    progress.results[index] = result;
    if (this.step.join !== 'all') progress.winners.push(index);
    this.#done += 1;
    forget(context.state, `${context.path}[${index}].`);
    if (this.#done >= this.#needed()) this.#decide('won');
  }

  #needed(): number {
    return this.step.join === 'all' ? this.items.length : this.step.join;
  }

  #decide(decision: Decision): void {
    this.#decision = decision;
    const { path } = this.context;
    this.#cancel.cancel(problemOf('cancelled', `The other items had decided ${path}.`, { step: path }));
  }

  #result(): StepResult | Promise<StepResult> {
    const { context, progress } = this;
    if (this.#decision === undefined) {
      context.cancel.throwIfCancelled();
      throw this.#failure();
    }
    if (typeof this.#decision === 'object') return this.#decision;
    if (this.#decision === 'lost') throw this.#failure();
    const output = listed(progress, context.effects);
    if (output instanceof Promise) return output.then((stored) => ({ kind: 'next', output: stored }));
    return { kind: 'next', output };
  }

  #failure(): OmniError {
    const { step, context } = this;
    const [first] = this.#failures;
    if (first === undefined)
      return new OmniError(
        'policy',
        `${context.path} has ${this.items.length} items, and ${this.#needed()} had to complete.`,
      );
    if (step.join === 'all' || first.type === 'budget-exceeded') return asError(first);
    const errors = this.#failures.map(({ type, detail, step: at = '' }) => ({ type, detail, step: at }));
    return new OmniError(
      first.type,
      `${this.#needed()} items of ${context.path} had to complete, but ${errors.length} of ${this.items.length} failed.`,
      { data: { errors } },
    );
  }
}
