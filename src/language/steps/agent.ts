/** `agent`: a task for an agent of a type, which answers by one of its capabilities, or a goal that a model reaches by itself. */
import { ANY_CAPABILITY } from '../../plan/agent';
import { typeOf } from '../definition-type';
import { typeToJsonSchema } from '../json-schema';
import { headOf, isMapping } from '../mapping';
import { ANY, STRING } from '../type';
import { objectValue } from '../value';
import { compileLoop, LOOP_KEYS } from './agent-loop';
import { readTaskTerms } from './agent-terms';
import { readAgentWords, readTaskRetry } from './agent-words';
import { readOutput } from './declared-output';
import type { KindCompiler, StepParts } from './kind';
import { timeoutOf } from './timeout';

export const compileAgent: KindCompiler = (parts) => {
  const { cx, fields, head } = parts;
  const { goal, input: entry } = fields;
  const { agent, capability, priority } = readAgentWords(parts);
  const tree = entry !== undefined && isMapping(cx.report, entry.value, 'the key input') ? entry.value : undefined;
  const input = objectValue(cx, tree?.entries ?? [], tree?.range ?? head);
  const declared = readOutput(parts);
  const retry = readTaskRetry(parts);
  const terms = readTaskTerms(parts);
  reportMissingGoal(parts);
  const loop = goal && compileLoop(parts, goal, { agent, input });
  const wanted = capability ?? (loop && fields['capability'] === undefined ? ANY_CAPABILITY : undefined);
  if (agent === undefined || wanted === undefined) return undefined;
  return {
    step: {
      kind: 'agent',
      agent,
      capability: wanted,
      priority,
      input: input.template,
      ...(declared === undefined ? {} : { output: typeToJsonSchema(declared, { open: true }) }),
      retry,
      ...terms,
      ...timeoutOf(cx, fields['timeout']),
      ...(loop === undefined ? {} : { loop }),
    },
    // A model that is asked for no types answers in words.
    output: declared === undefined ? (loop === undefined ? ANY : STRING) : typeOf(declared),
    optional: false,
    ends: false,
  };
};

/** Without a goal there is no model; with one there is no task that another agent could take anew. */
function reportMissingGoal({ cx, tree, fields }: StepParts): void {
  const { goal, capability, retry } = fields;
  if (goal === undefined && capability === undefined)
    cx.report.add(
      'missing-key',
      headOf(tree),
      'An agent step needs the key capability, for what the agent is to do, or the key goal, for what a model is to reach.',
    );
  if (goal === undefined)
    for (const key of LOOP_KEYS) {
      const entry = fields[key];
      if (entry === undefined) continue;
      cx.report.add(
        'missing-key',
        entry.keyRange,
        `The key ${key} is for a model that works by itself: it needs a goal.`,
      );
    }
  else if (retry !== undefined)
    cx.report.add(
      'wrong-shape',
      retry.keyRange,
      'A model that works by itself is asked again as think says: write retry under think.',
    );
}
