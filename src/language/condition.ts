/** Keys that hold one expression, bare or as `${ … }`; of conditions it says true or false. */
import { parseExpression } from '../plan/expression/syntax';
import type { Compilation } from './compilation';
import type { Path } from './expression-presence';
import { NONE, proven } from './expression-presence';
import { nameOfType } from './fit';
import type { Range } from './report';
import { checkSource } from './source-check';
import type { CheckedSource } from './source-check';
import { readParts } from './template-syntax';
import type { ScalarTree, Tree } from './tree';
import { describe, rangeWithin } from './tree';
import { cutByComment, reportUnterminated } from './value';

export interface CompiledExpression {
  readonly source: string;
  /** Where it stands, without the braces around it. */
  readonly range: Range;
  readonly checked: CheckedSource;
}

/** The condition's source; `undefined` when it cannot be read. Faults are reported. */
export function compileCondition(cx: Compilation, tree: Tree, key: string): string | undefined {
  const compiled = compileExpression(cx, tree, key);
  if (compiled !== undefined && !compiled.checked.failed) checkBoolean(cx, compiled, key);
  return compiled?.source;
}

/** An expression of any type; `undefined` when it cannot be read. Faults are reported. */
export function compileExpression(cx: Compilation, tree: Tree, key: string): CompiledExpression | undefined {
  if (tree.kind !== 'scalar' || tree.value === null) {
    const mend =
      tree.kind === 'map' || tree.kind === 'list'
        ? ' An expression with { } or [ ] at its beginning must be quoted.'
        : '';
    cx.report.add('wrong-shape', tree.range, `The key ${key} holds an expression; this is ${describe(tree)}.${mend}`);
    return undefined;
  }
  const found = sourceOf(cx, tree);
  if (found === undefined) return undefined;
  const { source, offset } = found;
  if (cutByComment(cx, tree) && !isExpression(source)) {
    cx.report.add(
      'unquoted-expression',
      tree.range,
      'YAML takes what follows " #" for a comment: quote this expression.',
      'put the whole expression in quotes',
    );
    return undefined;
  }
  const checked = checkSource(cx, source, (at, length) => rangeWithin(tree, offset + at, length));
  return { source: source.trim(), range: rangeWithin(tree, offset, source.length), checked };
}

interface Found {
  readonly source: string;
  /** Where the source begins in the scalar's value. */
  readonly offset: number;
}

function sourceOf(cx: Compilation, tree: ScalarTree): Found | undefined {
  const text = typeof tree.value === 'string' ? tree.value : String(tree.value);
  const lead = text.length - text.trimStart().length;
  if (!text.includes('${')) return { source: text.trim(), offset: lead };
  const { parts, unterminated } = readParts(text.trim());
  if (unterminated !== undefined) {
    reportUnterminated(cx, tree, lead + unterminated);
    return undefined;
  }
  const [part] = parts;
  if (parts.length === 1 && part?.kind === 'expression') return { source: part.source, offset: lead + part.offset };
  const message =
    'A condition is one expression, bare or as ${ … }. Write the whole of it inside one ${ … }, or without any.';
  cx.report.add('expression-syntax', tree.range, message);
  return undefined;
}

function checkBoolean(cx: Compilation, { range, checked }: CompiledExpression, key: string): void {
  if (checked.optional)
    cx.report.add(
      'maybe-absent',
      range,
      'The condition may be absent. Give it another value with orValue(false), or guard it with has().',
    );
  else if (checked.type.kind !== 'boolean' && checked.type.kind !== 'any')
    cx.report.add(
      'type-mismatch',
      range,
      `The key ${key} needs true or false; this expression gives ${nameOfType(checked.type)}.`,
    );
  else if (typeof checked.constant === 'boolean')
    cx.report.add('constant-condition', range, `This condition is always ${checked.constant}.`);
}

function isExpression(source: string): boolean {
  try {
    parseExpression(source);
    return true;
  } catch {
    return false;
  }
}

/** Paths that are there when the condition gave `outcome`; none where it cannot be read. */
export function provenBy(source: string | undefined, outcome: boolean): ReadonlySet<Path> {
  // A faulty condition is reported where it is compiled.
  return source === undefined || !isExpression(source) ? NONE : proven(parseExpression(source), outcome, new Map());
}
