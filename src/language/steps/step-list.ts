/** A list of steps in order, and each step: what all kinds have in common. */
import type { Step, ToolStep } from '../../plan/plan';
import type { Compilation } from '../compilation';
import { compileCondition, provenBy } from '../condition';
import { NONE } from '../expression-presence';
import { isList, isMapping, readFields, readLiteral, reportUnknownKey, headOf } from '../mapping';
import type { Entry, ListTree, MapTree, Tree } from '../tree';
import { describe, entryOf } from '../tree';
import { ANY } from '../type';
import type { Kind, Words } from '../vocabulary';
import { KIND_WORDS, STEP_WORDS } from '../vocabulary';
import { compileAgent } from './agent';
import { compileCompensate } from './compensate';
import { compileEmit } from './emit';
import { compileFail, compileReturn } from './ending';
import { compileForEach } from './for-each';
import { compileGroup } from './group';
import { compileHandlers } from './handlers';
import type { CompiledKind, CompiledList, CompiledStep, KindCompiler, Outcome, StepParts } from './kind';
import { compileParallel } from './parallel';
import { compileRepeat } from './repeat';
import { compileSet } from './set';
import { compileSwitch } from './switch';
import { boundOf } from './timeout';
import { compileTool } from './tool';
import { compileWait } from './wait';
import { compileWaitFor } from './wait-for';
import { compileWorkflow } from './workflow';

const KINDS: Readonly<Record<Kind, KindCompiler>> = {
  tool: compileTool,
  workflow: compileWorkflow,
  agent: compileAgent,
  emit: compileEmit,
  set: compileSet,
  parallel: compileParallel,
  forEach: compileForEach,
  repeat: compileRepeat,
  switch: compileSwitch,
  steps: compileGroup,
  wait: compileWait,
  waitFor: compileWaitFor,
  fail: compileFail,
  return: compileReturn,
};

/** What a step of a kind may have, the keys of every step included. */
const WORDS_OF = Object.fromEntries<Words>(
  Object.entries(KIND_WORDS).map(([kind, words]) => [kind, { ...STEP_WORDS, ...words }]),
) as Readonly<Record<Kind, Words>>;

/** Of a step that could not be compiled: what reads it is not at fault. */
const UNKNOWN: Outcome = { output: ANY, optional: false, ends: false };
const NOTHING: Outcome = { output: ANY, optional: true, ends: false };

/** `what` names the list in messages. Steps that cannot be compiled are left out and reported. */
export function compileSteps(cx: Compilation, tree: Tree, what: string): CompiledList {
  if (!isList(cx.report, tree, what)) return { ...NOTHING, steps: [] };
  if (tree.items.length === 0) cx.report.add('wrong-shape', tree.range, `${what} needs at least one step.`);
  return cx.scope.proving(NONE, () => compileList(cx, tree));
}

function compileList(cx: Compilation, tree: ListTree): CompiledList {
  const steps: Step[] = [];
  const outcomes: Outcome[] = [];
  for (const [index, item] of tree.items.entries()) {
    const compiled = compileStep(cx, item);
    if (compiled === undefined) continue;
    steps.push(compiled.step);
    outcomes.push(compiled);
    cx.scope.prove(compiled.proven);
    const next = tree.items[index + 1];
    if (!compiled.ends || next === undefined || outcomes.slice(0, -1).some(({ ends }) => ends)) continue;
    const place = next.kind === 'map' ? headOf(next) : next.range;
    cx.report.add(
      'unreachable-step',
      place,
      `This step can never run: the step ${compiled.step.name} before it ends the execution.`,
    );
  }
  return { steps, ...lastOutcome(outcomes), ends: outcomes.some(({ ends }) => ends) };
}

/** The output of the last step that ran: known when the last step surely has one. */
function lastOutcome(outcomes: readonly Outcome[]): Outcome {
  const last = outcomes[outcomes.length - 1];
  if (last === undefined) return NOTHING;
  // Only these: a list is not its last step.
  if (!last.optional) return { output: last.output, optional: false, ends: last.ends };
  const alone = outcomes.length === 1;
  return { ...NOTHING, output: alone ? last.output : ANY, optional: outcomes.every(({ optional }) => optional) };
}

/** A branch that is one step takes its name from the branch's key. */
export function compileStep(cx: Compilation, tree: Tree, branch?: string): CompiledStep | undefined {
  if (!isMapping(cx.report, tree, 'a step')) return undefined;
  const name = branch ?? readName(cx, tree);
  const kind = kindOf(cx, tree);
  if (name === undefined || kind === undefined) return undefined;
  return cx.scope.within(name, () => compileKind(cx, tree, { name, kind }));
}

function readName(cx: Compilation, tree: MapTree): string | undefined {
  const entry = entryOf(tree, 'name');
  if (entry === undefined) {
    cx.report.add(
      'missing-key',
      headOf(tree),
      'A step needs the key name: other steps and the timeline call it by that name.',
    );
    return undefined;
  }
  const text = readLiteral(cx.report, entry.value, 'the key name');
  return text?.value;
}

