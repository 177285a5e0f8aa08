/** `tool`: one call of a tool, by the first provider of its chain that succeeds. */
import type { Json, JsonObject } from '../../plan/json';
import type { Candidate, RetryRule, ToolStep } from '../../plan/plan';
import type { ToolContract } from '../../tools/tool';
import { compileChain } from '../chain';
import type { Chain } from '../chain';
import { allOptional } from '../fit';
import { checkInput } from '../input-check';
import { typeToJsonSchema } from '../json-schema';
import { isMapping, readLiteral } from '../mapping';
import { reportPersonalData } from '../personal-data';
import { compileRetry, ONE_ATTEMPT, RETRY_DEFAULTS } from '../retry';
import { compileConfig } from '../tool-config';
import type { ToolConfig } from '../tool-config';
import { contractTypes } from '../tool-types';
import type { Value } from '../value';
import { objectValue } from '../value';
import { outputType, readOutput } from './declared-output';
import type { Bare, CompiledKind, KindCompiler, StepParts } from './kind';
import { readDuration } from './timeout';

/** A call that may take longer would hold up the worker's own task, so it is sent to the queue like any other. */
const MAX_LOCAL_MS = 2_000;

export const compileTool: KindCompiler = (parts): CompiledKind | undefined => {
  const contract = findContract(parts);
  const config = compileConfig(parts.cx, parts.fields['config']);
  const input = compileInput(parts, contract);
  const declared = readOutput(parts);
  if (contract === undefined) {
    compileRetryOf(parts, { name: '', idempotent: 'key' });
    return undefined;
  }
  const output = outputType(parts, { by: contract.name, given: contractTypes(contract).output, declared });
  const call = compileCall(parts, { contract, config, input, known: written(input) });
  const step = {
    ...call,
    input: input.template,
    ...(declared === undefined ? {} : { output: typeToJsonSchema(declared, { open: true }) }),
  };
  return { step, output: call.mode === undefined ? output : allOptional(output), optional: false, ends: false };
};

interface CallSources {
  readonly contract: ToolContract;
  readonly config: ToolConfig;
  /** For what is said of personal data. */
  readonly input: Value;
  /** The input as far as it is known before the call: null stands for a member that is not. */
  readonly known: JsonObject;
}

/** All of a tool step but what goes in and what is declared of the answer. */
export function compileCall(
  parts: StepParts,
  { contract, config, input, known }: CallSources,
): Omit<Bare<ToolStep>, 'input' | 'output'> {
  const { cx, fields } = parts;
  const { name } = contract;
  const idempotent = contract.idempotentFor?.(known) ?? contract.idempotent;
  const chain = compileChain(cx, {
    tool: contract.name,
    category: contract.category,
    head: parts.head,
    provider: fields['provider'],
    fallback: config.fallback,
  });
  const all = candidates(parts, { chain, config, contract });
  reportPersonalData(cx, input, { contract, chain: all });
  return {
    kind: 'tool',
    tool: contract.name,
    placement: all.some(({ timeoutMs }) => timeoutMs > MAX_LOCAL_MS) ? 'remote' : contract.placement,
    idempotent,
    chain: all,
    ...(config.prefer === undefined ? {} : { prefer: config.prefer }),
    ...(chain.mode === undefined ? {} : { mode: chain.mode }),
    retry: compileRetryOf(parts, { name, idempotent }),
  };
}

export function findContract({ cx, fields }: StepParts): ToolContract | undefined {
  const entry = fields['tool'];
  const text = entry === undefined ? undefined : readLiteral(cx.report, entry.value, 'the key tool');
  if (text === undefined) return undefined;
  const contract = cx.registry.contract(text.value);
  if (contract !== undefined) return contract;
  const known = cx.registry.contracts().map(({ name }) => name);
  const near = cx.report.near(text.value, known);
  const meant = near === undefined ? `The tools are ${known.join(', ') || 'none'}.` : `Did you mean ${near}?`;
  cx.report.add('unknown-tool', text.range, `There is no tool ${text.value}. ${meant}`, near);
  return undefined;
}

function compileInput({ cx, fields, head }: StepParts, contract: ToolContract | undefined): Value {
  const entry = fields['input'];
  const tree = entry !== undefined && isMapping(cx.report, entry.value, 'the key input') ? entry.value : undefined;
  const value = objectValue(cx, tree?.entries ?? [], tree?.range ?? head);
  if (contract !== undefined)
    checkInput(cx, value, contractTypes(contract).input, {
      tool: contract.name,
      head: entry?.keyRange ?? head,
      path: '',
    });
  return value;
}

interface CandidateSources {
  readonly chain: Chain;
  readonly config: ToolConfig;
  readonly contract: ToolContract;
}

function candidates({ cx, fields }: StepParts, { chain, config, contract }: CandidateSources): readonly Candidate[] {
  const own = fields['timeout'];
  if (own !== undefined && config.timeout !== undefined)
    cx.report.add(
      'two-timeouts',
      own.keyRange,
      'The timeout of an attempt is written twice, here and in config. Keep one of them.',
    );
  const timeoutMs = readDuration(cx.report, own);
  // A default for all is no reason to wait longer for a tool that takes milliseconds.
  const fallback = contract.placement === 'local' ? contract.timeoutMs : (cx.defaults.timeoutMs ?? contract.timeoutMs);
  return chain.links.map(({ provider, model, from }) => {
    const layer = config.of(provider);
    const chosen = model ?? layer.model;
    const queue = cx.registry.queue(provider, contract.name);
    return {
      provider,
      from,
      timeoutMs: layer.timeoutMs ?? timeoutMs ?? fallback,
      ...(chosen === undefined ? {} : { model: chosen }),
      ...(layer.stream === undefined ? {} : { stream: layer.stream }),
      config: layer.config,
      ...(queue === undefined ? {} : { queue }),
    };
  });
}

/** The input as far as it is known before it runs: null stands for what is computed. */
function written({ fields }: Value): JsonObject {
  const known = ({ template }: Value): Json => (template.kind === 'literal' ? template.value : null);
  return Object.fromEntries([...(fields ?? [])].map(([key, { value }]) => [key, known(value)]));
}

function compileRetryOf(
  { cx, fields }: StepParts,
  { name, idempotent }: Pick<ToolContract, 'name' | 'idempotent'>,
): readonly RetryRule[] {
  const entry = fields['retry'];
  const once = idempotent === 'none';
  const base = once ? ONE_ATTEMPT : (cx.defaults.retry ?? RETRY_DEFAULTS);
  if (entry === undefined) return [base];
  const rules = compileRetry(cx, entry, base);
  if (once && rules.some(({ maxAttempts }) => maxAttempts > 1))
    cx.report.add(
      'retry-not-idempotent',
      entry.keyRange,
      `${name} is not safe to repeat, so it is tried once. Take retry away, or handle the failure with onError.`,
    );
  return rules;
}
