/**
 * Which pool of agents takes a task, and why. Pure, over what the database knew of the agents at one moment: first those that cannot are
 * left out, each with its reason; then pools are put in order, and inside a pool the agents pull by themselves.
 */
import type { TaskTerms } from '../plan/agent';
import { ANY_AGENT, ANY_CAPABILITY, PRIORITY_KEYS } from '../plan/agent';
import type { AgentRecord } from './agent';
import { statusOf } from './status';

export interface WantedAgent extends Pick<TaskTerms, 'pool' | 'requires' | 'to'> {
  /** A type, or `ANY_AGENT`. */
  readonly agent: string;
  /** A name, or `ANY_CAPABILITY`. */
  readonly capability: string;
}

export interface MatchableAgent extends AgentRecord {
  /** Tasks that have not ended, those that wait included: of its pool. */
  readonly poolTasks: number;
  /** Those of them that are this agent's. */
  readonly ownTasks: number;
}

/** A pool that could take the task. The first member in which two differ decides. */
export interface PoolScore {
  /** The type. */
  readonly agent: string;
  readonly pool: string;
  /** Id of the one agent that is meant; absent: whichever of the pool pulls it first. */
  readonly to?: string;
  /** Temporal's priority key of its agents: smaller is taken first. */
  readonly priority: number;
  readonly freeSlots: number;
  /** What it can do beside what is asked for: who can do less is kept for it. */
  readonly extraCapabilities: number;
  readonly openTasks: number;
}

export interface AgentRefusal {
  /** Id. */
  readonly agent: string;
  readonly reason: string;
}

/** `refused`: agents of that type and pool that cannot take it. Lists are cut at twenty. */
export type AgentMatch =
  | (Pick<PoolScore, 'agent' | 'pool' | 'to'> & {
      readonly found: true;
      readonly reason: string;
      /** The chosen one first. */
      readonly scores: readonly PoolScore[];
      readonly refused: readonly AgentRefusal[];
    })
  | { readonly found: false; readonly reason: string; readonly refused: readonly AgentRefusal[] };

/** In the order in which they decide; what is smaller wins. */
const CRITERIA: readonly { readonly of: (score: PoolScore) => number; readonly words: string }[] = [
  { of: ({ priority }) => priority, words: 'its agents have a higher priority' },
  { of: ({ freeSlots }) => -freeSlots, words: 'it has more free slots' },
  { of: ({ extraCapabilities }) => extraCapabilities, words: 'it can do less beside this' },
  { of: ({ openTasks }) => openTasks, words: 'fewer tasks are open' },
];

const LISTED = 20;

/** `now`: by the clock that the snapshot's times are from. */
export function matchAgent(wanted: WantedAgent, snapshot: readonly MatchableAgent[], now: Date): AgentMatch {
  const asked = snapshot.filter(
    ({ id, type, pool }) =>
      (wanted.agent === ANY_AGENT || type === wanted.agent) &&
      (wanted.pool === undefined || pool === wanted.pool) &&
      (wanted.to === undefined || id === wanted.to),
  );
  const named = [wanted.capability, ...(wanted.requires ?? [])];
  const needed = [...new Set(named.filter((name) => name !== ANY_CAPABILITY))];
  const verdicts = asked.map((agent) => ({ agent, refusal: refusalOf(agent, needed, now) }));
  const refused = verdicts.flatMap(({ agent, refusal }) =>
    refusal === undefined ? [] : [{ agent: agent.id, reason: refusal }],
  );
  const fit = verdicts.flatMap(({ agent, refusal }) => (refusal === undefined ? [agent] : []));
  const scores = pools(fit)
    .map((pool) => scoreOf(pool, { wanted, needed, pulls: pullers(pool, snapshot, now) }))
    .sort(inOrder);
  const [first, second] = scores;
  if (first === undefined)
    return { found: false, reason: nobody(wanted, asked.length), refused: refused.slice(0, LISTED) };
  const { agent, pool, to } = first;
  const reason = reasonOf(first, second);
  return {
    found: true,
    agent,
    pool,
    ...(to === undefined ? {} : { to }),
    reason,
    scores: scores.slice(0, LISTED),
    refused: refused.slice(0, LISTED),
  };
}

