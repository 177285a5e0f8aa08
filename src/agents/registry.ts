/** The registry of agents: who is registered, what somebody has set for them, and what their processes say. */
import type { JsonObject } from '../plan/json';
import { OmniError } from '../plan/problem';
import type { OpenTasksRow } from '../store/agent-figure-table';
import type { AgentRow } from '../store/agent-table';
import type { Store } from '../store/store';
import type { AgentDefinition, AgentPulse, AgentRecord, SetStatus } from './agent';
import { agentOf, termsOf } from './agent-row';
import type { AgentMatch, WantedAgent } from './matching';
import { matchAgent } from './matching';
import type { StatusView } from './status';
import { AGENT_LIFE_MS, OVERRIDE_MS, statusOf } from './status';

/** An agent and how it is, by the database's clock at `readAt`. */
export type AgentView = AgentRecord & StatusView & { readonly readAt: Date };

export interface Registered {
  readonly agent: AgentView;
  /** False: it was registered before. */
  readonly isNew: boolean;
}

export interface StatusWish {
  readonly status: SetStatus;
  readonly metadata?: JsonObject;
}

export interface AgentRegistry {
  /**
   * Twice is the same as once; what is different counts from now on and raises the version. `ifNew`: what is registered already stays as
   * it is. Throws `conflict` when its process runs and works on another queue than this would be.
   */
  register(definition: AgentDefinition, ifNew?: 'ifNew'): Promise<Registered>;
  /** By id; narrowed where a type is given. */
  list(type?: string): Promise<readonly AgentView[]>;
  /** Which pool takes a task as things are now, and why. */
  match(wanted: WantedAgent): Promise<AgentMatch>;
  /** Throws `not-found`. */
  get(id: string): Promise<AgentView>;
  /** `idle` ends what was set before. Throws `not-found`. */
  setStatus(id: string, wish: StatusWish, terms: { readonly by: string; readonly forMs?: number }): Promise<AgentView>;
  /** The agent as it is now, for its own process. Undefined: there is no such agent, or another process is it. */
  pulse(id: string, pulse: AgentPulse): Promise<AgentView | undefined>;
  /** The process ends in order; `owner` is what its pulses said. */
  leave(id: string, owner: string): Promise<void>;
}

type AgentTables = Pick<Store, 'agents' | 'agentFigures'>;

/** `home`: see `homeOf`. */
export function createAgentRegistry({ agents: table, agentFigures }: AgentTables, home: string): AgentRegistry {
  const view = (row: AgentRow): AgentView => {
    const agent = agentOf(row);
    return { ...agent, ...statusOf(agent, row.now), readAt: row.now };
  };
  const unknown = async (id: string): Promise<OmniError> => {
    const known = (await table.list(home)).map((row) => row.id);
    const those =
      known.length === 0 ? '' : ` There are ${known.slice(0, 20).join(', ')}${known.length > 20 ? ', …' : ''}.`;
    return new OmniError(
      'not-found',
      `There is no agent ${id}.${those} Register one with POST /agents, registerAgent or: omni agents register`,
    );
  };
  return {
    async register(definition, ifNew) {
      const { id, type, pool } = definition;
      const before = ifNew === undefined ? await table.get(home, id) : undefined;
      if (before !== undefined && (before.type !== type || before.pool !== pool) && view(before).derived !== 'offline')
        throw new OmniError(
          'conflict',
          `The agent ${id} runs as ${before.type} in the pool ${before.pool}. Stop its process before it is registered as ${type} in ${pool}, or take another id.`,
        );
      const { isNew, ...row } = await table.register(home, termsOf(definition), ifNew);
      return { agent: view(row), isNew };
    },
    list: async (type) => (await table.list(home, type)).map(view),
    async match(wanted) {
      const [rows, open] = await Promise.all([table.list(home), agentFigures.open(home)]);
      const tasks = (of: (one: OpenTasksRow) => boolean): number =>
        open.filter(of).reduce((sum, one) => sum + one.tasks, 0);
      const snapshot = rows.map((row) => ({
        ...agentOf(row),
        poolTasks: tasks(({ type, pool }) => type === row.type && pool === row.pool),
        ownTasks: tasks(({ agent_id: id }) => id === row.id),
      }));
      return matchAgent(wanted, snapshot, rows[0]?.now ?? new Date(0));
    },
    async get(id) {
      const row = await table.get(home, id);
      if (row === undefined) throw await unknown(id);
      return view(row);
    },
    async setStatus(id, { status, metadata = {} }, { by, forMs = OVERRIDE_MS }) {
      const set = status === 'idle' ? null : status;
      const row = await table.setStatus(home, id, { status: set, metadata, by, forMs });
      if (row === undefined) throw await unknown(id);
      return view(row);
    },
    async pulse(id, pulse) {
      const row = await table.pulse(home, id, pulse, AGENT_LIFE_MS);
      return row && view(row);
    },
    leave: (id, owner) => table.leave(home, id, owner),
  };
}
