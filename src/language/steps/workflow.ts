/** `workflow`: an execution of another definition. */
import type { DefinitionType } from '../definition-type';
import { typeOf } from '../definition-type';
import { typeToJsonSchema } from '../json-schema';
import { isMapping, readBoolean, readLiteral } from '../mapping';
import { checkId } from '../names';
import type { Type } from '../type';
import { ANY, STRING } from '../type';
import { readTypeFields } from '../type-syntax';
import { objectValue } from '../value';
import type { KindCompiler, StepParts } from './kind';
import { timeoutOf } from './timeout';

export const compileWorkflow: KindCompiler = (parts) => {
  const { cx, fields, head } = parts;
  const workflow = readWorkflow(parts);
  const entry = fields['input'];
  const tree = entry !== undefined && isMapping(cx.report, entry.value, 'the key input') ? entry.value : undefined;
  const input = objectValue(cx, tree?.entries ?? [], tree?.range ?? head);
  const awaited = (fields['await'] && readBoolean(cx.report, fields['await'].value, 'the key await')) ?? true;
  const declared = readOutput(parts, awaited);
  if (workflow === undefined) return undefined;
  return {
    step: {
      kind: 'workflow',
      workflow,
      input: input.template,
      await: awaited,
      ...(declared === undefined || !awaited ? {} : { output: typeToJsonSchema(declared, { open: true }) }),
      ...timeoutOf(cx, fields['timeout']),
    },
    output: outputType(declared, awaited),
    optional: false,
    ends: false,
  };
};

function readWorkflow({ cx, fields }: StepParts): string | undefined {
  const entry = fields['workflow'];
  const text = entry === undefined ? undefined : readLiteral(cx.report, entry.value, 'the key workflow');
  if (text === undefined || !checkId(cx.report, text.value, text.range)) return undefined;
  if (text.value === cx.id)
    cx.report.add(
      'self-call',
      text.range,
      'This definition executes itself. A chain of executions is cut at a depth of 20: let a condition end it before.',
    );
  return text.value;
}

function readOutput({ cx, fields }: StepParts, awaited: boolean): DefinitionType | undefined {
  const entry = fields['output'];
  if (entry === undefined) return undefined;
  if (!awaited)
    cx.report.add(
      'wrong-shape',
      entry.keyRange,
      'With await: false the output is the id of the execution. Leave the key output out, or wait for it.',
    );
  return { kind: 'object', fields: readTypeFields(cx, entry.value, 'The key output') };
}

function outputType(declared: DefinitionType | undefined, awaited: boolean): Type {
  if (!awaited) return STRING;
  return declared === undefined ? ANY : typeOf(declared);
}
