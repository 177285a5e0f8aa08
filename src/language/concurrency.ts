/** `concurrency`: how many executions with one key may be at work at once, and what becomes of the others. */
import type { Plan } from '../plan/plan';
import type { Compilation } from './compilation';
import { readFields, readNumber } from './mapping';
import type { Entry } from './tree';
import { describe } from './tree';
import { compileValue } from './value';
import { CONCURRENCY_WORDS } from './vocabulary';

const MAX_LIMIT = 1_000;

export function compileConcurrency(cx: Compilation, entry: Entry | undefined): Plan['concurrency'] {
  const fields = entry && readFields(cx.report, entry.value, CONCURRENCY_WORDS, 'the key concurrency');
  if (fields === undefined) return undefined;
  const key = fields.key && compileValue(cx, fields.key.value);
  if (key?.optional === true)
    cx.report.add(
      'maybe-absent',
      key.range,
      'The key may be absent. Give it another value with orValue(), so that it is clear with whom such an execution shares its turns.',
    );
  const limit =
    fields.limit &&
    readNumber(cx.report, fields.limit.value, 'the key limit', { minimum: 1, maximum: MAX_LIMIT, integer: true });
  const whenFull = fields.whenFull === undefined ? 'queue' : readWhenFull(cx, fields.whenFull);
  if (limit === undefined) return undefined;
  return { ...(key === undefined ? {} : { key: key.template }), limit, whenFull };
}

function readWhenFull(cx: Compilation, { value }: Entry): 'queue' | 'refuse' {
  if (value.kind === 'scalar' && (value.value === 'queue' || value.value === 'refuse')) return value.value;
  cx.report.add('wrong-shape', value.range, `The key whenFull is queue or refuse; this is ${describe(value)}.`);
  return 'queue';
}
