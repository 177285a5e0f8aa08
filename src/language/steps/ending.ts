/** `fail` and `return`: steps after which nothing runs. */
import { PROBLEMS } from '../../plan/problem';
import type { ProblemType } from '../../plan/problem';
import { readFields, readLiteral } from '../mapping';
import { ANY } from '../type';
import { FAIL_WORDS } from '../vocabulary';
import { compileValue } from '../value';
import type { KindCompiler, StepParts } from './kind';

export const compileReturn: KindCompiler = ({ cx, fields }) => {
  const entry = fields['return'];
  if (entry === undefined) return undefined;
  if (cx.scope.inFinally)
    cx.report.add(
      'not-in-finally',
      entry.keyRange,
      'The output is settled when finally begins, so nothing there can return.',
    );
  const value = compileValue(cx, entry.value);
  if (value.optional)
    cx.report.add(
      'maybe-absent',
      value.range,
      'The value to return may be absent. Give it another value with orValue(), or guard it with has().',
    );
  cx.returns.push(value.optional ? ANY : value.type);
  return { step: { kind: 'return', value: value.template }, output: ANY, optional: true, ends: true };
};

export const compileFail: KindCompiler = (parts) => {
  const { cx, fields } = parts;
  const words =
    fields['fail'] === undefined ? undefined : readFields(cx.report, fields['fail'].value, FAIL_WORDS, 'the key fail');
  if (words === undefined) return undefined;
  const type = words.type === undefined ? undefined : typeOfProblem(parts, words.type);
  const detail = words.detail === undefined ? undefined : compileValue(cx, words.detail.value);
  if (detail?.fields !== undefined || detail?.items !== undefined)
    cx.report.add('type-mismatch', detail.range, 'The key detail is text.');
  const data = words.data === undefined ? undefined : compileValue(cx, words.data.value);
  if (type === undefined) return undefined;
  const step = {
    kind: 'fail',
    type,
    ...(detail === undefined ? {} : { detail: detail.template }),
    ...(data === undefined ? {} : { data: data.template }),
  } as const;
  return { step, output: ANY, optional: true, ends: true };
};

function typeOfProblem({ cx }: StepParts, entry: NonNullable<StepParts['fields'][string]>): ProblemType | undefined {
  const text = readLiteral(cx.report, entry.value, 'the key type');
  if (text === undefined) return undefined;
  const { value, range } = text;
  if (Object.hasOwn(PROBLEMS, value)) return value as ProblemType;
  const bare = value.replace(/^app\//, '');
  if (!/^[a-z][a-z0-9-]*$/.test(bare)) {
    const message = `A type of error is a small letter followed by small letters, digits and hyphens, with or without app/ before it; this is "${value}".`;
    cx.report.add('invalid-name', range, message);
    return undefined;
  }
  const near = value.startsWith('app/') ? undefined : cx.report.near(value, Object.keys(PROBLEMS));
  if (near !== undefined) {
    // A word that is nearly a built-in type is more likely a slip than a type of one's own.
    const message = `There is no built-in error ${value}, so this raises app/${value}. Did you mean ${near}? Write app/${value} if not.`;
    cx.report.add('near-type', range, message, near);
  }
  return `app/${bare}`;
}
