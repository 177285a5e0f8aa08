/** What every function takes and gives, for the checker. The tables must name what src/plan/expression/functions.ts has. */
import type { Known } from './expression-type';
import { NOTHING, WHOLE, join, membersOf } from './expression-type';

/** Kinds that an argument may have; `any` always fits. */
type Wanted = readonly Known['kind'][];

export interface Signature {
  /** The target of a method comes first. */
  readonly takes: readonly Wanted[];
  /** How many of the last arguments may be left out. */
  readonly spare?: number;
  readonly gives: (args: readonly Known[]) => Known;
}

const TEXT: Wanted = ['string'];
const NUMBERS: Wanted = ['number'];
const LIST: Wanted = ['list'];
const OBJECT: Wanted = ['object'];
const OPTIONAL: Wanted = ['optional'];
const SIZED: Wanted = ['string', 'list', 'object', 'bytes'];
const PRINTABLE: Wanted = ['null', 'boolean', 'number', 'string', 'timestamp', 'duration', 'bytes', 'list', 'object'];
const EVERYTHING: Wanted = [...PRINTABLE, 'optional'];

const always = (type: Known) => (): Known => type;
const STRING: Known = { kind: 'string' };
const BOOLEAN: Known = { kind: 'boolean' };
const STRINGS: Known = { kind: 'list', items: STRING };

function itemsOf(list: Known | undefined): Known {
  return list?.kind === 'list' ? list.items : { kind: 'any' };
}

function valuesOf(object: Known | undefined): Known {
  if (object?.kind !== 'object' || object.open) return { kind: 'any' };
  return Object.values(object.fields).reduce<Known>((all, { type }) => join(all, type), NOTHING);
}

function contentOf(optional: Known | undefined): Known {
  return optional?.kind === 'optional' ? optional.of : { kind: 'any' };
}

const ANYTHING: Known = { kind: 'any' };

/** Of what may be text or a list, each stays what it is. */
function sliced(target: Known): Known {
  if (target.kind === 'list') return target;
  return target.kind === 'string' ? STRING : ANYTHING;
}

export const FUNCTION_SIGNATURES: Readonly<Record<string, Signature>> = {
  size: { takes: [SIZED], gives: always(WHOLE) },
  round: { takes: [NUMBERS], gives: always(WHOLE) },
  floor: { takes: [NUMBERS], gives: always(WHOLE) },
  ceil: { takes: [NUMBERS], gives: always(WHOLE) },
  min: { takes: [LIST], gives: ([list]) => itemsOf(list) },
  max: { takes: [LIST], gives: ([list]) => itemsOf(list) },
  sum: { takes: [LIST], gives: ([list]) => (itemsOf(list).kind === 'number' ? itemsOf(list) : { kind: 'number' }) },
  keys: { takes: [OBJECT], gives: always(STRINGS) },
  values: { takes: [OBJECT], gives: ([object]) => ({ kind: 'list', items: valuesOf(object) }) },
  int: { takes: [['number', 'string', 'timestamp']], gives: always(WHOLE) },
  uint: { takes: [['number', 'string', 'timestamp']], gives: always(WHOLE) },
  double: { takes: [['number', 'string']], gives: always({ kind: 'number' }) },
  bool: { takes: [['boolean', 'string']], gives: always(BOOLEAN) },
  bytes: { takes: [['string', 'bytes']], gives: always({ kind: 'bytes' }) },
  string: { takes: [PRINTABLE], gives: always(STRING) },
  dyn: { takes: [EVERYTHING], gives: always({ kind: 'any' }) },
  type: { takes: [EVERYTHING], gives: always(STRING) },
  timestamp: { takes: [['string', 'number', 'timestamp']], gives: always({ kind: 'timestamp' }) },
  duration: { takes: [['string', 'duration']], gives: always({ kind: 'duration' }) },
  now: { takes: [], gives: always({ kind: 'timestamp' }) },
  uuid: { takes: [], gives: always(STRING) },
};

const predicate: Signature = { takes: [TEXT, TEXT], gives: always(BOOLEAN) };
const change: Signature = { takes: [TEXT], gives: always(STRING) };
const dated: Signature = { takes: [['timestamp'], TEXT], spare: 1, gives: always(WHOLE) };
const timed: Signature = { takes: [['timestamp', 'duration'], TEXT], spare: 1, gives: always(WHOLE) };

export const METHOD_SIGNATURES: Readonly<Record<string, Signature>> = {
  size: { takes: [SIZED], gives: always(WHOLE) },
  startsWith: predicate,
  endsWith: predicate,
  contains: predicate,
  matches: predicate,
  lowerAscii: change,
  upperAscii: change,
  trim: change,
  replace: { takes: [TEXT, TEXT, TEXT], gives: always(STRING) },
  split: { takes: [TEXT, TEXT], gives: always(STRINGS) },
  join: { takes: [LIST, TEXT], spare: 1, gives: always(STRING) },
  slice: {
    takes: [['string', 'list'], NUMBERS, NUMBERS],
    spare: 1,
    gives: ([target = ANYTHING]) => membersOf(target).map(sliced).reduce(join),
  },
  getFullYear: dated,
  getMonth: dated,
  getDate: dated,
  getDayOfMonth: dated,
  getDayOfWeek: dated,
  getDayOfYear: dated,
  getHours: timed,
  getMinutes: timed,
  getSeconds: timed,
  getMilliseconds: timed,
  hasValue: { takes: [OPTIONAL], gives: always(BOOLEAN) },
  value: { takes: [OPTIONAL], gives: ([optional]) => contentOf(optional) },
  or: {
    takes: [OPTIONAL, OPTIONAL],
    gives: ([first, second]) => ({ kind: 'optional', of: join(contentOf(first), contentOf(second)) }),
  },
  orValue: { takes: [OPTIONAL, EVERYTHING], gives: ([optional, other]) => join(contentOf(optional), other ?? NOTHING) },
};
