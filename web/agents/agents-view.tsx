/** The board of agents: how each is, its slots, what it works on; and why tasks that nobody has taken wait. */
import type { ViewOf } from '../app';
import { count, usd } from '../format';
import { useAsked, useTitle } from '../hooks';
import { Empty, Fact, Loading, Refused, Status, View, When } from '../parts/parts';
import { hrefOf } from '../place';
import { useMay } from '../session';
import type { Agent, AgentTask } from './waiting';
import { whyWaits } from './waiting';

const FRESH_EVERY_MS = 5000;

export function AgentsView(_: ViewOf) {
  useTitle('Agents');
  const reads = useMay('agent-task:read');
  const agents = useAsked<{ agents: readonly Agent[]; next?: string }>('/agents?limit=200', FRESH_EVERY_MS);
  const tasks = useAsked<{ tasks: readonly AgentTask[] }>(reads ? '/agent-tasks?limit=50' : undefined, FRESH_EVERY_MS);
  const board = agents.value?.agents;
  const list = tasks.value?.tasks ?? [];
  return (
    <View title="Agents">
      <Refused refusal={agents.refusal ?? tasks.refusal} />
      {board === undefined ? (
        agents.refusal === undefined && <Loading />
      ) : (
        <>
          <Waiting tasks={list} agents={board} />
          {board.length === 0 && <Empty title="No agent is registered." />}
          <div class="cards">
            {board.map((agent) => (
              <AgentCard
                key={agent.id}
                agent={agent}
                tasks={list.filter((task) => task.agent === agent.id && task.endedAt === undefined)}
              />
            ))}
          </div>
          {list.length > 0 && <Tasks tasks={list} />}
        </>
      )}
    </View>
  );
}

function Waiting({ tasks, agents }: { readonly tasks: readonly AgentTask[]; readonly agents: readonly Agent[] }) {
  const waiting = tasks.filter(({ state, startedAt }) => state === 'submitted' && startedAt === undefined);
  return (
    <>
      {waiting.slice(0, 5).map((task) => (
        <div class="banner is-waiting" key={task.id}>
          <strong>{task.capability}</strong> waits since <When at={task.submittedAt} />.{' '}
          {whyWaits(task, agents) ?? task.reason ?? 'An agent is free: it is about to be taken.'}
        </div>
      ))}
    </>
  );
}

function AgentCard({ agent, tasks }: { readonly agent: Agent; readonly tasks: readonly AgentTask[] }) {
  const { id, name, type, pool, status, slots, heard, override, capabilities } = agent;
  return (
    <article class="card">
      <div class="card-head">
        <h2>
          {name} {name !== id && <code class="faint">{id}</code>}
        </h2>
        <Status of={status} />
      </div>
      <p class="facts">
        <Fact name="type">{type}</Fact>
        <Fact name="pool">{pool}</Fact>
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
          Works on {task.capability} <span class="faint">{task.state}</span>
        </p>
      ))}
    </article>
  );
}

function Tasks({ tasks }: { readonly tasks: readonly AgentTask[] }) {
  return (
    <section class="panel" aria-label="Tasks">
      <header class="panel-head">
        <h2>Tasks</h2>
        <span class="faint">the newest</span>
      </header>
      <div class="scrolls" tabIndex={0} role="group" aria-label="Tasks, rows">
        <table class="plain is-tight">
          <thead>
            <tr>
              {['Stands', 'Does', 'Type', 'Agent', 'Asked', 'Attempts', 'Tokens', 'Cost', 'Asked by', 'Why'].map(
                (one) => (
                  <th scope="col" key={one}>
                    {one}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {tasks.map((task) => (
              <tr key={task.id}>
                <td>
                  <Status of={task.state} />
                </td>
                <td>{task.description ?? task.capability}</td>
                <td>{task.type ?? 'any'}</td>
                <td>{task.agent ?? ''}</td>
                <td>
                  <When at={task.submittedAt} />
                </td>
                <td class="number">{task.attempts}</td>
                <td class="number">{count(task.usage.inputTokens + task.usage.outputTokens)}</td>
                <td class="number">{usd(task.usage.costUsd)}</td>
                <td>{task.parent !== undefined && <a href={hrefOf(['executions', task.parent])}>its execution</a>}</td>
                <td>{task.reason ?? ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
