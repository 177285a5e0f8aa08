/** `parallel`: runs its branches at once and joins them. */
import type { Json } from '../../plan/json';
import { branchPrefix } from '../../plan/paths';
import type { ParallelStep } from '../../plan/plan';
import type { Problem } from '../../plan/problem';
import { asError, OmniError, problemOf, toProblem } from '../../plan/problem';
import { CancelToken, Cancelled } from '../cancel-token';
import { undoWithin } from '../compensation';
import type { Flow, Runner, StepContext, StepResult } from '../context';
import { withTimeout } from '../deadline';

type Branch = ParallelStep['branches'][number];
type Decision = 'won' | 'lost' | Extract<Flow, { kind: 'return' }>;

export const runParallel: Runner<'parallel'> = (step, context) =>
  withTimeout(step.timeoutMs, context, (bounded) => new Join(step, bounded).run());

/** Counts branches in the order in which they end; once the step is decided the others are cancelled and awaited. */
class Join {
  readonly #cancel: CancelToken;
  readonly #outputs = new Map<string, Json | undefined>();
  readonly #failures: Problem[] = [];
  #settled: readonly string[] = [];
  #decision: Decision | undefined;

  constructor(
    private readonly step: ParallelStep,
    private readonly context: StepContext,
  ) {
    this.#cancel = new CancelToken(context.cancel);
  }

  async run(): Promise<StepResult> {
    // A resumed join counts first what had ended before, in that order.
    const earlier = this.context.record().settled ?? [];
    const branches = [...this.step.branches];
    for (const name of earlier) {
      const at = branches.findIndex((branch) => branch.name === name);
      for (const branch of branches.splice(at, at === -1 ? 0 : 1)) await this.#watch(branch);
    }
    await Promise.all(branches.map((branch) => this.#watch(branch)));
    this.#cancel.release();
    return this.#result();
  }

  async #watch(branch: Branch): Promise<void> {
    const { context } = this;
    try {
      const prefix = context.prefix + branchPrefix(branch);
      const flow = await context.runSteps(branch.steps, { ...context, prefix, cancel: this.#cancel });
      if (this.#decision === undefined) this.#count(branch.name, flow);
    } catch (thrown) {
      if (thrown instanceof Cancelled)
        return undoWithin(
          context,
          context.prefix + branchPrefix(branch) + (branch.single ? branch.name : ''),
          thrown.reason,
        );
      if (this.#decision !== undefined) return;
      this.#failures.push(toProblem(thrown));
      this.#note(branch.name, this.#tooFewLeft() ? 'lost' : undefined);
    }
  }

  #count(name: string, flow: Flow): void {
    if (flow.kind === 'return') return this.#note(name, flow);
    this.#outputs.set(name, flow.output);
    this.#note(name, this.#outputs.size >= this.#needed() ? 'won' : undefined);
  }

  #note(name: string, decision: Decision | undefined): void {
    this.#settled = [...this.#settled, name];
    this.context.amend({ settled: this.#settled });
    if (decision === undefined) return;
    this.#decision = decision;
    this.#cancel.cancel(
      problemOf('cancelled', `The other branches had decided ${this.context.path}.`, { step: this.context.path }),
    );
  }

  #needed(): number {
    return this.step.join === 'all' ? this.step.branches.length : this.step.join;
  }

  #tooFewLeft(): boolean {
    return this.step.branches.length - this.#failures.length < this.#needed();
  }

  #result(): StepResult {
    const { step, context } = this;
    if (this.#decision === undefined && step.branches.length > 0) context.cancel.throwIfCancelled();
    if (typeof this.#decision === 'object') return this.#decision;
    if (this.#decision === 'lost') throw this.#failure();
    const output: Record<string, Json> = {};
    for (const { name } of step.branches) {
      const value = this.#outputs.get(name);
      if (value !== undefined) output[name] = value;
    }
    return { kind: 'next', output };
  }

  #failure(): OmniError {
    const [first] = this.#failures;
    if (first === undefined) return new OmniError('internal', `${this.context.path} was lost without a failure.`);
    if (this.step.join === 'all') return asError(first);
    const all = this.#failures.map((problem) => `${problem.step ?? '?'}: ${problem.detail}`).join('; ');
    return new OmniError(
      first.type,
      `${this.#needed()} branches of ${this.context.path} had to complete, but ${this.#failures.length} of ${this.step.branches.length} failed: ${all}`,
      {
        data: { errors: this.#failures.map(({ type, detail, step = '' }) => ({ type, detail, step })) },
      },
    );
  }
}
