/** The typed roots that an expression can begin with, at the place that is being compiled. */
import type { Compilation } from './compilation';
import type { StepView } from './scope';
import type { Field, Type } from './type';
import { ANY, NUMBER, STRING } from './type';

/** Names that an expression mentions after `steps` and `vars`; `all` where it reads them in another way. */
export interface ReadNames {
  readonly steps: ReadonlySet<string> | 'all';
  readonly variables: ReadonlySet<string> | 'all';
}

const PATHS = {
  steps: /(?<![\w.])steps\b(?:\s*\.\s*\??\s*([A-Za-z_]\w*)|\s*\[\s*\??\s*["']([^"'\\]*)["']\s*\])?/g,
  variables: /(?<![\w.])vars\b(?:\s*\.\s*\??\s*([A-Za-z_]\w*)|\s*\[\s*\??\s*["']([^"'\\]*)["']\s*\])?/g,
};

/** By the letters alone, so that a faulty expression has names too; a mention inside a string counts, which does no harm. */
export function readNames(source: string): ReadNames {
  return { steps: namesAfter(source, PATHS.steps), variables: namesAfter(source, PATHS.variables) };
}

function namesAfter(source: string, path: RegExp): ReadonlySet<string> | 'all' {
  const names = new Set<string>();
  for (const [, field, index] of source.matchAll(path)) {
    const name = field ?? index;
    if (name === undefined) return 'all';
    names.add(name);
  }
  return names;
}

const present = (type: Type): Field => ({ type, optional: false });
const perhaps = (type: Type): Field => ({ type, optional: true });

function record(fields: Readonly<Record<string, Field>>): Type {
  return { kind: 'object', fields, open: false };
}

const OPEN: Type = { kind: 'object', fields: {}, open: true };

/** RFC 9457 members and ours. */
export const ERROR: Type = record({
  type: present(STRING),
  title: present(STRING),
  status: present(NUMBER),
  detail: present(STRING),
  instance: perhaps(STRING),
  step: perhaps(STRING),
  provider: perhaps(STRING),
  attempt: perhaps(NUMBER),
  data: perhaps(ANY),
  errors: perhaps({ kind: 'list', items: record({ pointer: present(STRING), detail: present(STRING) }) }),
});

const USAGE: Type = record({
  inputTokens: present(NUMBER),
  outputTokens: present(NUMBER),
  costUsd: present(NUMBER),
  durationMs: present(NUMBER),
  model: perhaps(STRING),
  cached: perhaps({ kind: 'boolean' }),
  estimated: perhaps({ kind: 'boolean' }),
  unpriced: perhaps({ kind: 'boolean' }),
});

const STATUS: Type = { kind: 'string', enum: ['completed', 'failed', 'skipped', 'degraded'] };
const EXECUTION_STATUS: Type = { kind: 'string', enum: ['running', 'completed', 'failed', 'cancelled', 'terminated'] };

export interface BudgetRoots {
  readonly maxMs?: number;
  readonly maxTokens?: number;
  readonly maxCostUsd?: number;
}

/** Roots that are the same everywhere. Of `execution.remaining` only what has a limit is there. */
export function fixedRoots(payload: Type, budget: BudgetRoots): Readonly<Record<string, Type>> {
  const left = (limit: number | undefined): Field => (limit === undefined ? perhaps(NUMBER) : present(NUMBER));
  return {
    trigger: record({ payload: present(payload), context: present(ANY), event: perhaps(ANY) }),
    flags: OPEN,
    settings: OPEN,
    execution: record({
      id: present(STRING),
      startedAt: present(STRING),
      status: present(EXECUTION_STATUS),
      remaining: present(
        record({ ms: left(budget.maxMs), tokens: left(budget.maxTokens), cost: left(budget.maxCostUsd) }),
      ),
    }),
  };
}

function stepType(view: StepView): Type {
  return record({
    status: present(STATUS),
    output: { type: view.output, optional: view.optional },
    error: perhaps(ERROR),
    provider: perhaps(STRING),
    usage: perhaps(USAGE),
  });
}

export function rootsFor(cx: Compilation, read: ReadNames): Record<string, Field> {
  const { scope } = cx;
  const roots: Record<string, Field> = {};
  for (const [name, type] of Object.entries(cx.roots)) roots[name] = present(type);
  const steps: Record<string, Field> = {};
  for (const name of read.steps === 'all' ? scope.stepNames() : read.steps) {
    const view = scope.step(name);
    if (view !== undefined) steps[name] = present(stepType(view));
  }
  const variables: Record<string, Field> = {};
  for (const name of read.variables === 'all' ? scope.variables().keys() : read.variables) {
    const view = scope.variables().get(name);
    if (view !== undefined) variables[name] = view;
  }
  for (const [name, field] of Object.entries(scope.locals)) roots[name] = field;
  roots['steps'] = present(record(steps));
  roots['vars'] = present(record(variables));
  if (scope.inHandler) roots['error'] = present(ERROR);
  return roots;
}
