/** What is known of other definitions while one is compiled: what they take, give and execute in turn. */
import type { JsonSchema } from '../plan/json';
import type { Guards } from '../plan/plan';
import type { Compiled } from './compile';
import { toolSteps } from './plan-prices';
import type { Type } from './type';
import { ANY } from './type';

export interface KnownDefinition {
  /** JSON Schema of the payload. */
  readonly input: JsonSchema;
  /** What it is for. */
  readonly description?: string;
  /** Of the execution. */
  readonly output: Type;
  readonly budget: Guards['budget'];
  /** Ids of the definitions that it executes. */
  readonly calls: readonly string[];
  /** A tool of its steps that is not safe to repeat as it is: it changes something outside. */
  readonly effect?: string;
}

export interface KnownDefinitions {
  /** By id: all that can be reached from the one that is compiled. What is not in it does not exist. */
  readonly reached: ReadonlyMap<string, KnownDefinition>;
  /** Ids to suggest instead of one that does not exist. */
  readonly ids: readonly string[];
}

/**
 * Everything that a definition executes, directly or through others. `compiled` compiles one by itself, so that definitions may
 * execute each other in a circle; undefined when there is none of that id.
 */
export async function knownDefinitions(
  calls: readonly string[],
  {
    ids: all,
    compiled,
  }: { readonly ids: readonly string[]; readonly compiled: (id: string) => Promise<Compiled | undefined> },
): Promise<KnownDefinitions> {
  const reached = new Map<string, KnownDefinition>();
  const seen = new Set<string>();
  for (let next = calls; next.length > 0;) {
    const ids = [...new Set(next)].filter((id) => !seen.has(id));
    for (const id of ids) seen.add(id);
    const found = await Promise.all(ids.map(async (id) => [id, await compiled(id)] as const));
    for (const [id, one] of found) if (one !== undefined) reached.set(id, factsOf(one));
    next = found.flatMap(([, one]) => one?.calls ?? []);
  }
  return { reached, ids: all };
}

/** Of a definition with errors no more is known than that it is there. */
function factsOf({ plan, definition, calls, output }: Compiled): KnownDefinition {
  if (plan === undefined || definition === undefined) return { input: {}, output: ANY, budget: {}, calls };
  const { description } = plan;
  const effect = plan.steps
    .flatMap((step) => toolSteps(step, 'all'))
    .find(({ idempotent }) => idempotent !== 'natural')?.tool;
  return {
    input: definition.input,
    output,
    budget: plan.guards.budget,
    calls,
    ...(description === undefined ? {} : { description }),
    ...(effect === undefined ? {} : { effect }),
  };
}

/** A tool by which a definition, or one that it executes, changes something outside. */
export function effectOf({ reached }: KnownDefinitions, id: string): string | undefined {
  const seen = new Set([id]);
  for (const one of seen) {
    const known = reached.get(one);
    if (known?.effect !== undefined) return known.effect;
    for (const next of known?.calls ?? []) seen.add(next);
  }
  return undefined;
}

/** The way from one definition to another, both included; undefined when there is none. */
export function wayTo({ reached }: KnownDefinitions, from: string, to: string): readonly string[] | undefined {
  const ways: (readonly string[])[] = [[from]];
  const seen = new Set([from]);
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    for (const id of reached.get(way.at(-1) ?? '')?.calls ?? []) {
      if (id === to) return [...way, id];
      if (seen.has(id)) continue;
      seen.add(id);
      ways.push([...way, id]);
    }
  }
  return undefined;
}
