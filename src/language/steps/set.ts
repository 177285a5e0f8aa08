/** `set`: names and their values. All are computed, then assigned. */
import type { Template } from '../../plan/plan';
import { isMapping } from '../mapping';
import { checkName } from '../names';
import type { Field } from '../type';
import { ANY } from '../type';
import { outgrows, tooLarge } from '../type-size';
import { compileValue, storedType } from '../value';
import type { KindCompiler } from './kind';
import { timeoutOf } from './timeout';

export const compileSet: KindCompiler = ({ cx, fields }) => {
  const entry = fields['set'];
  if (entry === undefined || !isMapping(cx.report, entry.value, 'the key set')) return undefined;
  const loop = cx.scope.concurrentLoop;
  if (loop !== undefined)
    cx.report.add(
      'concurrent-set',
      entry.keyRange,
      `Items of the loop ${loop} run at once, and chance would decide whose value stays. Give the loop concurrency: 1, or collect results.`,
    );
  const values: Record<string, Template> = {};
  const types: Record<string, Field> = {};
  for (const { key, keyRange, value } of entry.value.entries) {
    if (!checkName(cx.report, key, keyRange, 'variable')) continue;
    const compiled = compileValue(cx, value);
    if (compiled.optional)
      cx.report.add(
        'maybe-absent',
        compiled.range,
        `The value of ${key} may be absent. Give it another value with orValue(), or guard it with has().`,
      );
    values[key] = compiled.template;
    const whole = storedType(compiled);
    const type = outgrows(whole) ? ANY : whole;
    if (type !== whole) cx.report.add('too-many-nodes', keyRange, tooLarge(`The variable ${key}`));
    types[key] = { type, optional: false };
  }
  for (const [name, { type }] of Object.entries(types)) cx.scope.setVariable(name, type);
  return {
    step: { kind: 'set', values, ...timeoutOf(cx, fields['timeout']) },
    output: { kind: 'object', fields: types, open: false },
    optional: false,
    ends: false,
  };
};
