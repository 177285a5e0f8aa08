/** Conditions of alerts: expressions of the language over the figures, checked when a rule is given and computed at each look. */
import { checkExpression } from '../language/expression-check';
import type { Field } from '../language/type';
import { NUMBER } from '../language/type';
import { evaluateCondition, references } from '../plan/expression/evaluate';
import { OmniError } from '../plan/problem';
import type { SampleWindow } from '../store/sample-table';
import type { AlertFigure } from './alert-figures';
import type { AlertRule } from './alert-rule';

export interface CheckedCondition {
  /** Metrics whose growth it reads. */
  readonly growth: readonly string[];
  /** Metrics of which it reads how they stand. */
  readonly levels: readonly string[];
}

export interface ConditionReading {
  /** Undefined: a figure has nothing that it could be computed from, or there is a fault. */
  readonly holds?: boolean;
  /** What only shows when it is computed: a division by zero. */
  readonly fault?: string;
  readonly figures: Readonly<Record<string, number>>;
}

type Terms = Pick<AlertRule, 'condition' | 'threshold'>;
type Figures = Readonly<Record<string, AlertFigure>>;

/** Throws `validation` with where the condition is wrong, and what to write instead where that is known. */
export function checkCondition({ condition, threshold }: Terms, figures: Figures): CheckedCondition {
  const field: Field = { type: NUMBER, optional: false };
  const roots = Object.fromEntries(Object.keys(figures).map((name) => [name, field]));
  const { type, findings, constant } = checkExpression(condition, {
    roots: threshold === undefined ? roots : { ...roots, threshold: field },
  });
  const fault = (detail: string): { pointer: string; detail: string } => ({ pointer: '/condition', detail });
  const faults = findings.map(({ offset, message, suggestion }) =>
    fault(
      `At character ${offset + 1}: ${message}${suggestion === undefined || message.includes(suggestion) ? '' : ` Write ${suggestion}.`}`,
    ),
  );
  if (faults.length === 0 && type.kind !== 'boolean')
    faults.push(fault('It is neither true nor false. Compare it with something: error_rate > 5.'));
  const read = faults.length === 0 ? namedIn(condition, figures) : [];
  if (faults.length === 0 && (constant !== undefined || read.length === 0))
    faults.push(fault('It does not depend on any figure. Name one: error_rate > 5.'));
  if (faults.length > 0)
    throw new OmniError('validation', `The condition \`${condition}\` does not fit. ${faults[0]?.detail ?? ''}`, {
      errors: faults,
    });
  const of = (wanted: AlertFigure['kind']): readonly string[] => [
    ...new Set(read.flatMap(([, { kind, metric }]) => (kind === wanted ? [metric] : []))),
  ];
  return { growth: of('happened'), levels: of('stands') };
}

/** What the condition says of the samples; its `now()` is the time of the look. */
export function readCondition(
  { condition, threshold }: Terms,
  figures: Figures,
  { window, nowMs }: { readonly window: SampleWindow; readonly nowMs: number },
): ConditionReading {
  const read = namedIn(condition, figures).map(([name, figure]) => [name, figure.read(window)] as const);
  const known = Object.fromEntries(
    read.filter((one): one is readonly [string, number] => one[1] !== undefined && Number.isFinite(one[1])),
  );
  if (Object.keys(known).length < read.length) return { figures: known };
  const roots = threshold === undefined ? known : { ...known, threshold };
  const uuid = (): never => {
    throw new OmniError('expression', 'A condition of an alert has no random values.');
  };
  try {
    return { holds: evaluateCondition(condition, { roots, now: () => nowMs, uuid }), figures: known };
  } catch (error) {
    if (!(error instanceof OmniError)) throw error;
    return { fault: error.message, figures: known };
  }
}

function namedIn(condition: string, figures: Figures): readonly (readonly [string, AlertFigure])[] {
  return references(condition).roots.flatMap((name) => {
    const figure = Object.hasOwn(figures, name) ? figures[name] : undefined;
    return figure === undefined ? [] : [[name, figure] as const];
  });
}
