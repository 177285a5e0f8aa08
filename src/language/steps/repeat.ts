/** `repeat`: rounds of steps, until a condition or a number of rounds ends them. */
import { compileCondition } from '../condition';
import { headOf, readFields, readNumber } from '../mapping';
import type { MapTree } from '../tree';
import { REPEAT_WORDS } from '../vocabulary';
import type { KindCompiler } from './kind';
import { compileLoop, INDEX } from './loop';
import { checkBound, readDuration, timeoutOf } from './timeout';

export const compileRepeat: KindCompiler = (parts) => {
  const { cx, fields } = parts;
  const entry = fields['repeat'];
  const words = entry && readFields(cx.report, entry.value, REPEAT_WORDS, 'the key repeat');
  if (entry !== undefined && words !== undefined && !words.while && !words.until && !words.max)
    cx.report.add(
      'endless-repeat',
      (entry.value as MapTree).entries.length === 0 ? entry.value.range : headOf(entry.value as MapTree),
      'Nothing ends this loop. Give repeat at least one of the keys while, until and max.',
    );
  const max = words?.max && readNumber(cx.report, words.max.value, 'the key max', { minimum: 1, integer: true });
  const everyMs = readDuration(cx.report, words?.every);
  if (words?.every !== undefined) checkBound(cx, words.every.value.range, everyMs);
  let until: string | undefined;
  let before: string | undefined;
  const body = compileLoop(parts, {
    locals: { index: INDEX },
    inRound: () => {
      until = words?.until && compileCondition(cx, words.until.value, 'until');
    },
    between: () => {
      before = words?.while && compileCondition(cx, words.while.value, 'while');
    },
  });
  if (words === undefined) return undefined;
  return {
    step: {
      kind: 'repeat',
      ...(before === undefined ? {} : { while: before }),
      ...(until === undefined ? {} : { until }),
      ...(max === undefined ? {} : { max }),
      ...(everyMs === undefined ? {} : { everyMs }),
      steps: body.steps,
      ...timeoutOf(cx, fields['timeout']),
    },
    output: body.output,
    // There may be no round at all.
    optional: body.optional || words.while !== undefined,
    ends: body.ends && words.while === undefined,
  };
};
