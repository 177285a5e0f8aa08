/** YAML values with expressions in them → templates of the plan, each with its type and its place. */
import type { Json } from '../plan/json';
import type { Template } from '../plan/plan';
import type { Compilation } from './compilation';
import { typeOfJson, widen } from './fit';
import { isObjectName } from './names';
import type { Range } from './report';
import { checkSource } from './source-check';
import { marked, personalIn } from './personal-data';
import { readParts } from './template-syntax';
import type { TextPart } from './template-syntax';
import type { Entry, ScalarTree, Tree } from './tree';
import { rangeWithin } from './tree';
import type { Field, Type } from './type';
import { ANY, STRING } from './type';
import { unionType } from './json-schema';

export interface Value {
  readonly template: Template;
  readonly type: Type;
  /** The whole value may be absent; inside an object its key is then left out. */
  readonly optional: boolean;
  readonly range: Range;
  /** Of an object, with the places of its keys. */
  readonly fields?: ReadonlyMap<string, { readonly keyRange: Range; readonly value: Value }>;
  readonly items?: readonly Value[];
}

export function compileValue(cx: Compilation, tree: Tree): Value {
  if (tree.kind === 'scalar') return scalarValue(cx, tree);
  return tree.kind === 'list' ? listValue(cx, tree.items, tree.range) : objectValue(cx, tree.entries, tree.range);
}

/** An object of which some entries are compiled; `entries` may be part of a mapping. */
export function objectValue(cx: Compilation, entries: readonly Entry[], range: Range): Value {
  const fields = new Map<string, { keyRange: Range; value: Value }>();
  for (const { key, keyRange, value } of entries)
    if (isObjectName(key))
      cx.report.add(
        'reserved-name',
        keyRange,
        `A field cannot be called ${key}: every JavaScript object has that name.`,
      );
    else fields.set(key, { keyRange, value: compileValue(cx, value) });
  const types = [...fields].map(([key, { value }]): [string, Field] => [
    key,
    { type: value.type, optional: value.optional },
  ]);
  const type: Type = { kind: 'object', fields: Object.fromEntries(types), open: false };
  return { template: objectTemplate(fields), type, optional: false, range, fields };
}

function objectTemplate(fields: ReadonlyMap<string, { readonly value: Value }>): Template {
  const templates = [...fields].map(([key, { value }]) => [key, value.template] as const);
  const literal = templates.every(([, template]) => template.kind === 'literal');
  if (!literal) return { kind: 'object', fields: Object.fromEntries(templates) };
  return {
    kind: 'literal',
    value: Object.fromEntries(templates.map(([key, template]) => [key, literalValue(template)])),
  };
}

function literalValue(template: Template): Json {
  return template.kind === 'literal' ? template.value : null;
}

function listValue(cx: Compilation, trees: readonly Tree[], range: Range): Value {
  const items = trees.map((item) => compileValue(cx, item));
  for (const item of items)
    if (item.optional)
      cx.report.add(
        'maybe-absent',
        item.range,
        'This value may be absent, and a list has no key to leave out. Give it another value with orValue().',
      );
  const templates = items.map(({ template }) => template);
  const template: Template = templates.every(({ kind }) => kind === 'literal')
    ? { kind: 'literal', value: templates.map(literalValue) }
    : { kind: 'list', items: templates };
  const type: Type = { kind: 'list', items: items.length === 0 ? ANY : unionType(items.map((item) => item.type)) };
  return { template, type, optional: false, range, items };
}

function scalarValue(cx: Compilation, tree: ScalarTree): Value {
  const { value, range } = tree;
  if (typeof value !== 'string')
    return { template: { kind: 'literal', value }, type: typeOfJson(value), optional: false, range };
  const { parts, unterminated } = readParts(value);
  if (unterminated !== undefined) {
    reportUnterminated(cx, tree, unterminated);
    return { template: { kind: 'literal', value }, type: ANY, optional: false, range };
  }
  const [first] = parts;
  if (parts.length === 1 && first?.kind === 'expression') return expressionValue(cx, tree, first);
  const texts = parts.every((part) => part.kind === 'text') ? parts.map((part) => part.text).join('') : undefined;
  if (texts !== undefined)
    return { template: { kind: 'literal', value: texts }, type: typeOfJson(texts), optional: false, range };
  const { template, personal } = textTemplate(cx, tree, parts);
  return { template, type: marked(STRING, personal), optional: false, range };
}

function expressionValue(cx: Compilation, tree: ScalarTree, part: Extract<TextPart, { kind: 'expression' }>): Value {
  const checked = checkSource(cx, part.source, (offset, length) => rangeWithin(tree, part.offset + offset, length));
  const range = rangeWithin(tree, part.offset, part.source.length);
  const source = part.source.trim();
  return {
    template: { kind: 'expression', source },
    type: checked.failed ? ANY : checked.type,
    optional: checked.optional && !checked.failed,
    range,
  };
}

function textTemplate(
  cx: Compilation,
  tree: ScalarTree,
  parts: readonly TextPart[],
): { readonly template: Template; readonly personal: ReadonlySet<string> } {
  const personal = new Set<string>();
  const compiled = parts.map((part) => {
    if (part.kind === 'text') return part.text;
    const checked = checkSource(cx, part.source, (offset, length) => rangeWithin(tree, part.offset + offset, length));
    if (checked.optional && !checked.failed)
      cx.report.add(
        'maybe-absent',
        rangeWithin(tree, part.offset, part.source.length),
        'This value may be absent, and stands inside a longer text. Write .?name.orValue("") or guard it with has().',
      );
    for (const word of personalIn(checked.type)) personal.add(word);
    return { source: part.source.trim() };
  });
  return { template: { kind: 'text', parts: compiled }, personal };
}

/** A `${` without its end; where YAML has cut the text off at a comment, the quotes are what is missing. */
export function reportUnterminated(cx: Compilation, tree: ScalarTree, offset: number): void {
  const range = rangeWithin(tree, offset, 2);
  if (cutByComment(cx, tree))
    cx.report.add(
      'unquoted-expression',
      range,
      'YAML takes what follows " #" for a comment: quote this expression.',
      'put the whole value in quotes',
    );
  else
    cx.report.add(
      'unterminated-expression',
      range,
      'This ${ has no matching }. Close it, or write $${ for the two characters themselves.',
      '$${',
    );
}

/** Whether a comment follows the scalar on its line. */
export function cutByComment(cx: Compilation, tree: ScalarTree): boolean {
  return tree.plain && /^[ \t]+#/.test(cx.report.text.slice(tree.range.end, tree.range.end + 200));
}

/** The type that a value keeps when it is stored: a literal stands for its kind, not for its one value. */
export function storedType(value: Value): Type {
  if (value.template.kind === 'literal') return widen(value.type);
  if (value.fields === undefined) return value.type;
  const fields = [...value.fields].map(([key, { value: inner }]): [string, Field] => [
    key,
    { type: storedType(inner), optional: inner.optional },
  ]);
  return { kind: 'object', fields: Object.fromEntries(fields), open: false };
}
