/** `compensate`: the tool that undoes a step which has completed, when the execution fails after it. */
import type { ToolStep } from '../../plan/plan';
import type { Compilation } from '../compilation';
import { compileCondition, provenBy } from '../condition';
import { readFields } from '../mapping';
import { COMPENSATION } from '../names';
import type { Entry } from '../tree';
import { entryOf } from '../tree';
import { COMPENSATE_WORDS } from '../vocabulary';
import type { Outcome, StepParts } from './kind';
import { compileTool } from './tool';

/** It sees what the step saw, the step itself, and `error`. */
export function compileCompensate(parts: StepParts, entry: Entry, own: Outcome): ToolStep | undefined {
  const { cx, name } = parts;
  if (cx.scope.inFinally) {
    cx.report.add(
      'not-in-finally',
      entry.keyRange,
      'Steps of finally run after all compensations, and are not undone.',
    );
    return undefined;
  }
  cx.scope.addStep(name, own);
  return cx.scope.handler(() => compileUndo(cx, parts, entry));
}

function compileUndo(cx: Compilation, parts: StepParts, { key, keyRange, value }: Entry): ToolStep | undefined {
  const fields = readFields(cx.report, value, COMPENSATE_WORDS, `the key ${key}`);
  if (fields === undefined || value.kind !== 'map') return undefined;
  const condition = fields.if === undefined ? undefined : compileCondition(cx, fields.if.value, 'if');
  const head = entryOf(value, 'tool')?.keyRange ?? keyRange;
  const compiled = cx.scope.proving(provenBy(condition, true), () =>
    compileTool({ ...parts, name: COMPENSATION, tree: value, fields, head }),
  );
  if (compiled?.step.kind !== 'tool') return undefined;
  return { ...compiled.step, name: COMPENSATION, ...(condition === undefined ? {} : { if: condition }) };
}
