/** `config.prefer` of a tool step: settles once, before its first call, in which order the providers of its list are tried. */
import type { CallCandidate } from '../plan/call';
import type { JsonObject } from '../plan/json';
import type { Candidate, ToolStep } from '../plan/plan';
import type { Preference } from '../plan/preference';
import { costScore, ranked } from '../plan/preference';
import type { StepContext } from './context';

/** What a call of a candidate would be. */
export interface Rendered {
  readonly candidate: (candidate: Candidate) => CallCandidate;
  readonly input: () => JsonObject;
}

/** The step with its chain in the order that is preferred; fallbacks stay behind the list. */
export async function inPreferredOrder(
  step: ToolStep & { readonly prefer: Preference },
  context: StepContext,
  rendered: Rendered,
): Promise<ToolStep> {
  const { record, amend } = context;
  let { order } = record();
  if (order === undefined) {
    order = await orderOf(step, context, rendered);
    amend({ order });
  }
  const listed = order.flatMap((position) => step.chain[position] ?? []);
  return { ...step, chain: [...listed, ...step.chain.slice(listed.length)] };
}

async function orderOf(
  { prefer, tool, chain }: ToolStep & { readonly prefer: Preference },
  context: StepContext,
  rendered: Rendered,
): Promise<readonly number[]> {
  const listed = chain.filter(({ from }) => from === 'provider');
  const asWritten = listed.map((_, position) => position);
  if (listed.length < 2) return asWritten;
  if (prefer === 'cost') {
    const input = rendered.input();
    return ranked(
      listed.map((candidate) => {
        const { price, config } = rendered.candidate(candidate);
        return costScore(price, input, config);
      }),
    );
  }
  const { gate, clock, effects, cancel, path } = context;
  const held = gate.enter();
  if (held !== undefined) await held;
  try {
    cancel.throwIfCancelled();
    const request = { path, tool, by: prefer, providers: listed.map(({ provider }) => provider) };
    return (await clock.during('call', () => effects.rank(request))) ?? asWritten;
  } finally {
    gate.leave();
  }
}
