/** `switch`: the first case whose condition is true is taken. */
import type { SwitchStep } from '../../plan/plan';
import type { Compilation } from '../compilation';
import { compileCondition, provenBy } from '../condition';
import { NONE } from '../expression-presence';
import { unionType } from '../json-schema';
import { headOf, isList, readFields } from '../mapping';
import type { MapTree, Tree } from '../tree';
import { CASE_WORDS } from '../vocabulary';
import type { CompiledList, KindCompiler, Outcome, StepsCompiler } from './kind';
import { timeoutOf } from './timeout';

type Case = SwitchStep['cases'][number];

export const compileSwitch: KindCompiler = ({ cx, fields, compileSteps }) => {
  const entry = fields['switch'];
  if (entry === undefined || !isList(cx.report, entry.value, 'the key switch')) return undefined;
  if (entry.value.items.length === 0)
    cx.report.add('wrong-shape', entry.value.range, 'A switch needs at least one case.');
  const cases: Case[] = [];
  const lists: CompiledList[] = [];
  let complete = false;
  const runs = entry.value.items.map((item) => () => {
    if (complete)
      cx.report.add(
        'unreachable-case',
        item.kind === 'map' ? headOf(item) : item.range,
        'This case can never be chosen: the default stands before it. Put the default last.',
      );
    const compiled = oneCase(cx, item, compileSteps);
    if (compiled === undefined) return;
    cases.push(compiled.case);
    lists.push(compiled.list);
    if (compiled.case.when === undefined) complete = true;
  });
  cx.scope.proving(NONE, () => cx.scope.branches(runs, 'some'));
  return { step: { kind: 'switch', cases, ...timeoutOf(cx, fields['timeout']) }, ...outcomeOf(lists, complete) };
};

function oneCase(
  cx: Compilation,
  tree: Tree,
  compileSteps: StepsCompiler,
): { readonly case: Case; readonly list: CompiledList } | undefined {
  const fields = readFields(cx.report, tree, CASE_WORDS, 'a case');
  if (fields === undefined) return undefined;
  const isDefault = fields.default !== undefined && fields.when === undefined && fields.steps === undefined;
  const isCase = fields.default === undefined && fields.when !== undefined && fields.steps !== undefined;
  if (!isDefault && !isCase) {
    cx.report.add(
      'wrong-shape',
      headOf(tree as MapTree),
      'A case has the keys when and steps, or the key default alone.',
    );
    return undefined;
  }
  if (fields.default !== undefined) {
    const list = compileSteps(cx, fields.default.value, 'The default');
    return { case: { steps: list.steps }, list };
  }
  const { steps } = fields;
  const when = fields.when === undefined ? undefined : compileCondition(cx, fields.when.value, 'when');
  const list = steps && cx.scope.proving(provenBy(when, true), () => compileSteps(cx, steps.value, 'A case'));
  // The cases behind it are only looked at when it was false.
  cx.scope.prove(provenBy(when, false));
  return when === undefined || list === undefined ? undefined : { case: { when, steps: list.steps }, list };
}

/** A case that ends the execution has no output that anyone could read. */
function outcomeOf(lists: readonly CompiledList[], complete: boolean): Outcome {
  const open = lists.filter(({ ends }) => !ends);
  return {
    output: unionType(open.map(({ output }) => output)),
    optional: !complete || open.some(({ optional }) => optional),
    ends: complete && lists.length > 0 && open.length === 0,
  };
}
