/** The macros that walk a list, or the field names of an object: all exists exists_one filter map. */
import { wrong } from './argument';
import { fail } from './fault';
import type { Run } from './run';
import type { Code, Compile, Surroundings } from './surroundings';
import { within } from './surroundings';
import type { ComprehensionKind, Node } from './tree';
import type { Value } from './value';
import { describe, isList, isValueObject } from './value';

interface Walk {
  readonly items: readonly Value[];
  /** Whether the element counts; `map` without a filter: always. */
  readonly test: (item: Value) => boolean;
  readonly body: (item: Value) => Value;
}

const WALKS: Readonly<Record<ComprehensionKind, (walk: Walk) => Value>> = {
  all: ({ items, test }) => items.every(test),
  exists: ({ items, test }) => items.some(test),
  exists_one: ({ items, test }) => items.reduce<number>((found, item) => found + Number(test(item)), 0) === 1,
  filter: ({ items, test }) => items.filter(test),
  map: ({ items, test, body }) => {
    const made: Value[] = [];
    for (const item of items) if (test(item)) made.push(body(item));
    return made;
  },
};

export function comprehension(
  node: Node & { readonly kind: 'comprehension' },
  around: Surroundings,
  compile: Compile,
): Code {
  const { macro } = node;
  const slot = around.variables.length;
  const target = compile(node.target, around);
  const inside = within(around, node.variable);
  const body = compile(node.body, inside);
  const filter = macro === 'map' ? node.filter && compile(node.filter, inside) : body;
  const walk = WALKS[macro];
  return (run) => {
    const items = elements(target(run), `${macro}()`, run);
    const at = (code: Code, item: Value): Value => {
      run.meter.step();
      run.locals[slot] = item;
      return code(run);
    };
    const test = filter ? (item: Value): boolean => boolean(at(filter, item), macro) : () => true;
    const result = walk({ items, test, body: (item) => at(body, item) });
    if (isList(result)) run.meter.grow(result.length * 8);
    return result;
  };
}

function elements(target: Value, name: string, run: Run): readonly Value[] {
  if (isList(target)) return target;
  if (!isValueObject(target)) return wrong(target, name, 'a list or an object');
  const keys = Object.keys(target).filter((key) => target[key] !== undefined);
  run.meter.step(keys.length);
  return keys;
}

function boolean(value: Value, macro: string): boolean {
  return typeof value === 'boolean'
    ? value
    : fail(`the condition of ${macro}() must be true or false, found ${describe(value)}`);
}
