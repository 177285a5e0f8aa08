/** Who does a tool step, in the order of trying: the provider list, `config.fallback`, `guards.fallbacks.<category>`; none twice. */
import type { Candidate } from '../plan/plan';
import { providerWords, resolveProvider } from '../tools/provider-names';
import type { ResolvedProvider } from '../tools/provider-names';
import type { Compilation } from './compilation';
import { readLiteral } from './mapping';
import type { Range } from './report';
import type { Entry } from './tree';

export type Mode = 'text-only' | 'skip';

const MODES: readonly string[] = ['text-only', 'skip'];

export interface Link extends ResolvedProvider {
  readonly from: Candidate['from'];
}

export interface Chain {
  readonly links: readonly Link[];
  /** What ends the step as degraded when all links have failed. */
  readonly mode?: Mode;
}

export interface ChainSources {
  readonly tool: string;
  readonly category: string;
  /** Where a missing provider is reported. */
  readonly head: Range;
  readonly provider: Entry | undefined;
  readonly fallback: Entry | undefined;
}

interface Word {
  readonly name: string;
  readonly range: Range;
  readonly from: Candidate['from'];
}

export function compileChain(cx: Compilation, sources: ChainSources): Chain {
  const { tool, category, head, provider, fallback } = sources;
  const guard = cx.fallbacks.byCategory.get(category);
  cx.fallbacks.used.add(category);
  const links: Link[] = provider === undefined ? registered(cx, tool) : [];
  let mode: Mode | undefined;
  for (const word of [
    ...wordsOf(cx, provider, 'provider'),
    ...wordsOf(cx, fallback, 'fallback'),
    ...wordsOf(cx, guard, 'guard'),
  ]) {
    // What stands behind a mode is never reached: the mode always succeeds.
    if (mode !== undefined) break;
    if (MODES.includes(word.name)) mode = modeOf(cx, word);
    else addLink(cx, links, { word, tool });
  }
  if (links.length === 0 && mode === undefined) reportEmpty(cx, { tool, range: provider?.value.range ?? head });
  return mode === undefined ? { links } : { links, mode };
}

const ableOf = new WeakMap<Compilation, Map<string, readonly string[]>>();

/** Names of the providers that implement a tool; looked up once in a compilation. */
function able(cx: Compilation, tool: string): readonly string[] {
  const known = ableOf.get(cx) ?? new Map<string, readonly string[]>();
  ableOf.set(cx, known);
  const names = known.get(tool) ?? cx.registry.providersOf(tool);
  known.set(tool, names);
  return names;
}

/** Nothing is written: every provider that implements the tool. */
function registered(cx: Compilation, tool: string): Link[] {
  return able(cx, tool).map((provider) => ({ provider, from: 'provider' }));
}

function wordsOf(cx: Compilation, entry: Entry | undefined, from: Candidate['from']): readonly Word[] {
  const scalar = entry === undefined ? undefined : readLiteral(cx.report, entry.value, `the key ${entry.key}`);
  if (scalar === undefined) return [];
  let offset = 0;
  return scalar.value.split('|').map((part) => {
    const start =
      scalar.textStart === undefined ? undefined : scalar.textStart + offset + (part.length - part.trimStart().length);
    offset += part.length + 1;
    const name = part.trim();
    const range = start === undefined ? scalar.range : { start, end: start + Math.max(1, name.length) };
    return { name, range, from };
  });
}

function modeOf(cx: Compilation, word: Word): Mode | undefined {
  if (word.from !== 'provider') return word.name as Mode;
  const message = `${word.name} is what a step falls back to, not a provider. Write it in config.fallback.`;
  cx.report.add('unknown-provider', word.range, message);
  return undefined;
}

function addLink(cx: Compilation, links: Link[], { word, tool }: { readonly word: Word; readonly tool: string }): void {
  const { name, range, from } = word;
  const own: ResolvedProvider | undefined = cx.registry.provider(name) === undefined ? undefined : { provider: name };
  const resolved = own ?? resolveProvider(name);
  if (resolved === undefined) {
    const near = cx.report.near(name, [
      ...providerWords(),
      ...cx.registry.providers().map((provider) => provider.name),
    ]);
    const meant =
      near === undefined ? `Registered for ${tool}: ${able(cx, tool).join(', ') || 'none'}.` : `Did you mean ${near}?`;
    cx.report.add(
      'unknown-provider',
      range,
      `There is no provider ${name === '' ? 'without a name' : name}. ${meant}`,
      near,
    );
    return;
  }
  const twice = links.some(
    (link) => link.provider === resolved.provider && (link.model ?? resolved.model) === resolved.model,
  );
  if (twice && from === 'provider')
    cx.report.add(
      'repeated-provider',
      range,
      `${resolved.provider} is tried before this already, and is not tried twice.`,
    );
  if (twice) return;
  if (able(cx, tool).includes(resolved.provider)) links.push({ ...resolved, from });
  else
    cx.report.add(
      'no-adapter',
      range,
      `${resolved.provider} has no adapter for ${tool} in this version; it is passed over.`,
    );
}

function reportEmpty(cx: Compilation, { tool, range }: { readonly tool: string; readonly range: Range }): void {
  const names = able(cx, tool);
  const mend = names.length === 0 ? 'No provider is registered for it.' : `Name one of ${names.join(', ')}.`;
  cx.report.add('no-provider', range, `No provider is left that can do ${tool}. ${mend}`);
}
