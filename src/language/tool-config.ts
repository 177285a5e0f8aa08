/** `config` of a tool step: the platform's own keys, settings for one provider under its name, and the rest for all. */
import type { Template } from '../plan/plan';
import type { Preference } from '../plan/preference';
import { PREFERENCES } from '../plan/preference';
import { providerWords } from '../tools/provider-names';
import type { Compilation } from './compilation';
import { isMapping, readBoolean, readLiteral } from './mapping';
import { readDuration } from './steps/timeout';
import { readParts } from './template-syntax';
import type { Entry, MapTree, Tree } from './tree';
import { describe } from './tree';
import type { Value } from './value';
import { objectValue } from './value';

/** What one layer of config says. */
interface Layer {
  readonly timeoutMs?: number;
  readonly model?: string;
  readonly stream?: boolean;
  readonly rest: Value;
}

export interface ToolConfig {
  readonly fallback: Entry | undefined;
  readonly timeout: Entry | undefined;
  readonly prefer?: Preference;
  /** What counts for one provider: its own layer over the common one. */
  readonly of: (provider: string) => {
    readonly timeoutMs?: number;
    readonly model?: string;
    readonly stream?: true;
    readonly config: Template;
  };
}

const NO_TREE: MapTree = { kind: 'map', range: { start: 0, end: 1 }, entries: [] };

export function compileConfig(cx: Compilation, entry: Entry | undefined): ToolConfig {
  const tree = entry !== undefined && isMapping(cx.report, entry.value, 'the key config') ? entry.value : NO_TREE;
  const isLayer = (part: Entry): boolean => part.value.kind === 'map' && isProvider(cx, part.key);
  const fallback = tree.entries.find(({ key }) => key === 'fallback');
  const preferred = tree.entries.find(({ key }) => key === 'prefer');
  const prefer = preferred && readPrefer(cx, preferred.value);
  const common = readLayer(cx, {
    ...tree,
    entries: tree.entries.filter((part) => part !== fallback && part !== preferred && !isLayer(part)),
  });
  const own = new Map(tree.entries.filter(isLayer).map((part) => [part.key, readLayer(cx, part.value as MapTree)]));
  return {
    fallback,
    timeout: tree.entries.find(({ key }) => key === 'timeout'),
    ...(prefer === undefined ? {} : { prefer }),
    of: (provider) => over(common, own.get(provider)),
  };
}

function readPrefer(cx: Compilation, tree: Tree): Preference | undefined {
  const found = PREFERENCES.find((word) => tree.kind === 'scalar' && tree.value === word);
  if (found === undefined)
    cx.report.add('wrong-shape', tree.range, `The key prefer is cost, latency or health; this is ${describe(tree)}.`);
  return found;
}

function isProvider(cx: Compilation, name: string): boolean {
  return cx.registry.provider(name) !== undefined || providerWords().includes(name);
}

function readLayer(cx: Compilation, tree: MapTree): Layer {
  const find = (key: string): Entry | undefined => tree.entries.find((entry) => entry.key === key);
  const timeoutMs = readDuration(cx.report, find('timeout'));
  const chosen = find('model');
  // A model that an expression gives stays in the config; it is read when the step runs.
  const given = chosen !== undefined && isExpression(chosen.value);
  const model = given ? undefined : readModel(cx, chosen?.value);
  const streamed = find('stream');
  const stream = streamed && readBoolean(cx.report, streamed.value, 'the key stream');
  const rest = objectValue(
    cx,
    tree.entries.filter((entry) => entry.key !== 'timeout' && entry !== streamed && (entry.key !== 'model' || given)),
    tree.range,
  );
  return {
    rest,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(model === undefined ? {} : { model }),
    ...(stream === undefined ? {} : { stream }),
  };
}

function isExpression(tree: Tree): boolean {
  return (
    tree.kind === 'scalar' &&
    typeof tree.value === 'string' &&
    readParts(tree.value).parts.some(({ kind }) => kind === 'expression')
  );
}

function readModel(cx: Compilation, tree: Tree | undefined): string | undefined {
  return tree === undefined ? undefined : readLiteral(cx.report, tree, 'the key model')?.value;
}

function over(common: Layer, own: Layer | undefined): ReturnType<ToolConfig['of']> {
  const timeoutMs = own?.timeoutMs ?? common.timeoutMs;
  const model = own?.rest.fields?.has('model') === true ? undefined : (own?.model ?? common.model);
  const stream = own?.stream ?? common.stream;
  return {
    config: own === undefined ? common.rest.template : merged(common.rest, own.rest),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(model === undefined ? {} : { model }),
    ...(stream === true ? { stream } : {}),
  };
}

function merged(common: Value, own: Value): Template {
  const fields = new Map([...(common.fields ?? []), ...(own.fields ?? [])]);
  return { kind: 'object', fields: Object.fromEntries([...fields].map(([key, { value }]) => [key, value.template])) };
}
