/** `parallel`: named branches that run at once. */
import type { ParallelStep } from '../../plan/plan';
import { isMapping } from '../mapping';
import { checkName } from '../names';
import type { Entry } from '../tree';
import type { Field } from '../type';
import { ANY } from '../type';
import { readJoin, reportConcurrent } from './join';
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
  const join = readJoin(cx, fields['join'], { of: 'branches', most: written.entries.length });
  const branches: Branch[] = [];
  const lists: CompiledList[] = [];
  const runs = written.entries.map((branch) => () => {
    const { compiled, list } = oneBranch(parts, branch);
    branches.push(compiled);
    lists.push(list);
  });
  const variables = cx.scope.branches(runs, join === 'all' ? 'all' : 'some');
  const writers = written.entries.map(({ key, keyRange }) => ({ label: `branch ${key}`, range: keyRange }));
  reportConcurrent(cx, writers, variables);
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
