/** `set`: computes all its values, then assigns them. */
import type { Json } from '../../plan/json';
import type { Runner } from '../context';
import { renderAt } from '../scope';

export const runSet: Runner<'set'> = (step, context) => {
  const output: Record<string, Json> = {};
  for (const [name, template] of Object.entries(step.values)) {
    const value = renderAt(context, template, { path: context.path, part: `set.${name}` });
    if (value !== undefined) output[name] = value;
  }
  // Together with the record: were they apart, a resumed execution could assign twice.
  const { state, path } = context;
  state.vars = { ...state.vars, ...output };
  state.assignments = [...state.assignments, { path }];
  context.amend({ status: 'completed', output, endedAt: context.effects.now() });
  return Promise.resolve({ kind: 'next', output });
};
