/** Finds every step name of a file before the steps are compiled, so that a wrong reference can be told from an early one. */
import { checkName } from './names';
import type { Report } from './report';
import type { MapTree, Tree } from './tree';
import { entryOf } from './tree';

/** One of several lists of steps that never see each other's results: branches, cases, handlers. */
export interface Branch {
  readonly of: Tree;
  readonly index: number;
  /** How a message calls it. */
  readonly label: string;
}

export interface DeclaredStep {
  readonly tree: MapTree;
  /** From the outside in. */
  readonly branches: readonly Branch[];
}

export interface StepNames {
  readonly steps: ReadonlyMap<string, DeclaredStep>;
  /** Names that some `set` gives a value. */
  readonly variables: ReadonlySet<string>;
  /** Steps that stand last in a nested list, which gives that list its output. */
  readonly last: ReadonlySet<Tree>;
}

export function findStepNames(report: Report, steps: Tree | undefined): StepNames {
  const search = new Search(report);
  if (steps?.kind === 'list') for (const step of steps.items) search.step(step, []);
  return search;
}

class Search implements StepNames {
  readonly steps = new Map<string, DeclaredStep>();
  readonly variables = new Set<string>();
  readonly last = new Set<Tree>();

  constructor(private readonly report: Report) {}

  #list(tree: Tree, branches: readonly Branch[]): void {
    if (tree.kind !== 'list') return;
    for (const step of tree.items) this.step(step, branches);
    const last = tree.items[tree.items.length - 1];
    if (last !== undefined) this.last.add(last);
  }

  step(tree: Tree, branches: readonly Branch[], branchKey?: MapTree['entries'][number]): void {
    if (tree.kind !== 'map') return;
    const name = entryOf(tree, 'name');
    if (branchKey !== undefined) this.#declare(branchKey.key, branchKey.keyRange, { tree, branches });
    else if (name?.value.kind === 'scalar' && typeof name.value.value === 'string')
      this.#declare(name.value.value, name.value.range, { tree, branches });
    for (const entry of tree.entries) this.#inside(entry.key, entry.value, branches);
  }

  #declare(name: string, range: { readonly start: number; readonly end: number }, step: DeclaredStep): void {
    if (!checkName(this.report, name, range, 'step')) return;
    if (this.steps.has(name))
      this.report.add('duplicate-name', range, `Another step is called ${name}. Names are flat over the whole file.`);
    else this.steps.set(name, step);
  }

  #inside(key: string, value: Tree, branches: readonly Branch[]): void {
    if (key === 'steps') this.#list(value, branches);
    else if (key === 'parallel' && value.kind === 'map')
      for (const [index, entry] of value.entries.entries()) {
        const inner = [...branches, { of: value, index, label: `branch ${entry.key}` }];
        if (entry.value.kind === 'list') this.#list(entry.value, inner);
        else {
          this.step(entry.value, inner, entry);
          this.last.add(entry.value);
        }
      }
    else if (key === 'switch' && value.kind === 'list')
      for (const [index, item] of value.items.entries()) {
        const inner = [...branches, { of: value, index, label: `case ${index + 1}` }];
        for (const part of ['steps', 'default']) this.#part(item, part, inner);
      }
    else if (key === 'onError' && value.kind === 'list')
      for (const [index, item] of value.items.entries()) {
        // A bare list of steps is one handler; handlers have no name.
        const bare = entryOf(item, 'name') !== undefined;
        const inner = [...branches, { of: value, index: bare ? 0 : index, label: `handler ${index + 1}` }];
        if (bare) this.step(item, inner);
        else this.#part(item, 'steps', inner);
      }
    else if (key === 'set' && value.kind === 'map') for (const entry of value.entries) this.variables.add(entry.key);
  }

  #part(tree: Tree, key: string, branches: readonly Branch[]): void {
    const entry = entryOf(tree, key);
    if (entry !== undefined) this.#list(entry.value, branches);
  }
}
