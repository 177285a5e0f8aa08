/** `onError` and `onTimeout`: fail, continue, handlers, or a bare list of steps. */
import type { Handler } from '../../plan/plan';
import type { Compilation } from '../compilation';
import { compileCondition, provenBy } from '../condition';
import { misfit } from '../fit';
import { unionType } from '../json-schema';
import { headOf, readFields } from '../mapping';
import type { Entry, MapTree, Tree } from '../tree';
import { describe, entryOf } from '../tree';
import { HANDLER_WORDS } from '../vocabulary';
import type { CompiledList, Outcome, StepCompiler, StepsCompiler } from './kind';

export interface HandledStep {
  readonly name: string;
  /** What the step gives when it does not fail. */
  readonly own: Outcome;
  readonly compileSteps: StepsCompiler;
  readonly compileStep: StepCompiler;
}

export interface CompiledHandlers {
  readonly handlers: readonly Handler[];
  readonly outcome: Outcome;
}

export function compileHandlers(cx: Compilation, entry: Entry, step: HandledStep): CompiledHandlers {
  const { value } = entry;
  // Its own handlers may read its status and its error.
  cx.scope.addStep(step.name, { output: step.own.output, optional: true });
  if (value.kind === 'scalar' && value.value === 'fail') return { handlers: [], outcome: step.own };
  if (value.kind === 'scalar' && value.value === 'continue')
    return { handlers: [{ continue: true }], outcome: { ...step.own, optional: true, ends: false } };
  if (value.kind !== 'list' || value.items.length === 0) {
    cx.report.add(
      'wrong-shape',
      value.range,
      `The key ${entry.key} is fail, continue, a list of handlers or a list of steps; this is ${describe(value)}.`,
    );
    return { handlers: [], outcome: step.own };
  }
  const compiled = value.items.every(isStep) ? [bareList(cx, entry, step)] : handlerList(cx, value.items, step);
  return {
    handlers: compiled.map(({ handler }) => handler),
    outcome: together(cx, entry, { own: step.own, compiled }),
  };
}

interface CompiledHandler {
  readonly handler: Handler;
  /** Absent: `continue`. */
  readonly list?: CompiledList;
}

/** Handlers have no name; steps do. */
function isStep(tree: Tree): boolean {
  return entryOf(tree, 'name') !== undefined;
}

function bareList(cx: Compilation, { key, value }: Entry, step: HandledStep): CompiledHandler {
  const list = cx.scope.maybe(() => cx.scope.handler(() => step.compileSteps(cx, value, key)));
  return { handler: { steps: list.steps }, list };
}

function handlerList(cx: Compilation, items: readonly Tree[], step: HandledStep): readonly CompiledHandler[] {
  const compiled: CompiledHandler[] = [];
  let all: Tree | undefined;
  const runs = items.map((item) => () => {
    if (all !== undefined)
      cx.report.add(
        'unreachable-case',
        item.kind === 'map' ? headOf(item) : item.range,
        'This handler can never be chosen: the one before it takes every error.',
      );
    const handler = cx.scope.handler(() => oneHandler(cx, item, step));
    if (handler !== undefined) compiled.push(handler);
    if (handler !== undefined && handler.handler.when === undefined) all = item;
  });
  cx.scope.branches(runs, 'some');
  return compiled;
}

function oneHandler(cx: Compilation, tree: Tree, step: HandledStep): CompiledHandler | undefined {
  const fields = readFields(cx.report, tree, HANDLER_WORDS, 'a handler');
  if (fields === undefined) return undefined;
  const when = fields.when === undefined ? undefined : compileCondition(cx, fields.when.value, 'when');
  const condition = when === undefined ? {} : { when };
  const goesOn = fields.continue;
  if (goesOn !== undefined && (goesOn.value.kind !== 'scalar' || goesOn.value.value !== true)) {
    cx.report.add(
      'wrong-shape',
      goesOn.value.range,
      `The key continue is true; this is ${describe(goesOn.value)}. Leave the handler out to let the step fail.`,
    );
    return undefined;
  }
  if ((goesOn === undefined) === (fields.steps === undefined)) {
    cx.report.add('wrong-shape', headOf(tree as MapTree), 'A handler has either continue: true or steps.');
    return undefined;
  }
  const { steps } = fields;
  if (steps === undefined) return { handler: { ...condition, continue: true } };
  const list = cx.scope.proving(provenBy(when, true), () => step.compileSteps(cx, steps.value, 'A handler'));
  return { handler: { ...condition, steps: list.steps }, list };
}

/** What the step gives, whether it failed or not. Where no handler matches, the failure goes up and nobody reads the output. */
function together(
  cx: Compilation,
  entry: Entry,
  { own, compiled }: { readonly own: Outcome; readonly compiled: readonly CompiledHandler[] },
): Outcome {
  const lists = compiled.flatMap(({ list }) => (list === undefined || list.ends ? [] : [list]));
  const goesOn = compiled.some(({ list }) => list === undefined);
  for (const { output } of lists) {
    const fault = misfit(output, own.output);
    if (fault !== undefined && own.output.kind !== 'object')
      cx.report.add(
        'type-mismatch',
        entry.keyRange,
        `The output of the handler becomes the step's, and does not fit: ${fault}.`,
      );
  }
  return {
    output: unionType([own.output, ...lists.map(({ output }) => output)]),
    optional: own.optional || goesOn || lists.some(({ optional }) => optional),
    ends: own.ends && lists.length === 0 && !goesOn,
  };
}
