/** What a model may answer in a turn, and what an answer comes to. */
import type { Json, JsonObject, JsonSchema } from '../../plan/json';
import { isObject, own } from '../../plan/json';
import type { LoopStep } from '../../plan/plan';
import { misfits } from '../../plan/schema-fit';

/** More at once than anyone could look through. */
const MAX_CALLS_AT_ONCE = 20;

export interface WantedCall {
  readonly tool: string;
  readonly arguments: JsonObject;
}

export type Decision =
  | { readonly kind: 'calls'; readonly calls: readonly WantedCall[] }
  | { readonly kind: 'answer'; readonly answer: Json }
  | { readonly kind: 'handoff'; readonly to: string; readonly why: string }
  | { readonly kind: 'unusable'; readonly why: string };

/** JSON Schema of a turn's answer. */
export function answerSchema({ order, output }: LoopStep): JsonSchema {
  const { tools, handoff = [] } = order;
  const text = (description: string): JsonSchema => ({ type: 'string', description });
  return {
    type: 'object',
    properties: {
      say: text('What you think, in a sentence or two.'),
      calls: {
        type: 'array',
        description: 'Tools to be called now, all at once. Empty when you give the final answer.',
        maxItems: MAX_CALLS_AT_ONCE,
        items: {
          type: 'object',
          properties: {
            tool: text(`One of: ${Object.keys(tools).join(', ')}`),
            arguments: { type: 'object', description: 'What the input of the tool asks for.' },
          },
          required: ['tool', 'arguments'],
        },
      },
      answer: { ...(output ?? { type: 'string' }), description: 'The final answer: with it the task ends.' },
      ...(handoff.length === 0
        ? {}
        : {
            handoff: {
              type: 'object',
              description: 'Gives the rest of the task to another agent.',
              properties: { to: { type: 'string', enum: handoff }, why: text('What is left to be done.') },
              required: ['to'],
            },
          }),
    },
  };
}

/** Calls come before everything else: what is known only after them cannot be final before. */
export function decisionOf(step: LoopStep, given: Json): Decision {
  const [fault] = misfits(answerSchema({ ...step, output: {} }), given, '');
  if (fault !== undefined) return unusable(`${fault.pointer} ${fault.detail}`);
  const calls = own(given, 'calls') as readonly WantedCall[] | undefined;
  if (calls !== undefined && calls.length > 0) return { kind: 'calls', calls };
  const handoff = own(given, 'handoff');
  if (isObject(handoff)) {
    const { to, why = '' } = handoff as { readonly to: string; readonly why?: string };
    return { kind: 'handoff', to, why };
  }
  const answer = own(given, 'answer');
  if (answer === undefined || answer === null) return unusable('it holds neither calls nor a final answer');
  const [misfit] = misfits(step.output ?? { type: 'string' }, answer, '/answer');
  return misfit === undefined ? { kind: 'answer', answer } : unusable(`${misfit.pointer} ${misfit.detail}`);
}

function unusable(why: string): Decision {
  return { kind: 'unusable', why };
}
