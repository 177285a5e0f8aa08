/** `workflow`: an execution of another definition, whose types hold where it is known. */
import type { WorkflowStep } from '../../plan/plan';
import type { DefinitionType } from '../definition-type';
import { checkInput } from '../input-check';
import { jsonSchemaToType, typeToJsonSchema } from '../json-schema';
import type { KnownDefinition } from '../known-definitions';
import { wayTo } from '../known-definitions';
import { isMapping, readBoolean, readLiteral } from '../mapping';
import { checkId } from '../names';
import { ANY, STRING } from '../type';
import type { Value } from '../value';
import { objectValue } from '../value';
import { outputType, readOutput } from './declared-output';
import type { KindCompiler, StepParts } from './kind';
import { timeoutOf } from './timeout';

export const compileWorkflow: KindCompiler = (parts) => {
  const { cx, fields } = parts;
  const workflow = readWorkflow(parts);
  const known = workflow === undefined ? undefined : cx.definitions?.reached.get(workflow);
  const input = compileInput(parts, workflow, known);
  const awaited = (fields['await'] && readBoolean(cx.report, fields['await'].value, 'the key await')) ?? true;
  const declared = readDeclared(parts, awaited);
  if (workflow === undefined) return undefined;
  const given = known?.output ?? ANY;
  return {
    step: {
      kind: 'workflow',
      workflow,
      input: input.template,
      await: awaited,
      ...(declared === undefined || !awaited ? {} : { output: typeToJsonSchema(declared, { open: true }) }),
      ...(awaited ? { budget: budgetOf(known) } : {}),
      ...timeoutOf(cx, fields['timeout']),
    },
    output: awaited ? outputType(parts, { by: workflow, given, declared }) : STRING,
    optional: false,
    ends: false,
  };
};

export function readWorkflow({ cx, fields }: StepParts): string | undefined {
  const entry = fields['workflow'];
  const text = entry === undefined ? undefined : readLiteral(cx.report, entry.value, 'the key workflow');
  if (text === undefined || !checkId(cx.report, text.value, text.range)) return undefined;
  const { value, range } = text;
  cx.calls.add(value);
  const cut = 'A chain of executions is cut at a depth of 20: let a condition end it before.';
  const way = cx.id === undefined || cx.definitions === undefined ? undefined : wayTo(cx.definitions, value, cx.id);
  if (value === cx.id) cx.report.add('self-call', range, `This definition executes itself. ${cut}`);
  else if (way !== undefined)
    cx.report.add('self-call', range, `This definition executes itself through ${way.slice(0, -1).join(', ')}. ${cut}`);
  else if (cx.definitions?.reached.has(value) === false)
    cx.report.add(
      'unknown-workflow',
      range,
      `There is no definition ${value} yet. Publish it before this one is executed, or check the name.`,
      cx.report.near(value, cx.definitions.ids),
    );
  return value;
}

function compileInput(
  { cx, fields, head }: StepParts,
  workflow: string | undefined,
  known: KnownDefinition | undefined,
): Value {
  const entry = fields['input'];
  const tree = entry !== undefined && isMapping(cx.report, entry.value, 'the key input') ? entry.value : undefined;
  const value = objectValue(cx, tree?.entries ?? [], tree?.range ?? head);
  if (workflow !== undefined && known !== undefined)
    checkInput(cx, value, jsonSchemaToType(known.input), {
      tool: workflow,
      head: entry?.keyRange ?? head,
      path: '',
    });
  return value;
}

function readDeclared(parts: StepParts, awaited: boolean): DefinitionType | undefined {
  const entry = parts.fields['output'];
  if (entry !== undefined && !awaited)
    parts.cx.report.add(
      'wrong-shape',
      entry.keyRange,
      'With await: false the output is the id of the execution. Leave the key output out, or wait for it.',
    );
  return entry === undefined || !awaited ? undefined : readOutput(parts);
}

/** What the other definition allows itself: no more than that is set aside for it. */
export function budgetOf(known: KnownDefinition | undefined): NonNullable<WorkflowStep['budget']> {
  const { maxTokens, maxCostUsd } = known?.budget ?? {};
  return {
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(maxCostUsd === undefined ? {} : { maxCostUsd }),
  };
}
