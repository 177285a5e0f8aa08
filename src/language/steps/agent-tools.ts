/** `tools` of a model-driven `agent` step: what the model may call, under which name, and what needs a person's agreement. */
import type { LoopApproval, LoopTool } from '../../plan/agent-loop';
import type { JsonSchema } from '../../plan/json';
import { own } from '../../plan/json';
import type { Template } from '../../plan/plan';
import type { ToolContract } from '../../tools/tool';
import { argumentSchema } from '../argument-schema';
import { typeToJsonSchema } from '../json-schema';
import { effectOf } from '../known-definitions';
import { headOf, isList, isMapping, readFields, readLiteral } from '../mapping';
import { checkName, slug } from '../names';
import type { Range } from '../report';
import { compileConfig } from '../tool-config';
import { contractSchema } from '../tool-types';
import type { Entry, MapTree, Tree } from '../tree';
import { readTypeFields } from '../type-syntax';
import { objectValue } from '../value';
import type { Words } from '../vocabulary';
import { APPROVAL_WORDS, MAY_CALL_AGENT_WORDS, MAY_CALL_TOOL_WORDS, MAY_CALL_WORKFLOW_WORDS } from '../vocabulary';
import { readAgentWords, readTaskRetry } from './agent-words';
import type { StepParts } from './kind';
import { checkBound, readDuration, timeoutOf } from './timeout';
import { compileCall, findContract } from './tool';
import { readRoles } from './wait-for';
import { budgetOf, readWorkflow } from './workflow';

const DAY_MS = 24 * 3_600_000;
const NOTHING: Template = { kind: 'literal', value: {} };
const ANY_OBJECT: JsonSchema = { type: 'object' };

type Called = Pick<LoopTool, 'description' | 'input'> & {
  readonly step: LoopTool['step'];
  /** What it is called where the definition gives no name. */
  readonly title: string;
  /** What of it acts outside; absent: nothing that is known. */
  readonly effect?: string;
};
type CallCompiler = (parts: StepParts) => Called | undefined;

/** One kind of thing that a model may call, by the key that names it. */
const KINDS: Readonly<Record<string, { readonly words: Words; readonly compile: CallCompiler }>> = {
  tool: { words: MAY_CALL_TOOL_WORDS, compile: callTool },
  workflow: { words: MAY_CALL_WORKFLOW_WORDS, compile: callWorkflow },
  agent: { words: MAY_CALL_AGENT_WORDS, compile: callAgent },
};

export function compileLoopTools(parts: StepParts, { value }: Entry): Readonly<Record<string, LoopTool>> {
  const { report } = parts.cx;
  if (!isList(report, value, 'the key tools')) return {};
  if (value.items.length === 0)
    report.add(
      'wrong-shape',
      value.range,
      'The key tools names at least one. Leave it out where the model calls none.',
    );
  const tools: Record<string, LoopTool> = {};
  for (const item of value.items) {
    const compiled = compileLoopTool(parts, item);
    if (compiled === undefined) continue;
    const { name, range, tool } = compiled;
    if (Object.hasOwn(tools, name))
      report.add(
        'duplicate-name',
        range,
        `The model calls another tool ${name} already. Give this one a name of its own.`,
      );
    else tools[name] = tool;
  }
  return tools;
}

interface NamedTool {
  readonly name: string;
  readonly range: Range;
  readonly tool: LoopTool;
}

function compileLoopTool(parts: StepParts, item: Tree): NamedTool | undefined {
  const { cx } = parts;
  const tree = item.kind === 'scalar' ? shortForm(item) : item;
  if (!isMapping(cx.report, tree, 'what a model may call')) return undefined;
  const kind = kindOf(parts, tree);
  if (kind === undefined) return undefined;
  const { words, compile } = KINDS[kind.key] ?? { words: {}, compile: () => undefined };
  const fields: StepParts['fields'] = readFields(cx.report, tree, words, `a ${kind.key} that a model may call`) ?? {};
  const called = compile({ ...parts, tree, fields, head: kind.value.range });
  const approval = fields['approval'] && readApproval(parts, fields['approval']);
  const named = fields['name'] && readLiteral(cx.report, fields['name'].value, 'the key name');
  const about = fields['description'] && readLiteral(cx.report, fields['description'].value, 'the key description');
  if (called === undefined) return undefined;
  const name = named?.value ?? slug(called.title).replaceAll('-', '_');
  const range = named?.range ?? kind.value.range;
  if (!checkName(cx.report, name, range, 'tool')) return undefined;
  if (called.effect !== undefined && fields['approval'] === undefined)
    cx.report.add(
      'unapproved-effect',
      kind.value.range,
      `${called.effect} reaches outside, and the model may call it whatever a text that it reads talks it into. Write approval: { roles: [reviewer] } beside it.`,
    );
  const { description, input, step } = called;
  const tool: LoopTool = {
    description: about?.value ?? description,
    input,
    step: { ...step, name },
    ...(approval === undefined ? {} : { approval }),
  };
  return { name, range, tool };
}

