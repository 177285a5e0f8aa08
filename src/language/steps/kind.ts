/** What the compiler of one step kind is given, and what it gives. */
import type { Step } from '../../plan/plan';
import type { Compilation } from '../compilation';
import type { Path } from '../expression-presence';
import type { Range } from '../report';
import type { Entry, MapTree, Tree } from '../tree';
import type { Type } from '../type';

/** Members that every step has; the step compiler adds them. */
export type Shell = 'name' | 'description' | 'summary' | 'if' | 'onError' | 'compensate';

/** `Omit` that keeps the variants of a union apart. */
export type Bare<S> = S extends Step ? Omit<S, Shell> : never;

export interface StepParts {
  readonly cx: Compilation;
  readonly name: string;
  readonly tree: MapTree;
  /** The keys of the kind, as the vocabulary allows them. */
  readonly fields: Readonly<Record<string, Entry | undefined>>;
  /** Position of the key that names the kind. */
  readonly head: Range;
  readonly compileSteps: StepsCompiler;
  readonly compileStep: StepCompiler;
}

export interface Outcome {
  readonly output: Type;
  /** There may be no output. */
  readonly optional: boolean;
  /** Nothing after it can run: it returns or fails. */
  readonly ends: boolean;
}

export interface CompiledList extends Outcome {
  readonly steps: readonly Step[];
}

export interface CompiledKind extends Outcome {
  readonly step: Bare<Step>;
}

export interface CompiledStep extends Outcome {
  readonly step: Step;
  /** What is there for the steps that follow in the list, because the step has let them come. */
  readonly proven: ReadonlySet<Path>;
}

/** `undefined` when the step is not good enough to be part of a plan; then the report says why. */
export type KindCompiler = (parts: StepParts) => CompiledKind | undefined;

export type StepsCompiler = (cx: Compilation, tree: Tree, what: string) => CompiledList;

/** `name` is given where a branch's key is the step's name. */
export type StepCompiler = (cx: Compilation, tree: Tree, name?: string) => CompiledStep | undefined;
