/** `fail`: raises a typed error. */
import type { Json } from '../../plan/json';
import type { Template } from '../../plan/plan';
import { OmniError } from '../../plan/problem';
import type { Runner, StepContext } from '../context';
import { renderAt } from '../scope';

export const runFail: Runner<'fail'> = (step, context) => {
  const detail = part(step.detail, context, 'detail');
  const data = part(step.data, context, 'data');
  const text = typeof detail === 'string' ? detail : `The step ${context.path} ended the execution.`;
  return Promise.reject(new OmniError(step.type, text, data === undefined ? {} : { data }));
};

function part(template: Template | undefined, context: StepContext, name: string): Json | undefined {
  return template === undefined ? undefined : renderAt(context, template, { path: context.path, part: name });
}
