/** `agent`: a task for an agent of a type, which answers by one of its capabilities. */
import type { Priority } from '../../plan/agent';
import { PRIORITY_KEYS } from '../../plan/agent';
import { typeOf } from '../definition-type';
import { typeToJsonSchema } from '../json-schema';
import { isMapping, readLiteral } from '../mapping';
import { readRetry, RETRY_DEFAULTS } from '../retry';
import type { Entry } from '../tree';
import { ANY } from '../type';
import { objectValue } from '../value';
import { readOutput } from './declared-output';
import type { KindCompiler, StepParts } from './kind';
import { timeoutOf } from './timeout';

const TYPE = /^[a-z][a-z0-9-]*$/;
const CAPABILITY = /^[A-Za-z][A-Za-z0-9_.-]*$/;

export const compileAgent: KindCompiler = (parts) => {
  const { cx, fields, head } = parts;
  const agent = readWord(parts, fields['agent'], { what: 'the type of an agent', pattern: TYPE });
  const capability = readWord(parts, fields['capability'], { what: 'a capability', pattern: CAPABILITY });
  const priority = readPriority(parts, fields['priority']);
  const entry = fields['input'];
  const tree = entry !== undefined && isMapping(cx.report, entry.value, 'the key input') ? entry.value : undefined;
  const input = objectValue(cx, tree?.entries ?? [], tree?.range ?? head);
  const declared = readOutput(parts);
  const { retry: rule } = fields;
  const base = cx.defaults.retry ?? RETRY_DEFAULTS;
  const retry = rule === undefined ? base : (readRetry(cx.report, rule.value, base) ?? base);
  if (agent === undefined || capability === undefined) return undefined;
  return {
    step: {
      kind: 'agent',
      agent,
      capability,
      priority,
      input: input.template,
      ...(declared === undefined ? {} : { output: typeToJsonSchema(declared, { open: true }) }),
      retry,
      ...timeoutOf(cx, fields['timeout']),
    },
    output: declared === undefined ? ANY : typeOf(declared),
    optional: false,
    ends: false,
  };
};

function readWord(
  { cx }: StepParts,
  entry: Entry | undefined,
  { what, pattern }: { readonly what: string; readonly pattern: RegExp },
): string | undefined {
  const text = entry === undefined ? undefined : readLiteral(cx.report, entry.value, what);
  if (text === undefined || pattern.test(text.value)) return text?.value;
  cx.report.add(
    'invalid-name',
    text.range,
    `${text.value === '' ? 'An empty text' : text.value} cannot be ${what}: it matches ${pattern.source}.`,
  );
  return undefined;
}

function readPriority({ cx }: StepParts, entry: Entry | undefined): Priority {
  const text = entry === undefined ? undefined : readLiteral(cx.report, entry.value, 'the key priority');
  if (text === undefined) return 'normal';
  if (Object.hasOwn(PRIORITY_KEYS, text.value)) return text.value as Priority;
  const words = Object.keys(PRIORITY_KEYS);
  const near = cx.report.near(text.value, words);
  const rest = near === undefined ? '' : ` Did you mean ${near}?`;
  cx.report.add('unknown-word', text.range, `The key priority is one of ${words.join(', ')}.${rest}`, near);
  return 'normal';
}
