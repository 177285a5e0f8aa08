/** Expressions over plain data: what the interpreter calls. Synchronous, side-effect free, bounded in time and size. */
import type { Json } from '../json';
import { OmniError } from '../problem';
import { compileWhole } from './compile';
import { toJson } from './convert';
import { EvaluationFault, fail } from './fault';
import type { References } from './references';
import { referencesOf } from './references';
import type { EvaluationScope } from './run';
import { Run } from './run';
import type { PathCode } from './surroundings';
import { shorten } from './surroundings';
import { SyntaxFault, parseExpression } from './syntax';
import type { Value } from './value';

export type { EvaluationScope } from './run';
export type { References } from './references';

interface Program {
  readonly code: PathCode;
  readonly references: References;
}

/** Parsed programs, the oldest dropped first. */
const programs = new Map<string, Program>();
const MAX_PROGRAMS = 500;

/**
 * The value of one expression (the text inside `${ … }`) as plain JSON. Undefined: absent, that is a path whose last field
 * is absent, or an empty optional. Throws `OmniError` of type `expression` for everything that fails; its message names the
 * expression and the cause, never the data.
 */
export function evaluate(source: string, scope: EvaluationScope): Json | undefined {
  return settle(source, scope, (value, run) => (value === undefined ? undefined : toJson(value, run.meter)));
}

/** The same where true or false is needed; absent is an error. */
export function evaluateCondition(source: string, scope: EvaluationScope): boolean {
  return settle(source, scope, (value) => {
    if (typeof value === 'boolean') return value;
    return fail(
      value === undefined
        ? 'the condition is absent; end it with .orValue(true) or .orValue(false)'
        : 'the condition is neither true nor false',
    );
  });
}

/** Which roots and steps an expression reads. Throws `OmniError` of type `expression` when it is no expression. */
export function references(source: string): References {
  try {
    return programOf(source).references;
  } catch (error) {
    throw expressionError(source, error);
  }
}

/** Runs the expression and hands its value to `finish`; turns every fault into an `expression` error. */
export function settle<T>(
  source: string,
  scope: EvaluationScope,
  finish: (value: Value | undefined, run: Run) => T,
): T {
  try {
    const { code } = programOf(source);
    const run = new Run(scope);
    return finish(code(run), run);
  } catch (error) {
    throw expressionError(source, error);
  }
}

function programOf(source: string): Program {
  const known = programs.get(source);
  if (known) return known;
  const tree = parseExpression(source);
  const program = { code: compileWhole(tree, source), references: referencesOf(tree) };
  const [oldest] = programs.keys();
  if (programs.size >= MAX_PROGRAMS && oldest !== undefined) programs.delete(oldest);
  programs.set(source, program);
  return program;
}

function expressionError(source: string, error: unknown): unknown {
  // Anything else is a defect of ours, or comes from the scope: it goes up as it is.
  if (!(error instanceof EvaluationFault) && !(error instanceof SyntaxFault)) return error;
  return new OmniError('expression', `The expression \`${shorten(source, 80)}\` failed: ${error.message}.`);
}
