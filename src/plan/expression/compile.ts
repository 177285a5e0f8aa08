/** Expression tree → a function over a run. Every place takes a step, so that any evaluation ends soon. */
import { compare, equal } from './compare';
import { compilePath, compilePresence, isPath } from './compile-path';
import { comprehension } from './comprehension';
import { fail } from './fault';
import { entryOf } from './functions';
import { ARITHMETIC } from './operators';
import type { Run } from './run';
import type { Code, PathCode, Surroundings } from './surroundings';
import { excerpt, within } from './surroundings';
import type { Node } from './tree';
import type { Value } from './value';
import { Optional, describe, isList, isValueObject, put } from './value';

/** The whole expression: absent where it is a path that ends in an absent field, or an empty optional. */
export function compileWhole(node: Node, source: string): PathCode {
  const around = { source, variables: [] };
  const code = isPath(node) ? compilePath(node, around, compile) : compile(node, around);
  return (run) => {
    const value = code(run);
    return value instanceof Optional ? value.value : value;
  };
}

function compile(node: Node, around: Surroundings): Code {
  switch (node.kind) {
    case 'literal':
      return constant(node.value);
    case 'optional-none':
      return constant(Optional.none);
    case 'name':
    case 'field':
    case 'index': {
      const path = compilePath(node, around, compile);
      const what = excerpt(around.source, node);
      return (run) => present(path(run), what);
    }
    case 'list': {
      const items = node.items.map((item) => compile(item, around));
      return (run) => {
        run.meter.step(items.length + 1);
        return items.map((item) => item(run));
      };
    }
    case 'map':
      return mapLiteral(node, around);
    case 'not': {
      const test = condition(node.operand, around, '"!"');
      return (run) => !test(run);
    }
    case 'negate': {
      const operand = compile(node.operand, around);
      return (run) => {
        const value = operand(run);
        return typeof value === 'number' ? -value + 0 : fail(`"-" does not go with ${describe(value)}`);
      };
    }
    case 'binary':
      return binary(node, around);
    case 'conditional': {
      const test = condition(node.test, around, 'the condition before "?"');
      const [then, otherwise] = [compile(node.then, around), compile(node.otherwise, around)];
      return (run) => (test(run) ? then(run) : otherwise(run));
    }
    case 'has': {
      const presence = compilePresence(node.path, around, compile);
      return (run) => presence(run) !== undefined;
    }
    case 'comprehension':
      return comprehension(node, around, compile);
    case 'bind': {
      const slot = around.variables.length;
      const value = compile(node.value, around);
      const body = compile(node.body, within(around, node.variable));
      return (run) => {
        run.locals[slot] = value(run);
        return body(run);
      };
    }
    case 'optional-of': {
      const value = compile(node.value, around);
      return (run) => Optional.of(value(run));
    }
    case 'call':
      return call(node, around);
  }
}

function constant(value: Value): Code {
  return (run) => {
    run.meter.step();
    return value;
  };
}

function present(value: Value | undefined, what: string): Value {
  // Not `??`: null is a value.
  return value === undefined
    ? fail(`${what} is absent; read it with .? and .orValue(…), or test it with has()`)
    : value;
}

function condition(node: Node, around: Surroundings, name: string): (run: Run) => boolean {
  const code = compile(node, around);
  return (run) => {
    run.meter.step();
    const value = code(run);
    return typeof value === 'boolean' ? value : fail(`${name} needs true or false, found ${describe(value)}`);
  };
}

function mapLiteral(node: Node & { readonly kind: 'map' }, around: Surroundings): Code {
  const entries = node.entries.map(({ key, value }) => ({ key: compile(key, around), value: compile(value, around) }));
  return (run) => {
    run.meter.step(entries.length + 1);
    const made: Record<string, Value> = {};
    for (const { key, value } of entries) {
      const name = key(run);
      if (typeof name !== 'string') return fail(`a key of an object must be text, found ${describe(name)}`);
      put(made, name, value(run));
    }
    return made;
  };
}

function binary(node: Node & { readonly kind: 'binary' }, around: Surroundings): Code {
  const { operator } = node;
  if (operator === '&&' || operator === '||') {
    const [left, right] = [
      condition(node.left, around, `"${operator}"`),
      condition(node.right, around, `"${operator}"`),
    ];
    return operator === '&&' ? (run) => left(run) && right(run) : (run) => left(run) || right(run);
  }
  const [left, right] = [compile(node.left, around), compile(node.right, around)];
  switch (operator) {
    case '==':
      return (run) => equal(left(run), right(run), run.meter);
    case '!=':
      return (run) => !equal(left(run), right(run), run.meter);
    case 'in':
      return (run) => contains(right(run), left(run), run);
    case '<':
    case '<=':
    case '>':
    case '>=': {
      const holds = ORDERS[operator];
      return (run) => {
        run.meter.step();
        return holds(compare(left(run), right(run)));
      };
    }
    case '+':
    case '-':
    case '*':
    case '/':
    case '%': {
      const apply = ARITHMETIC[operator];
      return (run) => {
        run.meter.step();
        return apply(left(run), right(run), run.meter);
      };
    }
  }
}

const ORDERS: Readonly<Record<'<' | '<=' | '>' | '>=', (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

/** `x in list` by equality, `"name" in object` by field name. */
function contains(holder: Value, value: Value, run: Run): boolean {
  if (isList(holder)) return holder.some((item) => equal(item, value, run.meter));
  if (!isValueObject(holder))
    return fail(
      `"in" needs a list or an object on its right, found ${describe(holder)}${typeof holder === 'string' ? '; in text, use contains()' : ''}`,
    );
  if (typeof value !== 'string') return fail(`a field name must be text, found ${describe(value)}`);
  return Object.hasOwn(holder, value) && holder[value] !== undefined;
}

function call(node: Node & { readonly kind: 'call' }, around: Surroundings): Code {
  const { name, target, args } = node;
  if (target && (name === 'or' || name === 'orValue') && args.length === 1) return fallback(node, around);
  const entry = entryOf(name, target !== undefined);
  const shown = target ? `.${name}()` : `${name}()`;
  if (!entry) return fail(`the function ${shown} is unknown`);
  const [least, most] = entry.arity;
  if (args.length < least || args.length > most)
    return fail(
      `${shown} takes ${least === most ? least : `${least} or ${most}`} argument${most === 1 ? '' : 's'}, found ${args.length}`,
    );
  const codes = (target ? [target, ...args] : args).map((argument) => compile(argument, around));
  return (run) => {
    run.meter.step();
    return entry.call(
      codes.map((code) => code(run)),
      run,
    );
  };
}

/** `.orValue(v)` and `.or(optional)`: the argument is computed only where it is needed. */
function fallback(node: Node & { readonly kind: 'call' }, around: Surroundings): Code {
  const { name, target, args } = node;
  const receiver = compile(target as Node, around);
  const argument = compile(args[0] as Node, around);
  return (run) => {
    run.meter.step();
    const value = receiver(run);
    if (!(value instanceof Optional))
      return fail(`.${name}() needs an optional, found ${describe(value)}; read the field with .?`);
    if (name === 'orValue') return value.value === undefined ? argument(run) : value.value;
    if (value.value !== undefined) return value;
    const other = argument(run);
    return other instanceof Optional
      ? other
      : fail(`.or() needs an optional, found ${describe(other)}; use .orValue(…) for a plain value`);
  };
}
