/** What `forEach` and `repeat` have in common: roots of their own, and rounds that find what rounds before have set. */
import type { Compilation } from '../compilation';
import { nameOfType } from '../fit';
import type { VariableView } from '../scope';
import type { Field, Type } from '../type';
import { ANY } from '../type';
import type { CompiledList, StepParts } from './kind';

/** Position of an item or round, from 0. */
export const INDEX: Field = { type: { kind: 'number', integer: true }, optional: false };

const NOTHING: CompiledList = { steps: [], output: ANY, optional: true, ends: false };

export interface Loop {
  readonly locals: Readonly<Record<string, Field>>;
  /** Sees the steps of the round that has just ended. */
  readonly inRound?: () => void;
  /** Sees what the last round has left, if there was one. */
  readonly between?: () => void;
}

export function compileLoop(parts: StepParts, { locals, inRound, between }: Loop): CompiledList {
  const { cx, tree, fields, compileSteps } = parts;
  const variables = startOfRound(parts);
  return cx.scope.loop({
    locals,
    variables,
    round: () => {
      const body = fields['steps'];
      const list = body === undefined ? NOTHING : compileSteps(cx, body.value, 'The key steps');
      inRound?.();
      for (const [name, { type }] of variables)
        reportChange(cx, { name, type, range: setIn(parts, name) ?? tree.range });
      return list;
    },
    ...(between === undefined ? {} : { after: between }),
  });
}

function setIn({ cx, tree }: StepParts, name: string): { readonly start: number; readonly end: number } | undefined {
  return cx.names.loops.get(tree)?.variables.get(name);
}

/** A variable that rounds set keeps its kind, so that the second round reads what the first was checked with. */
function startOfRound({ cx, tree }: StepParts): ReadonlyMap<string, VariableView> {
  const views = new Map<string, VariableView>();
  for (const name of cx.names.loops.get(tree)?.variables.keys() ?? []) {
    const before = cx.scope.variables().get(name);
    views.set(name, before === undefined ? { type: ANY, optional: true } : { ...before, type: kindOf(before.type) });
  }
  return views;
}

/** What stays true of a variable, whatever a round makes of its parts. */
function kindOf(type: Type): Type {
  switch (type.kind) {
    case 'string':
    case 'number':
    case 'boolean':
      return { kind: type.kind };
    case 'list':
      return { kind: 'list', items: ANY };
    case 'any':
    case 'null':
    case 'object':
    case 'timestamp':
    case 'duration':
      return ANY;
  }
}

function reportChange(
  cx: Compilation,
  { name, type, range }: { name: string; type: Type; range: { readonly start: number; readonly end: number } },
): void {
  const now = cx.scope.variables().get(name)?.type ?? ANY;
  if (type.kind === 'any' || now.kind === 'any' || now.kind === type.kind) return;
  const message = `Before the loop, ${name} is ${nameOfType(type)}, and here it becomes ${nameOfType(now)}: the next round would read it as what it is not. Use two names.`;
  cx.report.add('type-mismatch', range, message);
}