/** The one kind of a step. `steps` is a kind only where it stands alone; loops have steps beside their kind. */
function kindOf(cx: Compilation, tree: MapTree): Kind | undefined {
  const found = tree.entries.filter(({ key }) => Object.hasOwn(KIND_WORDS, key));
  const kinds = found.length > 1 ? found.filter(({ key }) => key !== 'steps') : found;
  const [first, second] = kinds.length === 0 ? found : kinds;
  if (first !== undefined && second === undefined && (found.length === 1 || hasSteps(first.key as Kind)))
    return first.key as Kind;
  if (first === undefined) reportNoKind(cx, tree);
  else {
    const other = second ?? found.find((entry) => entry !== first) ?? first;
    cx.report.add(
      'two-kinds',
      other.keyRange,
      `A step does one thing, and this one has both ${first.key} and ${other.key}. Make two steps of it.`,
    );
  }
  addUnknown(cx, tree);
  return undefined;
}

function hasSteps(kind: Kind): boolean {
  return Object.hasOwn(KIND_WORDS[kind], 'steps');
}

/** Later steps may speak of a step that could not be compiled; that is not their fault. */
function addUnknown(cx: Compilation, tree: MapTree): void {
  for (const [name, step] of cx.names.steps)
    if (isInside(step.tree, tree)) cx.scope.addStep(name, { output: ANY, optional: false });
}

function isInside(inner: Tree, outer: Tree): boolean {
  return inner.range.start >= outer.range.start && inner.range.end <= outer.range.end;
}

function reportNoKind(cx: Compilation, tree: MapTree): void {
  const known = Object.keys(KIND_WORDS);
  const common = Object.keys(STEP_WORDS);
  for (const entry of tree.entries) {
    const near = common.includes(entry.key) ? undefined : cx.report.near(entry.key, known);
    if (near === undefined) continue;
    reportUnknownKey(cx.report, entry, known, 'a step');
    return;
  }
  cx.report.add('no-kind', headOf(tree), `This step does nothing. Give it one of the keys ${known.join(', ')}.`);
}

interface Identity {
  readonly name: string;
  readonly kind: Kind;
}

function compileKind(cx: Compilation, tree: MapTree, { name, kind }: Identity): CompiledStep | undefined {
  const fields: Readonly<Record<string, Entry | undefined>> =
    readFields(cx.report, tree, WORDS_OF[kind], `a ${kind} step`) ?? {};
  checkBranchName(cx, name, fields['name']);
  const condition = fields['if'] === undefined ? undefined : compileCondition(cx, fields['if'].value, 'if');
  const head = entryOf(tree, kind)?.keyRange ?? headOf(tree);
  const parts: StepParts = { cx, name, tree, fields, head, compileSteps, compileStep };
  const undo = fields['compensate'];
  let compensate: ToolStep | undefined;
  const run = (): CompiledKind | undefined => {
    // The timeout of a tool step bounds one attempt.
    const bound = kind === 'tool' ? undefined : boundOf(fields['timeout']);
    const compiled = cx.scope.bounded(bound, () => KINDS[kind](parts));
    compensate = undo && compileCompensate(parts, undo, compiled ?? UNKNOWN);
    return compiled;
  };
  const conditional = fields['if'] !== undefined || fields['onError'] !== undefined;
  const assumed = provenBy(condition, true);
  const compiled = cx.scope.proving(assumed, () => (conditional ? cx.scope.maybe(run) : run()));
  const own: Outcome = compiled ?? UNKNOWN;
  const entry = fields['onError'];
  const handled =
    entry === undefined
      ? undefined
      : cx.scope.proving(assumed, () => compileHandlers(cx, entry, { name, own, compileSteps, compileStep }));
  const ended = handled?.outcome ?? own;
  const outcome = withCondition(ended, fields['if'] !== undefined);
  cx.scope.addStep(name, { output: outcome.output, optional: outcome.optional });
  if (compiled === undefined) return undefined;
  const step = {
    ...compiled.step,
    name,
    ...literalText(cx, fields['description']),
    ...literalText(cx, fields['summary']),
    ...(condition === undefined ? {} : { if: condition }),
    ...(handled === undefined || handled.handlers.length === 0 ? {} : { onError: handled.handlers }),
    ...(compensate === undefined ? {} : { compensate }),
  } as Step;
  return { ...outcome, step, proven: ended.ends ? provenBy(condition, false) : NONE };
}

function withCondition(outcome: Outcome, conditional: boolean): Outcome {
  return conditional ? { ...outcome, optional: true, ends: false } : outcome;
}

function checkBranchName(cx: Compilation, name: string, entry: Entry | undefined): void {
  if (entry === undefined || (entry.value.kind === 'scalar' && entry.value.value === name)) return;
  cx.report.add(
    'invalid-name',
    entry.value.range,
    `A branch that is one step takes its branch's key as its name, ${name}, and not ${describe(entry.value)}.`,
    name,
  );
}

function literalText(cx: Compilation, entry: Entry | undefined): Readonly<Record<string, string>> {
  const text = entry === undefined ? undefined : readLiteral(cx.report, entry.value, `the key ${entry.key}`);
  return entry === undefined || text === undefined ? {} : { [entry.key]: text.value };
}
