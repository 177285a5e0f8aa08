/** `wait`: some time, or until a point in time. */
import type { WaitStep } from '../../plan/plan';
import { compileExpression } from '../condition';
import type { CompiledExpression } from '../condition';
import { nameOfType } from '../fit';
import { readFields } from '../mapping';
import type { ScalarTree, Tree } from '../tree';
import { STRING } from '../type';
import { WAIT_WORDS } from '../vocabulary';
import type { Bare, CompiledKind, KindCompiler, StepParts } from './kind';
import { checkBound, readDuration } from './timeout';

export const compileWait: KindCompiler = (parts) => {
  const { cx, fields } = parts;
  const entry = fields['wait'];
  if (entry === undefined) return undefined;
  if (entry.value.kind === 'map') {
    const until = compileUntil(parts, entry.value);
    return until === undefined ? undefined : woken({ kind: 'wait', until: until.source });
  }
  if (entry.value.kind === 'scalar' && String(entry.value.value).includes('${')) {
    const message = 'A duration is written as it is. For a time that is computed, write wait: { until: … }.';
    cx.report.add('invalid-duration', entry.value.range, message, '{ until: "${now() + duration(\'10s\')}" }');
    return undefined;
  }
  const forMs = readDuration(cx.report, entry);
  checkBound(cx, entry.value.range, forMs);
  return forMs === undefined ? undefined : woken({ kind: 'wait', forMs });
};

/** The output says when it woke, as RFC 3339 text. */
function woken(step: Bare<WaitStep>): CompiledKind {
  return { step, output: STRING, optional: false, ends: false };
}

/** A time as it stands: `2030-01-31T09:00:00Z`. */
function isWritten(tree: Tree): tree is ScalarTree & { readonly value: string } {
  return tree.kind === 'scalar' && typeof tree.value === 'string' && /^\d{4}-\d{2}-\d{2}([T ]|$)/.test(tree.value);
}

function compileUntil({ cx }: StepParts, tree: Tree): CompiledExpression | undefined {
  const words = readFields(cx.report, tree, WAIT_WORDS, 'the key wait');
  if (words?.until !== undefined && isWritten(words.until.value)) {
    const { range, value } = words.until.value;
    cx.report.add(
      'expression-syntax',
      range,
      'The key until holds an expression, so a time is quoted twice.',
      `"'${value}'"`,
    );
    return undefined;
  }
  const until = words?.until && compileExpression(cx, words.until.value, 'until');
  if (until === undefined || until.checked.failed) return until;
  const { type, optional, constant } = until.checked;
  const { range } = until;
  if (optional)
    cx.report.add(
      'maybe-absent',
      range,
      'The time may be absent. Give it another value with orValue(), or skip the step with if.',
    );
  else if (type.kind !== 'timestamp' && type.kind !== 'string' && type.kind !== 'any')
    cx.report.add(
      'type-mismatch',
      range,
      `The key until is a timestamp or its text, such as 2030-01-31T09:00:00Z; this expression gives ${nameOfType(type)}.`,
    );
  else if (typeof constant === 'string' && Number.isNaN(Date.parse(constant)))
    cx.report.add('type-mismatch', range, `"${constant}" is no time. Write it as 2030-01-31T09:00:00Z.`);
  return until;
}
