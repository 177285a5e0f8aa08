/** What an expression can read at the place that is being compiled: steps that stand before it, and variables that are set before it. */
import type { Path } from './expression-presence';
import { union, without } from './expression-presence';
import { unionType } from './json-schema';
import type { Field, Type } from './type';

/** What later steps may know of a step. */
export interface StepView {
  readonly output: Type;
  /** There may be no output: the step may not have run, or may have failed. */
  readonly optional: boolean;
}

export interface VariableView {
  readonly type: Type;
  /** It may not have been set. */
  readonly optional: boolean;
}

/** `all`: every branch runs to its end; `some`: any of them may not. */
export type Completion = 'all' | 'some';

/** What one branch of several set, by name. */
export type BranchVariables = ReadonlyMap<string, VariableView>;

export interface LoopParts<T> {
  readonly locals: Readonly<Record<string, Field>>;
  /** What a round finds of the variables that rounds set. */
  readonly variables: ReadonlyMap<string, VariableView>;
  readonly round: () => T;
  readonly after?: () => void;
}

export class Scope {
  readonly #steps = new Map<string, StepView>();
  readonly #variables = new Map<string, VariableView>();
  /** In the order of happening, so that a region can be undone or weakened. */
  readonly #added: string[] = [];
  readonly #assigned: { readonly name: string; readonly before: VariableView | undefined }[] = [];
  /** Step whose parts are being compiled, outermost first. */
  readonly #open: string[] = [];
  /** Inside handlers. */
  #handlers = 0;
  /** Roots of the loops around this place: an item and its position. */
  #locals: Readonly<Record<string, Field>> = {};
  /** The shortest timeout around this place, in milliseconds. */
  #bound: number | undefined;
  /** Loops around this place that run several items at once. */
  readonly #concurrent: string[] = [];
  #inFinally = false;
  /** Paths that conditions around and before this place have proven to be there. */
  #present: ReadonlySet<Path> = new Set();
  readonly readVariables = new Set<string>();
  readonly readSteps = new Set<string>();
  /** Set when an expression reads `vars` as a whole. */
  readsAllVariables = false;

  step(name: string): StepView | undefined {
    return this.#steps.get(name);
  }

  stepNames(): Iterable<string> {
    return this.#steps.keys();
  }

  variables(): ReadonlyMap<string, VariableView> {
    return this.#variables;
  }

  get currentStep(): string | undefined {
    return this.#open[this.#open.length - 1];
  }

  get inHandler(): boolean {
    return this.#handlers > 0;
  }

  get inFinally(): boolean {
    return this.#inFinally;
  }

  get locals(): Readonly<Record<string, Field>> {
    return this.#locals;
  }

  get boundMs(): number | undefined {
    return this.#bound;
  }

  /** The innermost loop around this place that runs several items at once. */
  get concurrentLoop(): string | undefined {
    return this.#concurrent[this.#concurrent.length - 1];
  }

  /** Replaces what a handler of the same step has seen of it. */
  addStep(name: string, view: StepView): void {
    if (!this.#steps.has(name)) this.#added.push(name);
    this.#steps.set(name, view);
  }

  setVariable(name: string, type: Type): void {
    this.#assign(name, { type, optional: false });
  }

  #assign(name: string, view: VariableView): void {
    this.#assigned.push({ name, before: this.#variables.get(name) });
    this.#variables.set(name, view);
  }

  within<T>(step: string, run: () => T): T {
    this.#open.push(step);
    const result = run();
    this.#open.pop();
    return result;
  }

  /** The error is another one than outside. */
  handler<T>(run: () => T): T {
    this.#handlers++;
    const before = this.#present;
    this.#present = without(before, 'error');
    const result = run();
    this.#present = before;
    this.#handlers--;
    return result;
  }

  get present(): ReadonlySet<Path> {
    return this.#present;
  }

  /** What is proven inside counts there only. */
  proving<T>(paths: ReadonlySet<Path>, run: () => T): T {
    const before = this.#present;
    this.prove(paths);
    const result = run();
    this.#present = before;
    return result;
  }

  /** From here on, as far as the `proving` around it reaches. */
  prove(paths: ReadonlySet<Path>): void {
    this.#present = union(this.#present, paths);
  }

