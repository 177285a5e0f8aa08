/** `fail`: raises a typed error. */
import type { Json } from '../../plan/json';
import type { Template } from '../../plan/plan';
import { OmniError } from '../../plan/problem';
import type { Runner, StepContext } from '../context';
import { withoutPersonal } from '../personal';
import { renderAt } from '../scope';

export const runFail: Runner<'fail'> = (step, context) => {
  const detail = part(step.detail, context, 'detail');
  const data = part(step.data, context, 'data');
  const text = typeof detail === 'string' ? detail : `The step ${context.path} ended the execution.`;
  return Promise.reject(new OmniError(step.type, text, data === undefined ? {} : { data }));
};

function part(template: Template | undefined, context: StepContext, name: string): Json | undefined {
  if (template === undefined) return undefined;
  const value = renderAt(context, template, { path: context.path, part: name });
  return value === undefined ? undefined : withoutPersonal(value, context);
}
