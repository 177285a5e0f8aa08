/** The board of agents: how each is, its slots, what it works on; why tasks that nobody has taken wait; and all tasks. */
import type { ViewOf } from '../app';
import { useAsked, useTitle } from '../hooks';
import { Empty, Fact, Loading, Refused, Status, View, When } from '../parts/parts';
import { hrefOf } from '../place';
import { useMay } from '../session';
import type { Agent, AgentTask } from '../shapes';
import { TaskTable } from './task-table';
import { WaitingTasks } from './waiting-tasks';

const FRESH_EVERY_MS = 5000;

export function AgentsView(_: ViewOf) {
  useTitle('Agents');
  const reads = useMay('agent-task:read');
  const agents = useAsked<{ agents: readonly Agent[]; next?: string }>('/agents?limit=200', FRESH_EVERY_MS);
  const tasks = useAsked<{ tasks: readonly AgentTask[] }>(reads ? '/agent-tasks?limit=50' : undefined, FRESH_EVERY_MS);
  const board = agents.value?.agents;
  const list = tasks.value?.tasks ?? [];
  return (
    <View title="Agents" actions={reads && <a href={hrefOf(['agent-tasks'])}>All tasks</a>}>
      <Refused refusal={agents.refusal ?? tasks.refusal} />
      {board === undefined ? (
        agents.refusal === undefined && <Loading />
      ) : (
        <>
          {reads && <WaitingTasks agents={board} />}
          {board.length === 0 && (
            <Empty title="No agent is registered.">
              <code>npm run worker -- agent --type engineer</code>
            </Empty>
          )}
          <div class="cards">
            {board.map((agent) => (
              <AgentCard
                key={agent.id}
                agent={agent}
                tasks={list.filter((task) => task.agent === agent.id && task.endedAt === undefined)}
              />
            ))}
          </div>
          {list.length > 0 && <TaskTable title="Newest tasks" tasks={list} />}
        </>
      )}
    </View>
  );
}

function AgentCard({ agent, tasks }: { readonly agent: Agent; readonly tasks: readonly AgentTask[] }) {
  const { id, name, type, pool, status, slots, heard, override, capabilities } = agent;
  return (
    <article class="card">
      <div class="card-head">
        <h2>
          <a href={hrefOf(['agents', id])}>{name}</a>
        </h2>
        <Status of={status} />
      </div>
      {name !== id && <code class="faint">{id}</code>}
      <p class="facts">
        <Fact name="type">{type}</Fact>
        {pool !== 'default' && <Fact name="pool">{pool}</Fact>}
        <Fact name="slots">
          {slots.used} of {slots.total} taken
        </Fact>
        <Fact name="heard">{heard === undefined ? 'never' : <When at={heard.at} />}</Fact>
      </p>
      {override !== undefined && (
        <p>
          Set to {override.status} by {override.by}, ends <When at={override.until} />
        </p>
      )}
      <p class="faint">{capabilities.join(', ')}</p>
      {tasks.map((task) => (
        <p key={task.id}>
          Works on <a href={hrefOf(['agent-tasks', task.id])}>{task.capability}</a>{' '}
          <span class="faint">{task.state}</span>
        </p>
      ))}
    </article>
  );
}
