/** What tasks ask while they run: who is to do them; and what they have written down of themselves. */
import { ANY_AGENT } from '../plan/agent';
import type { MatchAgent, NoteTask } from '../plan/agent-task';
import { unmatched } from '../plan/agent-task';
import type { AgentTaskTable } from '../store/agent-task-table';
import type { AgentRegistry } from './registry';

/** Of a type that nobody has registered, whoever polls its queue may do it: a worker of one's own need not be known here. */
export function taskMatcher(registry: Pick<AgentRegistry, 'match' | 'list'>): MatchAgent {
  return async (request) => {
    const { agent, to, requires = [] } = request;
    const found = await registry.match(request);
    const open = !found.found && agent !== ANY_AGENT && to === undefined && requires.length === 0;
    if (!open || (await registry.list(agent)).length > 0) return found;
    return unmatched(request, `No agent of the type ${agent} is registered, so whoever polls its queue may take it`);
  };
}

/** `home`: see `homeOf`. */
export function taskNotes(table: AgentTaskTable, home: string): NoteTask {
  return async ({ taskId: id, agent, state, reason, decision, approvals, end, ...facts }) => {
    await table.submit(home, { id, ...facts, ...(agent === ANY_AGENT ? {} : { type: agent }) });
    const why = reason === undefined ? {} : { reason };
    if (end !== undefined) return table.end(home, id, { state, ...why, ...end, ...(approvals && { approvals }) });
    if (approvals !== undefined) return table.asked(home, id, { state, ...why, approvals });
    const place = decision?.found === true ? decision : undefined;
    await table.standing(home, id, {
      state,
      ...why,
      ...(decision === undefined ? {} : { decision }),
      ...(place === undefined ? {} : { pool: place.pool }),
      ...(place?.to === undefined ? {} : { agentId: place.to }),
    });
  };
}
