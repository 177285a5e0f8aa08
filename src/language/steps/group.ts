/** `steps`: a nested list that shares one `if`, `timeout` and `onError`. */
import type { KindCompiler } from './kind';
import { timeoutOf } from './timeout';

export const compileGroup: KindCompiler = ({ cx, fields, compileSteps }) => {
  const entry = fields['steps'];
  if (entry === undefined) return undefined;
  const { steps, ...outcome } = compileSteps(cx, entry.value, 'The key steps');
  return { step: { kind: 'steps', steps, ...timeoutOf(cx, fields['timeout']) }, ...outcome };
};