  /** A timeout holds for what is inside. */
  bounded<T>(ms: number | undefined, run: () => T): T {
    const before = this.#bound;
    this.#bound = Math.min(ms ?? Infinity, before ?? Infinity);
    if (this.#bound === Infinity) this.#bound = undefined;
    const result = run();
    this.#bound = before;
    return result;
  }

  /** Several of what is inside run at once. */
  concurrent<T>(loop: string, run: () => T): T {
    this.#concurrent.push(loop);
    const result = run();
    this.#concurrent.pop();
    return result;
  }

  /** `round` is done any number of times, and `after` sees what it may have left. What follows cannot read the steps inside. */
  loop<T>(parts: LoopParts<T>): T {
    const outside = this.#locals;
    this.#locals = { ...outside, ...parts.locals };
    const result = this.hidden(() => {
      const done = this.maybe(() => {
        for (const [name, view] of parts.variables) this.#assign(name, view);
        return parts.round();
      });
      parts.after?.();
      return done;
    });
    this.#locals = outside;
    return result;
  }

  /** What follows cannot read the steps inside. */
  hidden<T>(run: () => T): T {
    const from = this.#added.length;
    const result = run();
    for (const name of this.#added.splice(from)) this.#steps.delete(name);
    return result;
  }

  /** What has been done may not have happened, when the end comes early. */
  atEnd<T>(run: () => T): T {
    this.#weaken(0, 0);
    this.#inFinally = true;
    const result = run();
    this.#inFinally = false;
    return result;
  }

  /** What is done inside may not happen, or only in part. */
  maybe<T>(run: () => T): T {
    const steps = this.#added.length;
    const assigned = this.#assigned.length;
    const result = run();
    this.#weaken(steps, assigned);
    return result;
  }

  #weaken(fromStep: number, fromAssignment: number): void {
    for (const name of this.#added.slice(fromStep)) {
      const view = this.#steps.get(name);
      if (view !== undefined && !view.optional) this.#steps.set(name, { ...view, optional: true });
    }
    const first = new Map<string, VariableView | undefined>();
    for (const { name, before } of this.#assigned.slice(fromAssignment)) if (!first.has(name)) first.set(name, before);
    for (const [name, before] of first) {
      const now = this.#variables.get(name);
      if (now !== undefined)
        this.#variables.set(name, before === undefined ? { ...now, optional: true } : either(before, now));
    }
  }

  /** Every branch sees what was before all of them; what follows sees what all of them did. Gives what each branch set. */
  branches(runs: readonly (() => void)[], completion: Completion): readonly BranchVariables[] {
    const results = runs.map((run) => this.#isolated(run));
    const restore = (): void => {
      for (const { steps, variables } of results) {
        for (const [name, view] of steps) this.addStep(name, view);
        for (const [name, view] of variables) {
          const other = this.#variables.get(name);
          this.#assign(name, view.optional && other !== undefined ? either(other, view) : view);
        }
      }
    };
    if (completion === 'all') restore();
    else this.maybe(restore);
    return results.map(({ variables }) => variables);
  }

  #isolated(run: () => void): { readonly steps: ReadonlyMap<string, StepView>; readonly variables: BranchVariables } {
    const fromStep = this.#added.length;
    const fromAssignment = this.#assigned.length;
    run();
    const steps = new Map<string, StepView>();
    for (const name of this.#added.splice(fromStep)) {
      const view = this.#steps.get(name);
      if (view !== undefined) steps.set(name, view);
      this.#steps.delete(name);
    }
    const variables = new Map<string, VariableView>();
    for (const { name } of this.#assigned.slice(fromAssignment)) {
      const view = this.#variables.get(name);
      if (view !== undefined) variables.set(name, view);
    }
    for (const { name, before } of this.#assigned.splice(fromAssignment).reverse())
      if (before === undefined) this.#variables.delete(name);
      else this.#variables.set(name, before);
    return { steps, variables };
  }
}

function either(a: VariableView, b: VariableView): VariableView {
  return { type: unionType([a.type, b.type]), optional: a.optional && b.optional };
}