/** A word alone is a tool. */
function shortForm(item: Exclude<Tree, { kind: 'map' | 'list' }>): MapTree {
  return { kind: 'map', range: item.range, entries: [{ key: 'tool', keyRange: item.range, value: item }] };
}

function kindOf({ cx: { report } }: StepParts, tree: MapTree): Entry | undefined {
  const [first, second] = tree.entries.filter(({ key }) => Object.hasOwn(KINDS, key));
  if (first !== undefined && second === undefined) return first;
  const [entry] = tree.entries;
  if (first !== undefined && second !== undefined)
    report.add(
      'two-kinds',
      second.keyRange,
      `A model calls one thing by a name, not both ${first.key} and ${second.key}.`,
    );
  else if (entry?.key.includes('.') === true)
    report.add(
      'no-kind',
      entry.keyRange,
      `Write { tool: ${entry.key}, … } for a tool with terms.`,
      `tool: ${entry.key}`,
    );
  else
    report.add(
      'no-kind',
      headOf(tree),
      'This can be called by nobody: it needs one of the keys tool, workflow, agent.',
    );
  return undefined;
}

function callTool(parts: StepParts): Called | undefined {
  const { cx, fields, head } = parts;
  const contract = findContract(parts);
  const config = compileConfig(cx, fields['config']);
  if (contract === undefined) return undefined;
  const schema = contractSchema(contract.input, 'input');
  const known = Object.fromEntries(Object.keys(own(schema, 'properties') ?? {}).map((name) => [name, null]));
  const call = compileCall(parts, { contract, config, input: objectValue(cx, [], head), known });
  return {
    title: contract.name,
    description: contract.description,
    input: argumentSchema(schema),
    step: { ...call, name: '', input: NOTHING },
    ...(reachesOutside(contract) ? { effect: contract.name } : {}),
  };
}

/** It changes something that a second call would change again, or delivers, keeps or reads what it is given as it is. */
function reachesOutside({ idempotent, unredacted }: ToolContract): boolean {
  return idempotent !== 'natural' || unredacted === 'all';
}

function callWorkflow(parts: StepParts): Called | undefined {
  const { cx, fields } = parts;
  const workflow = readWorkflow(parts);
  if (workflow === undefined) return undefined;
  const known = cx.definitions?.reached.get(workflow);
  const effect = cx.definitions && effectOf(cx.definitions, workflow);
  return {
    title: workflow,
    description: known?.description ?? `Executes the definition ${workflow}.`,
    input: known === undefined || Object.keys(known.input).length === 0 ? ANY_OBJECT : known.input,
    step: {
      kind: 'workflow',
      name: '',
      workflow,
      input: NOTHING,
      await: true,
      budget: budgetOf(known),
      ...timeoutOf(cx, fields['timeout']),
    },
    ...(effect === undefined ? {} : { effect: `${workflow} calls ${effect}, which` }),
  };
}

function callAgent(parts: StepParts): Called | undefined {
  const { cx, fields } = parts;
  const { agent, capability, priority } = readAgentWords(parts);
  const { input } = fields;
  const types = input && readTypeFields(cx, input.value, 'The key input');
  const retry = readTaskRetry(parts);
  const bound = timeoutOf(cx, fields['timeout']);
  if (agent === undefined || capability === undefined) return undefined;
  return {
    title: `${agent}-${capability}`,
    description: `Gives a task to an agent: ${agent}, ${capability}.`,
    input: types === undefined ? ANY_OBJECT : typeToJsonSchema({ kind: 'object', fields: types }),
    step: { kind: 'agent', name: '', agent, capability, priority, input: NOTHING, retry, ...bound },
  };
}

function readApproval(parts: StepParts, { value }: Entry): LoopApproval | undefined {
  const { cx } = parts;
  const fields = readFields(cx.report, value, APPROVAL_WORDS, 'the key approval');
  if (fields === undefined) return undefined;
  const written = readDuration(cx.report, fields.timeout);
  if (fields.timeout !== undefined) checkBound(cx, fields.timeout.value.range, written);
  return {
    roles: fields.roles === undefined ? [] : readRoles(parts, fields.roles),
    timeoutMs: written ?? Math.min(DAY_MS, cx.scope.boundMs ?? DAY_MS),
  };
}
