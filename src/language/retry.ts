/** `retry`: one rule, or a list of rules matched by error. */
import type { RetryRule } from '../plan/plan';
import type { Compilation } from './compilation';
import { compileCondition } from './condition';
import { headOf, readFields, readNumber } from './mapping';
import type { Fields } from './mapping';
import type { Report } from './report';
import { readDuration } from './steps/timeout';
import type { Entry, Tree } from './tree';
import { RETRY_WORDS } from './vocabulary';

/** Only a list of rules has conditions. */
const PLAIN_WORDS = Object.fromEntries(Object.entries(RETRY_WORDS).filter(([key]) => key !== 'when')) as Omit<
  typeof RETRY_WORDS,
  'when'
>;

const MAX_ATTEMPTS = 100;

/** What holds when nothing is written. */
export const RETRY_DEFAULTS: RetryRule = {
  maxAttempts: 3,
  initialIntervalMs: 1_000,
  backoff: 2,
  maxIntervalMs: 30_000,
};

/** A tool that is not safe to repeat is tried once. */
export const ONE_ATTEMPT: RetryRule = { ...RETRY_DEFAULTS, maxAttempts: 1 };

/** One rule without a condition, such as `defaults.retry`; what it does not say is taken from `base`. */
export function readRetry(report: Report, tree: Tree, base: RetryRule): RetryRule | undefined {
  const fields = readFields(report, tree, PLAIN_WORDS, 'a retry rule');
  return fields === undefined ? undefined : ruleOf(report, fields, base);
}

function ruleOf(report: Report, fields: Omit<Fields<typeof RETRY_WORDS>, 'when'>, base: RetryRule): RetryRule {
  const { maxAttempts, backoff } = fields;
  const attempts =
    maxAttempts &&
    readNumber(report, maxAttempts.value, 'the key maxAttempts', { minimum: 1, maximum: MAX_ATTEMPTS, integer: true });
  const factor = backoff && readNumber(report, backoff.value, 'the key backoff', { minimum: 1 });
  const initialIntervalMs = readDuration(report, fields.initialInterval) ?? base.initialIntervalMs;
  const maxIntervalMs = readDuration(report, fields.maxInterval) ?? Math.max(base.maxIntervalMs, initialIntervalMs);
  if (maxIntervalMs < initialIntervalMs && fields.maxInterval !== undefined)
    report.add('out-of-range', fields.maxInterval.value.range, 'The key maxInterval is less than initialInterval.');
  return {
    maxAttempts: attempts ?? base.maxAttempts,
    initialIntervalMs,
    backoff: factor ?? base.backoff,
    maxIntervalMs,
  };
}

/** The rules of a step. Errors that none of them matches are not retried. */
export function compileRetry(cx: Compilation, entry: Entry, base: RetryRule): readonly RetryRule[] {
  if (entry.value.kind !== 'list') return [readRetry(cx.report, entry.value, base) ?? base];
  const rules: RetryRule[] = [];
  for (const item of entry.value.items) {
    const before = rules[rules.length - 1];
    if (before !== undefined && before.when === undefined)
      cx.report.add(
        'unreachable-case',
        item.kind === 'map' ? headOf(item) : item.range,
        'This rule can never be chosen: the one before it takes every error.',
      );
    const fields = readFields(cx.report, item, RETRY_WORDS, 'a retry rule');
    if (fields === undefined) continue;
    const when =
      fields.when === undefined
        ? undefined
        : cx.scope.handler(() => compileCondition(cx, (fields.when as Entry).value, 'when'));
    rules.push({ ...(when === undefined ? {} : { when }), ...ruleOf(cx.report, fields, base) });
  }
  if (rules.length === 0) cx.report.add('wrong-shape', entry.value.range, 'A list of retry rules needs at least one.');
  return rules;
}
