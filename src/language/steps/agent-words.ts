/** The words of a task for an agent, wherever one is given: which type, what for, how urgent and how often. */
import type { Priority } from '../../plan/agent';
import { PRIORITY_KEYS } from '../../plan/agent';
import type { RetryRule } from '../../plan/plan';
import { readLiteral } from '../mapping';
import { readRetry, RETRY_DEFAULTS } from '../retry';
import type { Entry } from '../tree';
import type { StepParts } from './kind';

export const TYPE = /^[a-z][a-z0-9-]*$/;
export const CAPABILITY = /^[A-Za-z][A-Za-z0-9_.-]*$/;

export interface AgentWords {
  readonly agent: string | undefined;
  readonly capability: string | undefined;
  readonly priority: Priority;
}

export function readAgentWords(parts: StepParts): AgentWords {
  const { fields } = parts;
  return {
    agent: readWord(parts, fields['agent'], { what: 'the type of an agent', pattern: TYPE }),
    capability: readWord(parts, fields['capability'], { what: 'a capability', pattern: CAPABILITY }),
    priority: readPriority(parts, fields['priority']),
  };
}

/** One rule, without a condition. */
export function readTaskRetry({ cx, fields }: StepParts): RetryRule {
  const { retry } = fields;
  const base = cx.defaults.retry ?? RETRY_DEFAULTS;
  return retry === undefined ? base : (readRetry(cx.report, retry.value, base) ?? base);
}

/** `undefined` where it is not written, or cannot be such a word. */
export function readWord(
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
