/** `return`: ends the execution as completed with its value. */
import type { Runner } from '../context';
import { renderAt } from '../scope';

export const runReturn: Runner<'return'> = (step, context) =>
  Promise.resolve({
    kind: 'return',
    output: renderAt(context, step.value, { path: context.path, part: 'return' }) ?? null,
  });
