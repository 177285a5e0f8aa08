/** `parallel`: named branches that run at once. */
import type { ParallelStep } from '../../plan/plan';
import type { Compilation } from '../compilation';
import { isMapping } from '../mapping';
import { checkName } from '../names';
import type { BranchVariables } from '../scope';
import type { Entry, MapTree } from '../tree';
import { describe } from '../tree';
import type { Field } from '../type';
import { ANY } from '../type';
import type { CompiledList, KindCompiler, StepParts } from './kind';
import { timeoutOf } from './timeout';

type Branch = ParallelStep['branches'][number];

export const compileParallel: KindCompiler = (parts) => {
  const { cx, fields } = parts;
  const entry = fields['parallel'];
  if (entry === undefined || !isMapping(cx.report, entry.value, 'the key parallel')) return undefined;
  const written = entry.value;
  if (written.entries.length === 0)
    cx.report.add('wrong-shape', written.range, 'A parallel step needs at least one branch.');
  const join = readJoin(cx, fields['join'], written.entries.length);
  const branches: Branch[] = [];
  const lists: CompiledList[] = [];
  const runs = written.entries.map((branch) => () => {
    const { compiled, list } = oneBranch(parts, branch);
    branches.push(compiled);
    lists.push(list);
  });
  const variables = cx.scope.branches(runs, join === 'all' ? 'all' : 'some');
  reportConcurrent(cx, written, variables);
  const fieldsOf = branches.map(({ name }, index): [string, Field] => {
    const list = lists[index];
    return [name, { type: list?.output ?? ANY, optional: join !== 'all' || (list?.optional ?? true) }];
  });
  return {
    step: { kind: 'parallel', branches, join, ...timeoutOf(cx, fields['timeout']) },
    output: { kind: 'object', fields: Object.fromEntries(fieldsOf), open: false },
    optional: false,
    ends: join === 'all' && lists.some(({ ends }) => ends),
  };
};

function oneBranch(
  { cx, compileStep, compileSteps }: StepParts,
  { key, keyRange, value }: Entry,
): { compiled: Branch; list: CompiledList } {
  if (value.kind !== 'list') {
    const step = compileStep(cx, value, key);
    const steps = step === undefined ? [] : [step.step];
    const list = { output: step?.output ?? ANY, optional: step?.optional ?? true, ends: step?.ends ?? false, steps };
    return { compiled: { name: key, single: true, steps }, list };
  }
  checkName(cx.report, key, keyRange, 'branch');
  const list = compileSteps(cx, value, `The branch ${key}`);
  return { compiled: { name: key, single: false, steps: list.steps }, list };
}

function readJoin(cx: Compilation, entry: Entry | undefined, branches: number): 'all' | number {
  if (entry === undefined) return 'all';
  const { value } = entry;
  if (value.kind === 'scalar') {
    if (value.value === 'all') return 'all';
    if (value.value === 'any') return 1;
    if (typeof value.value === 'number' && Number.isInteger(value.value) && value.value >= 1 && value.value <= branches)
      return value.value;
  }
  cx.report.add(
    'invalid-join',
    value.range,
    `The key join is all, any, or how many of the ${branches} branches must complete; this is ${describe(value)}.`,
  );
  return 'all';
}

/** Which of two writers came last would be chance. */
function reportConcurrent(cx: Compilation, tree: MapTree, variables: readonly BranchVariables[]): void {
  const writers = new Map<string, string>();
  for (const [index, branch] of variables.entries()) {
    const entry = tree.entries[index];
    if (entry === undefined) continue;
    for (const name of branch.keys()) {
      const other = writers.get(name);
      if (other !== undefined)
        cx.report.add(
          'concurrent-set',
          entry.keyRange,
          `The branches ${other} and ${entry.key} run at once and both set ${name}. Use two names, or set it after them.`,
        );
      else writers.set(name, entry.key);
    }
  }
}
