/** Which of the calls that a model asks for are made. It decides by the definition alone, and the same on every replay. */
import type { LoopTool } from '../../plan/agent-loop';
import { isBlobReference } from '../../plan/blob';
import type { Json, JsonObject } from '../../plan/json';
import { canonical, isObject } from '../../plan/json';
import type { LoopStep } from '../../plan/plan';
import type { Problem } from '../../plan/problem';
import { problemOf } from '../../plan/problem';
import { misfits } from '../../plan/schema-fit';
import { sha256 } from '../../plan/sha256';
import type { AgentProgress } from '../state';
import type { WantedCall } from './answer';

export interface AdmittedCall extends WantedCall {
  readonly kind: 'admitted';
  /** Position among the calls of the turn, from 1. */
  readonly number: number;
  readonly is: LoopTool;
  /** SHA-256 in hex of the canonical JSON of the arguments. */
  readonly hash: string;
}

export interface RefusedCall {
  readonly kind: 'refused';
  readonly number: number;
  readonly tool: string;
  readonly problem: Problem;
}

export type JudgedCall = AdmittedCall | RefusedCall;

const MAX_FAULTS = 10;

export function judge(
  { order }: LoopStep,
  { calls: made, known }: Pick<AgentProgress, 'calls' | 'known'>,
  wanted: readonly WantedCall[],
): readonly JudgedCall[] {
  let left = order.limits.calls - made;
  return wanted.map((call, index): JudgedCall => {
    const number = index + 1;
    const { tool } = call;
    const refused = (problem: Problem): JudgedCall => ({ kind: 'refused', number, tool, problem });
    const is = Object.hasOwn(order.tools, tool) ? order.tools[tool] : undefined;
    if (is === undefined) {
      const names = Object.keys(order.tools).join(', ') || 'none';
      return refused(
        problemOf('policy', `There is no tool ${JSON.stringify(tool.slice(0, 100))} here. Tools: ${names}.`),
      );
    }
    const errors = misfits(is.input, call.arguments, '/arguments').slice(0, MAX_FAULTS);
    const [first] = errors;
    if (first !== undefined)
      return refused(
        problemOf('validation', `The arguments do not fit ${tool}: ${first.pointer} ${first.detail}`, { errors }),
      );
    if (references(call.arguments).some((reference) => !known.includes(reference)))
      return refused(
        problemOf('policy', 'The arguments name a stored value that neither the input nor a result held.'),
      );
    if (left <= 0)
      return refused(problemOf('policy', `All ${order.limits.calls} calls are used up. Give the final answer.`));
    left -= 1;
    return { kind: 'admitted', number, is, hash: sha256(canonical(call.arguments)), ...plain(call) };
  });
}

/** Without what else the model may have written beside. */
function plain({ tool, arguments: given }: WantedCall): { readonly tool: string; readonly arguments: JsonObject } {
  return { tool, arguments: given };
}

/** The stored values in a value, each as canonical JSON: a model may hand on those that it was shown, and make up none. */
export function references(value: Json): readonly string[] {
  if (isBlobReference(value)) return [canonical(value)];
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(references);
  return isObject(value) ? Object.values(value).flatMap(references) : [];
}
