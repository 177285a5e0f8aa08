/** Finds every step name of a file before the steps are compiled, so that a wrong reference can be told from an early one. */
import { checkName } from './names';
import type { Range, Report } from './report';
import type { Entry, MapTree, Tree } from './tree';
import { entryOf } from './tree';

/** One of several lists of steps that never see each other's results: branches, cases, handlers. */
export interface Branch {
  readonly of: Tree;
  readonly index: number;
  /** How a message calls it. */
  readonly label: string;
}

/** A step whose inner steps cannot be read from outside: a loop, or a wait with reminders. */
export interface Enclosure {
  readonly tree: MapTree;
  /** How a message calls what is inside: `runs in every round of the loop poll`. */
  readonly label: string;
  /** Names that some `set` inside gives a value, with the first place. */
  readonly variables: Map<string, Range>;
}

export interface DeclaredStep {
  readonly tree: MapTree;
  /** From the outside in. */
  readonly enclosures: readonly Enclosure[];
  /** From the outside in. */
  readonly branches: readonly Branch[];
}

export interface StepNames {
  readonly steps: ReadonlyMap<string, DeclaredStep>;
  /** Names that some `set` gives a value. */
  readonly variables: ReadonlySet<string>;
  /** Steps that stand last in a nested list, which gives that list its output. */
  readonly last: ReadonlySet<Tree>;
  /** Of each loop, the names that some `set` inside gives a value. */
  readonly loops: ReadonlyMap<Tree, Enclosure>;
}

/** `lists`: the steps of the definition, and those that run at its end. */
export function findStepNames(report: Report, lists: readonly (Tree | undefined)[]): StepNames {
  const search = new Search(report);
  for (const list of lists)
    if (list?.kind === 'list') for (const step of list.items) search.step(step, { branches: [], enclosures: [] });
  return search;
}

type Around = Pick<DeclaredStep, 'branches' | 'enclosures'>;

class Search implements StepNames {
  readonly steps = new Map<string, DeclaredStep>();
  readonly variables = new Set<string>();
  readonly last = new Set<Tree>();
  readonly loops = new Map<Tree, Enclosure>();

  constructor(private readonly report: Report) {}

  #list(tree: Tree, around: Around): void {
    if (tree.kind !== 'list') return;
    for (const step of tree.items) this.step(step, around);
    const last = tree.items[tree.items.length - 1];
    if (last !== undefined) this.last.add(last);
  }

  step(tree: Tree, around: Around, branchKey?: Entry): void {
    if (tree.kind !== 'map') return;
    const name = entryOf(tree, 'name');
    const text = branchKey?.key ?? (name?.value.kind === 'scalar' ? name.value.value : undefined);
    const range = branchKey?.keyRange ?? name?.value.range;
    if (typeof text === 'string' && range !== undefined) this.#declare(text, range, { tree, ...around });
    const loop = entryOf(tree, 'forEach') ?? entryOf(tree, 'repeat');
    const inside = loop === undefined ? around : this.#enter(around, tree, loopLabel(loop.key, text));
    for (const entry of tree.entries) this.#inside(entry, entry.key === 'steps' ? inside : around);
  }

  #enter(around: Around, tree: MapTree, label: string): Around {
    const enclosure: Enclosure = { tree, label, variables: new Map() };
    this.loops.set(tree, enclosure);
    return { ...around, enclosures: [...around.enclosures, enclosure] };
  }

  #declare(name: string, range: Range, step: DeclaredStep): void {
    if (!checkName(this.report, name, range, 'step')) return;
    if (this.steps.has(name))
      this.report.add('duplicate-name', range, `Another step is called ${name}. Names are flat over the whole file.`);
    else this.steps.set(name, step);
  }

  #inside({ key, value }: Entry, around: Around): void {
    if (key === 'steps') this.#list(value, around);
    else if (key === 'parallel' && value.kind === 'map') this.#parallel(value, around);
    else if (key === 'switch' && value.kind === 'list')
      for (const [index, item] of value.items.entries())
        for (const part of ['steps', 'default']) this.#part(item, part, beside(around, value, index, 'case'));
    else if (key === 'onError' || key === 'onTimeout') this.#handlers(value, around);
    else if (key === 'waitFor' && value.kind === 'map') this.#waitFor(value, around);
    else if (key === 'set' && value.kind === 'map') this.#set(value, around);
  }

  #parallel(tree: MapTree, around: Around): void {
    for (const [index, entry] of tree.entries.entries()) {
      const branch = { of: tree, index, label: `branch ${entry.key}` };
      const inner = { ...around, branches: [...around.branches, branch] };
      if (entry.value.kind === 'list') this.#list(entry.value, inner);
      else {
        this.step(entry.value, inner, entry);
        this.last.add(entry.value);
      }
    }
  }

  #handlers(tree: Tree, around: Around): void {
    if (tree.kind !== 'list') return;
    for (const [index, item] of tree.items.entries()) {
      // A bare list of steps is one handler; handlers have no name.
      if (entryOf(item, 'name') !== undefined) this.step(item, beside(around, tree, 0, 'handler'));
      else this.#part(item, 'steps', beside(around, tree, index, 'handler'));
    }
    const last = tree.items[tree.items.length - 1];
    if (last !== undefined) this.last.add(last);
  }

  #waitFor(tree: MapTree, around: Around): void {
    for (const { key, value } of tree.entries)
      if (key === 'onTimeout') this.#handlers(value, around);
      else if (key === 'reminders' && value.kind === 'list') {
        const inside = this.#enter(around, tree, 'stands in a reminder, which may run often or never');
        for (const [index, item] of value.items.entries())
          this.#part(item, 'steps', beside(inside, value, index, 'reminder'));
      }
  }

  #set(tree: MapTree, around: Around): void {
    for (const { key, keyRange } of tree.entries) {
      this.variables.add(key);
      for (const { variables } of around.enclosures) if (!variables.has(key)) variables.set(key, keyRange);
    }
  }

  #part(tree: Tree, key: string, around: Around): void {
    const entry = entryOf(tree, key);
    if (entry !== undefined) this.#list(entry.value, around);
  }
}

function beside(around: Around, of: Tree, index: number, what: string): Around {
  return { ...around, branches: [...around.branches, { of, index, label: `${what} ${index + 1}` }] };
}

function loopLabel(kind: string, name: unknown): string {
  return `runs for every ${kind === 'forEach' ? 'item' : 'round'} of ${typeof name === 'string' ? `the loop ${name}` : 'a loop'}`;
}
