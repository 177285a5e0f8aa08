/** The types inside an expression: the language's, and four more that never leave it. */
import type { Field, Type } from './type';

export type Known =
  | Exclude<Type, { kind: 'list' | 'object' }>
  | { readonly kind: 'list'; readonly items: Known }
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, KnownField>>; readonly open: boolean }
  | { readonly kind: 'optional'; readonly of: Known }
  | { readonly kind: 'bytes' }
  /** One of several kinds, which one is not known: it can be passed on and compared, not worked with. */
  | { readonly kind: 'mixed'; readonly members: readonly Known[] }
  /** Elements of an empty list: fits everything. */
  | { readonly kind: 'nothing' };

export interface KnownField {
  readonly type: Known;
  readonly optional: boolean;
}

export type KnownObject = Extract<Known, { kind: 'object' }>;

export const WHOLE: Known = { kind: 'number', integer: true };
export const NOTHING: Known = { kind: 'nothing' };

/** A type says so by its field `$blob`: a reference to a large value. */
export function isLarge(type: Known): boolean {
  return type.kind === 'object' && Object.hasOwn(type.fields, '$blob');
}

/** With its article, for messages. */
export function describeType(type: Known): string {
  switch (type.kind) {
    case 'string':
      return type.enum ? `one of ${type.enum.map((word) => `"${word}"`).join(', ')}` : 'text';
    case 'number':
      return type.integer ? 'a whole number' : 'a number';
    case 'object':
      return isLarge(type) ? 'a large stored value' : 'an object';
    case 'optional':
      return `an optional ${nameOf(type.of)}`;
    case 'mixed':
      return [...new Set(type.members.map(describeType))].join(' or ');
    case 'bytes':
    case 'null':
      return type.kind;
    case 'nothing':
    case 'any':
      return 'anything';
    case 'boolean':
    case 'list':
    case 'timestamp':
    case 'duration':
      return `a ${type.kind}`;
  }
}

function nameOf(type: Known): string {
  return describeType(type).replace(/^an? /, '');
}

/** The type of a value that is the one or the other. */
export function join(a: Known, b: Known): Known {
  if (a.kind === 'nothing') return b;
  if (b.kind === 'nothing' || a === b) return a;
  if (a.kind === 'any' || b.kind === 'any') return { kind: 'any' };
  if (a.kind === 'string' && b.kind === 'string')
    return a.enum && b.enum ? { kind: 'string', enum: [...new Set([...a.enum, ...b.enum])] } : { kind: 'string' };
  if (a.kind === 'number' && b.kind === 'number') return a.integer && b.integer ? WHOLE : { kind: 'number' };
  if (a.kind === 'list' && b.kind === 'list') return { kind: 'list', items: join(a.items, b.items) };
  if (a.kind === 'optional' && b.kind === 'optional') return { kind: 'optional', of: join(a.of, b.of) };
  if (a.kind === 'object' && b.kind === 'object' && isLarge(a) === isLarge(b)) return joinObjects(a, b);
  if (a.kind === b.kind && a.kind !== 'mixed' && a.kind !== 'object') return a;
  const members = [...membersOf(a), ...membersOf(b)].filter(isFirst);
  return members.length > MAX_MEMBERS ? { kind: 'any' } : { kind: 'mixed', members };
}

/** Kinds without parts are named once. */
function isFirst(type: Known, index: number, all: readonly Known[]): boolean {
  return all.findIndex((other) => other === type || (other.kind === type.kind && partsOf(type).length === 0)) === index;
}

/** What the value may be, one by one. */
export function membersOf(type: Known): readonly Known[] {
  return type.kind === 'mixed' ? type.members : [type];
}

function joinObjects(a: KnownObject, b: KnownObject): Known {
  const fields: Record<string, KnownField> = Object.create(null) as Record<string, KnownField>;
  for (const name of new Set([...Object.keys(a.fields), ...Object.keys(b.fields)])) {
    const [inA, inB] = [fieldOf(a, name), fieldOf(b, name)];
    // A field that the other side may hold unlisted has any type there.
    const unlisted = (!inA && a.open) || (!inB && b.open);
    const type = unlisted ? ({ kind: 'any' } as const) : join(inA?.type ?? NOTHING, inB?.type ?? NOTHING);
    fields[name] = { type, optional: !inA || !inB || inA.optional || inB.optional };
  }
  return { kind: 'object', fields, open: a.open || b.open };
}

/** Types that unfold to more are not worth knowing: `cel.bind` can make them grow without end. */
const MAX_WEIGHT = 20_000;
const MAX_MEMBERS = 16;
const weights = new WeakMap<Known, number>();

/** The type, or one of its kind that holds anything when it has more parts than any check should walk. */
export function bounded(type: Known): Known {
  if (weightOf(type) <= MAX_WEIGHT) return type;
  return type.kind === 'list' ? { kind: 'list', items: { kind: 'any' } } : { kind: 'object', fields: {}, open: true };
}

/** How many parts the type has when everything shared is counted each time. */
function weightOf(type: Known): number {
  const known = weights.get(type);
  if (known !== undefined) return known;
  const weight = 1 + partsOf(type).reduce((sum, part) => Math.min(sum + weightOf(part), MAX_WEIGHT + 1), 0);
  weights.set(type, weight);
  return weight;
}

function partsOf(type: Known): readonly Known[] {
  if (type.kind === 'list') return [type.items];
  if (type.kind === 'optional') return [type.of];
  if (type.kind === 'mixed') return type.members;
  return type.kind === 'object' ? Object.values(type.fields).map((field) => field.type) : [];
}

export function fieldOf(type: KnownObject, name: string): KnownField | undefined {
  return Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
}

/** What stays in the way of becoming JSON, or the language's type for the value. */
export function toType(type: Known): Type | { readonly obstacle: string } {
  switch (type.kind) {
    case 'optional':
      return { obstacle: 'it holds an optional; give it a value with .orValue(…)' };
    case 'bytes':
      return { obstacle: 'bytes cannot leave an expression; make text of them with string(…)' };
    case 'nothing':
      return { kind: 'any' };
    case 'mixed': {
      const obstacle = type.members.map(toType).find((member) => 'obstacle' in member);
      return obstacle ?? { kind: 'any' };
    }
    case 'list': {
      const items = toType(type.items);
      return 'obstacle' in items ? items : { kind: 'list', items };
    }
    case 'object': {
      const fields: Record<string, Field> = {};
      for (const [name, field] of Object.entries(type.fields)) {
        const inner = toType(field.type);
        if ('obstacle' in inner) return inner;
        Object.defineProperty(fields, name, { value: { type: inner, optional: field.optional }, enumerable: true });
      }
      return { kind: 'object', fields, open: type.open };
    }
    case 'any':
    case 'null':
    case 'string':
    case 'number':
    case 'boolean':
    case 'timestamp':
    case 'duration':
      return type;
  }
}
