/** Checks one expression where it stands, and says what the type checker's findings mean in terms of steps and variables. */
import type { Compilation } from './compilation';
import type { DiagnosticCode } from './diagnostic-codes';
import { checkExpression } from './expression-check';
import { marked } from './personal-data';
import { readNames, rootsFor } from './scope-roots';
import type { Range } from './report';
import type { Type } from './type';

export interface CheckedSource {
  readonly type: Type;
  /** The whole value may be absent. */
  readonly optional: boolean;
  /** The only value that it can have. */
  readonly constant?: unknown;
  readonly failed: boolean;
}

type Finding = ReturnType<typeof checkExpression>['findings'][number];

/** `locate` maps a place in the source to a place in the file. */
export function checkSource(
  cx: Compilation,
  source: string,
  locate: (offset: number, length: number) => Range,
): CheckedSource {
  const read = readNames(source);
  for (const name of read.variables === 'all' ? cx.scope.variables().keys() : read.variables)
    cx.scope.readVariables.add(name);
  for (const name of read.steps === 'all' ? cx.scope.stepNames() : read.steps) cx.scope.readSteps.add(name);
  const checked = checkExpression(source, { roots: rootsFor(cx, read), present: cx.scope.present });
  for (const finding of checked.findings) {
    const place = placeOf(source, finding.offset);
    const meant = place === undefined ? undefined : explain(cx, place, wordAt(source, finding));
    const { code, message, suggestion } = meant ?? finding;
    cx.report.add(code, locate(finding.offset, finding.length), message, suggestion);
  }
  const { optional } = checked;
  const type = marked(checked.type, checked.personal);
  const failed = checked.findings.length > 0;
  return {
    type,
    optional,
    failed,
    ...(checked.constant === undefined || failed ? {} : { constant: checked.constant }),
  };
}

type Place = 'steps' | 'vars' | 'root';

/** What the finding is about: the field after `steps.` or `vars.`, or a root. */
function placeOf(source: string, offset: number): Place | undefined {
  const before = source.slice(0, offset);
  const path = /(^|[^\w.])(steps|vars)\s*(?:\.\s*\??\s*|\[\s*\??\s*)$/.exec(before)?.[2];
  if (path === 'steps' || path === 'vars') return path;
  return /(^|[^\w.?\s])\s*$/.test(before) ? 'root' : undefined;
}

function wordAt(source: string, finding: Finding): string {
  return /^["']?([A-Za-z_]\w*)/.exec(source.slice(finding.offset))?.[1] ?? '';
}

interface Meaning {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly suggestion?: string | undefined;
}

function explain(cx: Compilation, place: Place, word: string): Meaning | undefined {
  if (place === 'steps') return cx.scope.step(word) === undefined ? explainStep(cx, word) : undefined;
  if (place === 'vars') return cx.scope.variables().has(word) ? undefined : explainVariable(cx, word);
  if ((word === 'item' || word === 'index') && cx.scope.locals[word] === undefined)
    return { code: 'unknown-root', message: `The name ${word} is known only in the steps of a loop.` };
  if (word !== 'error' || cx.scope.inHandler) return undefined;
  return {
    code: 'error-outside-handler',
    message:
      'There is an error only inside onError, onTimeout and compensate. After the step, read steps.<name>.error.',
  };
}

function explainStep(cx: Compilation, name: string): Meaning {
  const declared = cx.names.steps.get(name);
  const current = cx.scope.currentStep;
  if (declared === undefined) {
    const near = cx.report.near(name, cx.scope.stepNames());
    const meant =
      near === undefined ? listed('Steps before this place', cx.scope.stepNames()) : `Did you mean ${near}?`;
    return { code: 'unknown-step', message: `There is no step ${name}. ${meant}`, suggestion: near };
  }
  if (name === current)
    return { code: 'step-not-yet-run', message: `The step ${name} reads itself before it has run.` };
  const beside = (current === undefined ? [] : (cx.names.steps.get(current)?.branches ?? [])).flatMap((mine) =>
    declared.branches.filter((other) => other.of === mine.of && other.index !== mine.index),
  )[0];
  if (beside !== undefined) {
    const message = `The step ${name} stands in ${beside.label}, beside this one: its result is not known here. Read it after both have ended.`;
    return { code: 'sibling-step', message };
  }
  const around = current === undefined ? [] : (cx.names.steps.get(current)?.enclosures ?? []);
  const enclosure = declared.enclosures.filter((other) => !around.includes(other)).at(-1);
  if (enclosure !== undefined)
    return {
      code: 'inside-loop',
      message: `The step ${name} ${enclosure.label}: from outside, only the output of the step around it can be read.`,
    };
  return {
    code: 'step-not-yet-run',
    message: `The step ${name} comes later, so nothing is known of it here. Move it before this place.`,
  };
}

function explainVariable(cx: Compilation, name: string): Meaning {
  if (cx.names.variables.has(name))
    return {
      code: 'unknown-variable',
      message: `The variable ${name} is set later or in a branch beside this place, so it has no value here.`,
    };
  const near = cx.report.near(name, cx.scope.variables().keys());
  const meant = near === undefined ? 'Give it a value with a set step before this place.' : `Did you mean ${near}?`;
  return { code: 'unknown-variable', message: `Nothing sets a variable ${name}. ${meant}`, suggestion: near };
}

function listed(what: string, names: Iterable<string>): string {
  const all = [...names];
  if (all.length === 0) return `${what}: none.`;
  return `${what}: ${all.slice(0, 8).join(', ')}${all.length > 8 ? ', …' : ''}.`;
}