/** Undefined: it can take it, now or when it has a free slot. */
function refusalOf(agent: MatchableAgent, needed: readonly string[], now: Date): string | undefined {
  const lacking = needed.filter((name) => !agent.capabilities.includes(name));
  if (lacking.length > 0) return `cannot do ${lacking.join(', ')}`;
  const { override, derived } = statusOf(agent, now);
  if (derived === 'offline') {
    if (agent.heard === undefined) return 'is offline: no process of it runs';
    return `is offline: last heard of at ${agent.heard.seenAt.toISOString()}`;
  }
  if (override !== undefined && override.status !== 'idle')
    return `was set to ${override.status} by ${override.by}, until ${override.until.toISOString()}`;
  return derived === 'draining' ? 'is draining: it takes no more tasks' : undefined;
}

function pools(agents: readonly MatchableAgent[]): readonly (readonly MatchableAgent[])[] {
  const byPool = new Map<string, MatchableAgent[]>();
  for (const agent of agents) {
    const place = `${agent.type} ${agent.pool}`;
    byPool.set(place, [...(byPool.get(place) ?? []), agent]);
  }
  return [...byPool.values()];
}

/** All that pull from the queue of these agents, or may in a moment. */
function pullers(
  [one]: readonly MatchableAgent[],
  snapshot: readonly MatchableAgent[],
  now: Date,
): readonly MatchableAgent[] {
  return snapshot.filter(
    (agent) => agent.type === one?.type && agent.pool === one.pool && statusOf(agent, now).derived !== 'offline',
  );
}

interface Asked {
  readonly wanted: WantedAgent;
  readonly needed: readonly string[];
  readonly pulls: readonly MatchableAgent[];
}

/** A pool in which one cannot do it hands the task to one that can, for anybody in it might pull what lies in its queue. */
function scoreOf(fit: readonly MatchableAgent[], { wanted, needed, pulls }: Asked): PoolScore {
  const mixed = pulls.some(({ capabilities }) => needed.some((name) => !capabilities.includes(name)));
  if (wanted.to === undefined && !mixed) return scoreOfAll(fit, needed, fit[0]?.poolTasks ?? 0);
  const each = fit.map((agent) => ({ ...scoreOfAll([agent], needed, agent.ownTasks), to: agent.id }));
  return each.sort(inOrder)[0] as PoolScore;
}

/** Of agents of one pool, at least one. What was given to them since their last heartbeat is only in `openTasks`. */
function scoreOfAll(agents: readonly MatchableAgent[], needed: readonly string[], openTasks: number): PoolScore {
  const [{ type, pool }] = agents as [MatchableAgent];
  const sum = (of: (agent: MatchableAgent) => number): number => agents.reduce((all, agent) => all + of(agent), 0);
  const taken = Math.max(
    sum(({ heard }) => heard?.inFlight ?? 0),
    openTasks,
  );
  return {
    agent: type,
    pool,
    priority: Math.min(...agents.map(({ priority }) => PRIORITY_KEYS[priority])),
    freeSlots: Math.max(0, sum(({ maxConcurrency }) => maxConcurrency) - taken),
    extraCapabilities: Math.min(...agents.map(({ capabilities }) => capabilities.length - needed.length)),
    openTasks,
  };
}

function inOrder(a: PoolScore, b: PoolScore): number {
  for (const { of } of CRITERIA) if (of(a) !== of(b)) return of(a) - of(b);
  return placeOf(a) < placeOf(b) ? -1 : 1;
}

function reasonOf(first: PoolScore, second: PoolScore | undefined): string {
  if (second === undefined) return `${placeOf(first)} alone can take it`;
  const decisive = CRITERIA.find(({ of }) => of(first) !== of(second));
  return `${placeOf(first)} before ${placeOf(second)}: ${decisive?.words ?? 'they are alike, and it comes first by name'}`;
}

function placeOf({ agent, pool, to }: Pick<PoolScore, 'agent' | 'pool' | 'to'>): string {
  return to === undefined ? `${agent}/${pool}` : `${agent}/${pool} (${to})`;
}

function nobody({ agent, pool, to }: WantedAgent, asked: number): string {
  const whom = [
    agent === ANY_AGENT ? 'agent' : `agent of the type ${agent}`,
    ...(pool === undefined ? [] : [`in the pool ${pool}`]),
    ...(to === undefined ? [] : [`with the id ${to}`]),
  ].join(' ');
  return asked === 0 ? `No ${whom} is registered` : `No ${whom} can take it now`;
}
