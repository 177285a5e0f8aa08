/** `forEach`: steps for every item of a list, several items at once. */
import { parseExpression } from '../../plan/expression/syntax';
import type { CompiledExpression } from '../condition';
import { compileExpression } from '../condition';
import { allOptional, nameOfType } from '../fit';
import { readLiteral, readNumber } from '../mapping';
import { checkName } from '../names';
import { ERROR } from '../scope-roots';
import type { Entry, ScalarTree } from '../tree';
import { describe } from '../tree';
import type { Type } from '../type';
import { ANY } from '../type';
import { readJoin } from './join';
import type { KindCompiler, StepParts } from './kind';
import { compileLoop, INDEX } from './loop';
import { timeoutOf } from './timeout';

const DEFAULT_CONCURRENCY = 10;
const MAX_CONCURRENCY = 200;

export const compileForEach: KindCompiler = (parts) => {
  const { cx, name, fields } = parts;
  const list = fields['forEach'] && compileExpression(cx, fields['forEach'].value, 'forEach');
  const as = readAs(parts, fields['as']);
  const concurrency =
    fields['concurrency'] &&
    readNumber(cx.report, fields['concurrency'].value, 'the key concurrency', {
      minimum: 1,
      maximum: MAX_CONCURRENCY,
      integer: true,
    });
  const constant = list?.checked.constant;
  const most = Array.isArray(constant) ? constant.length : undefined;
  const join = readJoin(cx, fields['join'], { of: 'items', most });
  const onItemError = readOnItemError(parts, fields['onItemError']);
  const together = concurrency ?? DEFAULT_CONCURRENCY;
  let collect: CompiledExpression | undefined;
  const run = (): ReturnType<typeof compileLoop> =>
    compileLoop(parts, {
      locals: { [as]: { type: itemType(parts, list), optional: false }, index: INDEX },
      inRound: () => {
        collect = fields['collect'] && compileCollect(parts, fields['collect']);
      },
    });
  const body = together > 1 ? cx.scope.concurrent(name, run) : run();
  if (list === undefined) return undefined;
  // An item without a result has null in its place.
  const last = body.optional ? ANY : body.output;
  const element = fields['collect'] === undefined ? last : collected(collect);
  return {
    step: {
      kind: 'forEach',
      list: list.source,
      as,
      concurrency: together,
      steps: body.steps,
      ...(collect === undefined ? {} : { collect: collect.source }),
      join,
      onItemError,
      ...timeoutOf(cx, fields['timeout']),
    },
    output: { kind: 'list', items: onItemError === 'continue' ? orError(element) : element },
    optional: false,
    ends: false,
  };
};

function itemType({ cx }: StepParts, list: CompiledExpression | undefined): Type {
  if (list === undefined || list.checked.failed) return ANY;
  const { type, optional } = list.checked;
  if (optional)
    cx.report.add(
      'maybe-absent',
      list.range,
      'The list may be absent. Give it another value with orValue([]), or skip the step with if.',
    );
  else if (type.kind !== 'list' && type.kind !== 'any')
    cx.report.add(
      'type-mismatch',
      list.range,
      `The key forEach needs a list; this expression gives ${nameOfType(type)}.`,
    );
  return type.kind === 'list' ? type.items : ANY;
}

/** A name that expressions can read, and that hides nothing. */
function readAs({ cx, head }: StepParts, entry: Entry | undefined): string {
  const text = entry === undefined ? undefined : readLiteral(cx.report, entry.value, 'the key as');
  const as = text?.value ?? 'item';
  if (text !== undefined && !isReadable(cx, text)) return 'item';
  const taken = [...Object.keys(cx.roots), 'steps', 'vars', 'error', 'body', ...Object.keys(cx.scope.locals), 'index'];
  if (!taken.includes(as)) return as;
  const range = text?.range ?? head;
  cx.report.add(
    'hidden-root',
    range,
    `The name ${as} has a meaning here already. Give the item of this loop another one with the key as.`,
  );
  return as;
}

/** Words of the expression language are no names. */
function isReadable(cx: StepParts['cx'], { value, range }: ScalarTree & { readonly value: string }): boolean {
  if (!checkName(cx.report, value, range, 'variable')) return false;
  try {
    if (parseExpression(value).kind === 'name') return true;
  } catch {
    // Reported below, like a literal.
  }
  cx.report.add('reserved-name', range, `Expressions give the word ${value} a meaning of their own. Choose another.`);
  return false;
}

function compileCollect({ cx }: StepParts, entry: Entry): CompiledExpression | undefined {
  const compiled = compileExpression(cx, entry.value, 'collect');
  if (compiled?.checked.optional === true && !compiled.checked.failed)
    cx.report.add(
      'maybe-absent',
      compiled.range,
      'The result of an item may be absent, and a list has no key to leave out. Give it another value with orValue().',
    );
  return compiled;
}

function collected(collect: CompiledExpression | undefined): Type {
  return collect === undefined || collect.checked.failed ? ANY : collect.checked.type;
}

function readOnItemError({ cx }: StepParts, entry: Entry | undefined): 'fail' | 'continue' {
  if (entry === undefined) return 'fail';
  const { value } = entry;
  if (value.kind === 'scalar' && (value.value === 'fail' || value.value === 'continue')) return value.value;
  cx.report.add('wrong-shape', value.range, `The key onItemError is fail or continue; this is ${describe(value)}.`);
  return 'fail';
}

/** A failed item has `{ error }` in its place. */
function orError(element: Type): Type {
  if (element.kind !== 'object') return ANY;
  const all = allOptional(element);
  return all.kind === 'object' ? { ...all, fields: { ...all.fields, error: { type: ERROR, optional: true } } } : ANY;
}
