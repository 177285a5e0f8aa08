/** `--tools FILE`: contracts of tools that do not exist yet, so that definitions are checked before their tools are written. */
import { OmniError } from '../plan/problem';
import { NAMED_PROVIDERS } from '../tools/provider-names';
import { ToolRegistry } from '../tools/registry';
import type { PriceOverrides } from '../tools/price-list';
import type { Provider, ProviderTool } from '../tools/tool';
import type { Diagnostic } from './diagnostic';
import { readFields } from './mapping';
import { createReport } from './report';
import type { DeclaredTool } from './scenario';
import { withTools } from './scenario-file';
import { readTools } from './scenario-tool';
import { FILE_WORDS, LONE_SCENARIO_WORDS } from './scenario-words';
import type { Words } from './vocabulary';
import { parseTree } from './yaml-tree';

/** A file of scenarios may be given too: only its `tools` count. */
const WORDS: Words = Object.fromEntries(
  Object.entries<Words[string]>({ ...LONE_SCENARIO_WORDS, ...FILE_WORDS }).map(
    ([key, { description, schema }]): [string, Words[string]] => [
      key,
      { description, schema, ...(key === 'tools' ? { required: true } : {}) },
    ],
  ),
);

export interface ParsedTools {
  readonly tools: readonly DeclaredTool[];
  readonly diagnostics: readonly Diagnostic[];
}

/** YAML or JSON with the key `tools`. */
export function parseTools(source: { readonly text: string; readonly file: string }): ParsedTools {
  const report = createReport(source);
  const tree = parseTree(report);
  const fields = tree && readFields(report, tree, WORDS, 'a file of tools');
  const tools = readTools(report, fields?.['tools']);
  return { tools: report.hasErrors() ? [] : tools, diagnostics: report.diagnostics() };
}

/** The registry in which the declared tools exist, and somebody provides them. For checking: nobody can be called. */
export function withDeclared(registry: ToolRegistry, declared: readonly DeclaredTool[]): ToolRegistry {
  const providers = new Map(registry.providers().map((provider) => [provider.name, provider]));
  const prices: Record<string, PriceOverrides[string]> = { ...registry.overrides };
  for (const { contract, providers: own, price } of declared)
    for (const name of own.length > 0 ? own : new Set([...providers.keys(), ...NAMED_PROVIDERS])) {
      const known: Provider = providers.get(name) ?? { name, title: name, variables: [], tools: {} };
      providers.set(name, { ...known, tools: { ...known.tools, [contract.name]: declaredOnly } });
      if (price !== undefined) prices[name] = { ...prices[name], [contract.name]: { usdPerCall: price } };
    }
  return new ToolRegistry(withTools(registry, declared).contracts(), [...providers.values()], prices);
}

const declaredOnly: ProviderTool = () =>
  Promise.reject(new OmniError('internal', 'This tool is only declared, so that definitions can be checked.'));
